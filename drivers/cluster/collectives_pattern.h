/* SPDX-License-Identifier: MIT
 * What ranks contribute to a reduction, and what must come out. Values are whole numbers, so small
 * that no order of additions rounds: a result is right to the bit or wrong. Each depends on the
 * rank, on the size of the message and on its place in it.
 *
 * Rank r contributes to element k a pseudo-random number that r modulo 64 decides, plus one that
 * r / 64 does. So the expected result takes 64 numbers at most, whatever the number of ranks. */
#ifndef PLAIT_DRIVERS_COLLECTIVES_PATTERN_H
#define PLAIT_DRIVERS_COLLECTIVES_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of the choices of --type and --op. */
enum collective_type { TYPE_INT, TYPE_FLOAT, TYPE_DOUBLE, COLLECTIVE_TYPES };
enum collective_op { OP_SUM, OP_MIN, OP_MAX, COLLECTIVE_OPS };

extern const char *const collective_type_names[]; /* terminated by NULL, as the other */
extern const char *const collective_op_names[];

size_t collective_type_bytes(enum collective_type type);

enum { PATTERN_CLASSES = 64 };

/* A reduction over the first `contributors` ranks of `ranks`. */
struct collective_pattern {
    enum collective_type type;
    enum collective_op op;
    uint64_t range, shifts;          /* of the two numbers: 0 to range - 1, to shifts - 1 */
    uint64_t seeds[PATTERN_CLASSES]; /* by r modulo 64 */
    int classes;                     /* that the contributors have */
    double members[PATTERN_CLASSES], shift[PATTERN_CLASSES]; /* what goes into the result */
};

/* For messages of `bytes` bytes. 1 <= contributors <= ranks. */
struct collective_pattern collective_pattern(enum collective_type type, enum collective_op op,
                                             uint64_t bytes, int ranks, int contributors);

/* What a rank contributes to an element, and what comes out. */
double collective_contribution(const struct collective_pattern *pattern, int rank, size_t element);
double collective_expected(const struct collective_pattern *pattern, size_t element);

/* Writes the contributions of a rank as `count` elements of the type. */
void collective_pattern_fill(const struct collective_pattern *pattern, int rank, void *buffer,
                             size_t count);

/* Writes into every element of a result other bits than what must come out. */
void collective_pattern_spoil(const struct collective_pattern *pattern, void *buffer, size_t count);

/* Whether all is right. If not, sets *element to the first that is not, *got to what it is. */
bool collective_pattern_check(const struct collective_pattern *pattern, const void *buffer,
                              size_t count, size_t *element, double *got);

#endif
