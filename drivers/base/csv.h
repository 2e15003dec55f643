/* SPDX-License-Identifier: MIT
 * Fields of comma-separated values as RFC 4180 has them, a record a line. */
#ifndef PLAIT_DRIVERS_CSV_H
#define PLAIT_DRIVERS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes one field, in quotes where it has a comma, a quote or a line break in it. */
void csv_put(FILE *stream, const char *field);

/* The same, in quotes whatever it has in it. */
void csv_put_quoted(FILE *stream, const char *field);

/* Splits a line without its end, in place: fields[k] points to field k, without its quotes.
 * Returns how many fields there are, which may be more than the `most` that are set; 0 for quotes
 * that are not in pairs or have something next to them. */
size_t csv_split(char *line, char **fields, size_t most);

/* The same for what Python prints without quotes around a column: between brackets that are a pair,
 * (), [] or {}, commas and quotes are part of the column. With `strings` a bracket in a string of
 * Python between brackets is no bracket. The line must hold no control characters. */
size_t csv_split_brackets(char *line, char **fields, size_t most, bool strings);

#endif
