/* SPDX-License-Identifier: MIT
 * The numbers that plait rank ranks: drawn, listed, or from a file, each rank with its own. */
#ifndef PLAIT_DRIVERS_RANK_VALUES_H
#define PLAIT_DRIVERS_RANK_VALUES_H

#include "base/failure.h"
#include "files/npy_header.h"
#include "messages/rank_options.h"
#include "run/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number: of the float types a double, else an integer. */
union rank_value {
    int64_t integer;
    double real;
};

struct rank_values {
    int type_option;          /* enum rank_type: --type */
    enum npy_type type;       /* NPY_INT32, NPY_INT64, NPY_FLOAT32 or NPY_FLOAT64 */
    uint64_t total, count;    /* of all ranks, of this one */
    union rank_value *values; /* [count] */
    bool one_each;            /* one value per rank, none from a file */
};

/* Whether the type's numbers are doubles. */
bool rank_is_real(enum npy_type type);

/* Collective. Gives each rank its values: drawn ones, that of a list, or an equal share of a
 * file, which rank 0 reads. A list that has not one value per rank, a file that cannot be read, a
 * type that is not --type's or too little memory are EXIT_USAGE. Free ->values, also after a
 * failure. */
bool rank_values_begin(struct rank_values *values, const struct run *run, bool drawn,
                       struct failure *failure);

/* Values and positions travel in messages of at most RANK_CHUNK numbers. rank_chunk: the length of
 * the next message after `first` of `count` numbers have been sent. */
enum { RANK_CHUNK = 1 << 16 };
size_t rank_chunk(uint64_t count, uint64_t first);

/* A key that is ordered as the values are: as unsigned integer, the smallest first. -0 is 0; NaN
 * comes last, after infinity, and every NaN is as large as every other. */
uint64_t rank_key(enum npy_type type, union rank_value value);

#endif
