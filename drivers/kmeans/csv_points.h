/* SPDX-License-Identifier: MIT
 * Points in a file of comma-separated values: numbers in decimal digits, each rounded to the
 * nearest double. Lines that begin with '#' and empty ones do not count, nor does the first other
 * line where one of its fields is no number: it names the columns. Fields may have spaces around
 * them. */
#ifndef PLAIT_DRIVERS_CSV_POINTS_H
#define PLAIT_DRIVERS_CSV_POINTS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* All zero: none, which is safe to close. */
struct csv_points {
    const char *path; /* the caller's */
    FILE *stream;
    char *line;
    size_t line_bytes;
    uint64_t line_number;
    uint64_t row;  /* of the next point */
    uint32_t dims; /* known after the first point */
};

enum csv_points_outcome { CSV_POINTS_ROW, CSV_POINTS_END, CSV_POINTS_BAD };

/* EXIT_USAGE for a file that cannot be read or is no regular one. */
bool csv_points_open(struct csv_points *points, const char *path, struct failure *failure);

/* Reads the next point into values[dims_max]; points->dims says how many values it has, and is the
 * same for all. CSV_POINTS_BAD with EXIT_USAGE, the line and the column for what is no finite
 * number, for a line that is longer or shorter than those before, and for more than dims_max
 * values. */
enum csv_points_outcome csv_points_next(struct csv_points *points, double *values,
                                        uint32_t dims_max, struct failure *failure);

void csv_points_close(struct csv_points *points);

#endif
