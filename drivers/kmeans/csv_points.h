/* SPDX-License-Identifier: MIT
 * Points in a file of comma-separated values: numbers in decimal digits, each rounded to the
 * nearest double. Lines that begin with '#' and empty ones do not count, nor does the first other
 * line where none of its fields is a number: it names the columns. Fields may have spaces around
 * them, and the file may begin with the byte order mark of UTF-8.
 *
 * Several processes may read a file together, each its part of the bytes: csv_points_count finds
 * how many points begin in a part, which no number has to be read for, and csv_points_go goes to a
 * place that it has marked. */
#ifndef PLAIT_DRIVERS_CSV_POINTS_H
#define PLAIT_DRIVERS_CSV_POINTS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A byte at which a line begins, and what there is before it. */
struct csv_place {
    uint64_t offset, lines, rows;
};

/* All zero: none, which is safe to close. */
struct csv_points {
    const char *path; /* the caller's */
    FILE *stream;
    uint64_t bytes; /* of the file */
    char *line;
    size_t line_bytes;
    struct csv_place next;  /* where it continues: the number of the next point is next.rows */
    struct csv_place start; /* of the last line that was read */
    uint32_t dims;          /* known after the first point */
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

/* Continues at a place after the line that names the columns. dims: what every point must have. */
bool csv_points_go(struct csv_points *points, const struct csv_place *place, uint32_t dims,
                   struct failure *failure);

/* Places in a part of a file, after each CSV_MARK_ROWS points of it. */
enum { CSV_MARK_ROWS = 4096 };
struct csv_part {
    struct csv_place begin; /* the first line that begins in it; lines and rows are 0 */
    uint64_t lines, rows;   /* that begin in it */
    struct csv_place *marks;
    size_t mark_count;
};

/* Counts the lines that begin in the bytes [begin, end), which are all after the line that names
 * the columns, and the points among them. Free with csv_part_free, also after a failure. */
bool csv_points_count(struct csv_points *points, uint64_t begin, uint64_t end,
                      struct csv_part *part, struct failure *failure);

/* The last mark before point `row` of the part. */
struct csv_place csv_part_place(const struct csv_part *part, uint64_t row);

void csv_part_free(struct csv_part *part);

void csv_points_close(struct csv_points *points);

#endif
