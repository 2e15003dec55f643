/* SPDX-License-Identifier: MIT
 * Files of smooth values, for people who colour elsewhere: --values. A .npy file has the values
 * themselves, a .png file greys of 16 bits on the logarithmic scale of --colour smooth.
 *
 * The ranks write what they compute, with the rows that mirror it, to its place in a store
 * (picture/keepers/store.h), wherever counts are kept; rank 0 reads it when it is complete,
 * compares the rows with the digests of their owners, and makes the files. So no rank's memory has
 * to hold the values, and files do not depend on who computed them. */
#ifndef PLAIT_DRIVERS_VALUE_FILES_H
#define PLAIT_DRIVERS_VALUE_FILES_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "base/unit_set.h"
#include "options/option_values.h"
#include "picture/keepers/store.h"
#include "picture/provenance.h"
#include "plait/exec.h"
#include "plait/smooth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keeper;

/* All zero: none are wanted. */
struct value_files {
    struct value_file *items;
    size_t count;
    const struct session *session;
    const struct plait_escape *escape; /* its pixels are the samples */
    const struct plait_exec *exec;
    struct store store;
    uint32_t rows;                   /* that the buffers have space for */
    double *values;                  /* [rows][width] */
    double *mirrored;                /* likewise */
    int32_t *plane;                  /* likewise: counts, or halves of values */
    double *column;                  /* [rows] */
    uint64_t *digests;               /* [height]: of the rows of this rank; others 0 */
    struct plait_smooth_range range; /* of the values of this rank; in the end of all */
};

/* On every rank: finds the formats of the paths, which stay where they are. EXIT_USAGE for a name
 * without one. Free with value_files_end, also after a failure. */
bool value_files_begin(struct value_files *files, const struct option_texts *paths,
                       struct failure *failure);

/* Collective, before the work: takes memory and disk space for the values of a picture. EXIT_USAGE
 * on all ranks where there is too little. What is given stays where it is. */
bool value_files_reserve(struct value_files *files, const struct session *session,
                         const struct plait_escape *escape, const struct plait_exec *exec,
                         struct failure *failure);

/* Rows [first, first + count) that were computed, with counts[count][width]; their values are in
 * files->values. Called before the counts go elsewhere. A failure is that of this rank. */
struct valued_rows {
    uint32_t first, count;
    const int32_t *counts;
};
bool value_files_put(struct value_files *files, const struct valued_rows *rows,
                     struct failure *failure);

/* Rank 0, when the counts of the whole picture can be read from the keeper: finds the values of
 * rows that were not computed in this run. */
bool value_files_resume(struct value_files *files, const struct unit_set *resumed,
                        struct keeper *keeper, struct failure *failure);

/* Collective, after that: all ranks have written their values. A failure is that of all ranks. */
bool value_files_settle(struct value_files *files, struct failure *failure);

/* Rank 0, after that: makes the files, and shows how far it is. */
bool value_files_write(struct value_files *files, const struct provenance *provenance,
                       struct progress_display *display, struct failure *failure);

void value_files_end(struct value_files *files);

#endif
