/* SPDX-License-Identifier: MIT
 * A report of a run as JSON (RFC 8259), built top-down and written whole or not at all. docs/ has
 * the schema. Keys are ASCII and unique in their object. */
#ifndef PLAIT_DRIVERS_REPORT_H
#define PLAIT_DRIVERS_REPORT_H

#include "base/failure.h"
#include "base/machine.h"
#include "base/placement.h"
#include "options/option_values.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;

/* What a report says about the ranks and their nodes: placements in rank order, and a record of
 * each node in the order of its lowest rank. */
struct report_places {
    const struct placement *ranks;
    size_t rank_count;
    const struct machine_record *nodes;
    size_t node_count;
};

/* A report with the members every subcommand has: command, version, build, parameters,
 * placement, nodes.
 * NULL without memory. Free with report_free. */
struct report *report_new(const struct option_values *values, const struct report_places *places);
void report_free(struct report *report);

/* Opens an object or an array below the one that is open; key is NULL inside an array. */
void report_open_object(struct report *report, const char *key);
void report_open_array(struct report *report, const char *key);
void report_close(struct report *report);

/* Values of the open object or array. A real is written with 17 digits, enough to read it back to
 * the bit; one that is not finite becomes null. An identifier of 64 bits is text, 16 hexadecimal
 * digits: JSON's readers often keep numbers as doubles. */
void report_count(struct report *report, const char *key, uint64_t value);
void report_integer(struct report *report, const char *key, int64_t value);
void report_real(struct report *report, const char *key, double value);
void report_flag(struct report *report, const char *key, bool value);
void report_text(struct report *report, const char *key, const char *text);
/* An exact number (base/decimal.h): a number where a double has its value, else the text. */
void report_decimal(struct report *report, const char *key, const char *text);
void report_null(struct report *report, const char *key);
void report_identifier(struct report *report, const char *key, uint64_t value);

/* Writes the report. A failure on the way, memory included, is described here. */
bool report_write(const struct report *report, const char *path, struct failure *failure);

#endif
