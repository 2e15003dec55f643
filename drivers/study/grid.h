/* SPDX-License-Identifier: MIT
 * The points of a study: every combination of ranks, threads and parameters. */
#ifndef PLAIT_DRIVERS_STUDY_GRID_H
#define PLAIT_DRIVERS_STUDY_GRID_H

#include "study/texts.h"

#include <stdint.h>

/* A point. values[k] belongs to the parameter names[k] of its grid; NULL where the point came to
 * the study before that parameter. */
struct point {
    uint64_t ranks, threads;
    char **values;
};

enum { GRID_POINTS_MAX = 100000, GRID_COUNTS_MAX = 4096 };

/* All zero: empty. Names are kept in the order in which they came. */
struct grid {
    struct texts names;
    struct point *points;
    size_t count, capacity;
};

/* Whole numbers of a list: 1,2,4; 1..8, each of them; 1..8*2, each twice the one before, up to 8;
 * 2^0..2^3, the powers. max stands for most. Ascending, each once. EXIT_USAGE, naming where. */
struct counts {
    uint64_t items[GRID_COUNTS_MAX];
    size_t count;
};
bool counts_parse(struct counts *counts, const char *where, const char *text, uint64_t most,
                  struct failure *failure);

/* Adds the combinations of ranks, threads and the settings ("maxit=127,1000"), crossed or walked
 * through together, which takes lists of one length. Points that are there already stay. */
struct grid_axes {
    const struct counts *ranks, *threads;
    const char *const *settings;
    size_t setting_count;
    bool zip;
};
bool grid_add_axes(struct grid *grid, const struct grid_axes *axes, struct failure *failure);

/* The index of the point of these values (NULL, or a text for each of the grid's names), which is
 * added if need be. false without memory. */
bool grid_find(struct grid *grid, uint64_t ranks, uint64_t threads, char *const *values,
               size_t *index, struct failure *failure);

/* The same for a point of another grid, whose names may stand in another order or be new. */
bool grid_find_of(struct grid *grid, const struct grid *other, size_t point, size_t *index,
                  struct failure *failure);

/* The index of a name, which is added if need be. */
bool grid_name(struct grid *grid, const char *name, size_t *index, struct failure *failure);

/* "ranks=2 threads=1 maxit=127". Cut to the buffer. */
void grid_label(const struct grid *grid, size_t point, char *text, size_t bytes);

/* "maxit=127, size=60x40": the parameters alone, "" without any. */
void grid_setting(const struct grid *grid, size_t point, char *text, size_t bytes);

/* Whether two points have the same parameters. */
bool grid_same_setting(const struct grid *grid, size_t a, size_t b);

/* Whether the points of two grids are the same, in whatever order their parameters were named. */
bool grid_same_point(const struct grid *a, size_t index, const struct grid *b, size_t other);

uint64_t point_cores(const struct point *point);

void grid_free(struct grid *grid);

#endif
