/* SPDX-License-Identifier: MIT
 * Fields of comma-separated values as RFC 4180 has them, a record a line. */
#ifndef PLAIT_DRIVERS_CSV_H
#define PLAIT_DRIVERS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes one field, in quotes where it has a comma, a quote or a line break in it. */
void csv_put(FILE *stream, const char *field);

/* Takes a line without its end apart, in place: fields[k] points to field k, without its quotes.
 * Answers how many fields there are, which may be more than the `most` that are set; 0 for quotes
 * that are not in pairs or have something beside them. */
size_t csv_split(char *line, char **fields, size_t most);

#endif
