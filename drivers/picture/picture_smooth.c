/* SPDX-License-Identifier: MIT
 * Colours rows smoothly. Mirror images are not computed but for column 0 of a picture that is
 * symmetric about its centre, which has none: rank 0 computes that of the mirrored rows, since the
 * range of the picture must not depend on who computes what. */
#include "picture/picture_smooth.h"

#include "plait/smooth.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

/* -- values ------------------------------------------------------------------------------------ */

/* Whose values are in memory at a time: enough for all threads. */
enum { PIXELS_AT_ONCE = 1 << 20 };

static uint32_t rows_at_once(const struct smooth_finder *finder) {
    const uint32_t rows = PIXELS_AT_ONCE / finder->escape->width;
    return rows > 0 ? rows : 1;
}

bool smooth_finder_begin(struct smooth_finder *finder, const struct plait_escape *escape,
                         const struct plait_exec *exec) {
    *finder = (struct smooth_finder){
        .escape = escape,
        .exec = exec,
        .range = smooth_range_empty(),
    };
    finder->values = malloc((size_t)rows_at_once(finder) * escape->width * sizeof *finder->values);
    return finder->values != NULL;
}

void smooth_finder_end(struct smooth_finder *finder) {
    free(finder->values);
}

static bool find_some(struct smooth_finder *finder, uint32_t first, uint32_t rows, uint32_t cols,
                      const int32_t *counts, int32_t *parts, struct failure *failure) {
    const struct plait_row_range range = {first, rows};
    const enum plait_status status =
        plait_smooth_rows(finder->escape, finder->exec, range, cols, counts, finder->values);
    if (status != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "smooth colours: %s", plait_status_text(status));
    for (size_t i = 0; i < rows; i++) {
        const int32_t *row = counts + i * finder->escape->width;
        smooth_parts(row, finder->values + i * cols, cols, parts + i * cols);
        smooth_range_add(&finder->range, row, parts + i * cols, cols);
    }
    return true;
}

bool smooth_find(struct smooth_finder *finder, uint32_t first, uint32_t rows, uint32_t cols,
                 const int32_t *counts, int32_t *parts, struct failure *failure) {
    const uint32_t most = rows_at_once(finder);
    for (uint32_t done = 0, some; done < rows; done += some) {
        some = rows - done < most ? rows - done : most;
        if (!find_some(finder, first + done, some, cols,
                       counts + (size_t)done * finder->escape->width, parts + (size_t)done * cols,
                       failure))
            return false;
    }
    return true;
}

void smooth_share_range(struct smooth_finder *finder, const struct session *session,
                        struct smooth_scale *scale) {
    struct smooth_range *range = &finder->range;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->min, 1, MPI_INT64_T, MPI_MIN, session->world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->max, 1, MPI_INT64_T, MPI_MAX, session->world));
    smooth_scale_fill(scale, range);
}

/* -- a picture in memory ----------------------------------------------------------------------- */

struct smooth {
    struct picture_rows *rows;
    uint32_t mirrored; /* rank 0: rows from distinct on; 0 elsewhere */
    int32_t *parts;    /* of this rank's rows, in the order of its pieces */
    int32_t *column;   /* rank 0: of column 0 of the mirrored rows */
    uint8_t *indices;  /* rank 0: [height][width]; others: of their rows */
    struct smooth_finder finder;
    struct smooth_scale scale;
};

uint64_t smooth_row_bytes(uint32_t width) {
    return width * (sizeof(int32_t) + sizeof(uint8_t));
}

static bool is_root(const struct smooth *smooth) {
    return smooth->rows->session->rank == ROOT;
}

static size_t width_of(const struct smooth *smooth) {
    return smooth->rows->escape->width;
}

/* One element more than needed: a rank without rows has nothing to store, but NULL means no memory.
 */
static bool allocate(struct smooth *smooth, struct failure *failure) {
    const size_t own = pieces_rows(&smooth->rows->pieces) * width_of(smooth);
    const size_t kept = is_root(smooth) ? smooth->rows->escape->height * width_of(smooth) : own;
    smooth->parts = malloc((own + 1) * sizeof *smooth->parts);
    smooth->column = malloc((smooth->mirrored + 1) * sizeof *smooth->column);
    smooth->indices = malloc(kept + 1);
    return (smooth->parts && smooth->column && smooth->indices &&
            smooth_finder_begin(&smooth->finder, smooth->rows->escape, smooth->rows->exec)) ||
           failure_set(failure, EXIT_RUN, "out of memory for smooth colours");
}

/* Where the counts, and on rank 0 the indices, of a piece are: `own` rows of this rank lie before
 * it.
 */
static size_t place_of(const struct smooth *smooth, const struct piece *piece, size_t own) {
    return (is_root(smooth) ? piece->first : own) * width_of(smooth);
}

static bool find_own(struct smooth *smooth, struct failure *failure) {
    const struct pieces *pieces = &smooth->rows->pieces;
    size_t own = 0;
    for (size_t k = 0; k < pieces->count; k++) {
        const struct piece *piece = &pieces->items[k];
        if (!smooth_find(&smooth->finder, (uint32_t)piece->first, (uint32_t)piece->count,
                         (uint32_t)width_of(smooth),
                         smooth->rows->counts + place_of(smooth, piece, own),
                         smooth->parts + own * width_of(smooth), failure))
            return false;
        own += piece->count;
    }
    return true;
}

/* Rank 0: column 0 of the mirrored rows. */
static bool find_column(struct smooth *smooth, struct failure *failure) {
    const uint32_t first = smooth->rows->distinct;
    return smooth_find(&smooth->finder, first, smooth->mirrored, 1,
                       smooth->rows->counts + (is_root(smooth) ? first * width_of(smooth) : 0),
                       smooth->column, failure);
}

static void colour_own(struct smooth *smooth) {
    const struct pieces *pieces = &smooth->rows->pieces;
    size_t own = 0;
    for (size_t k = 0; k < pieces->count; k++) {
        const size_t place = place_of(smooth, &pieces->items[k], own);
        smooth_indices(&smooth->scale, smooth->rows->counts + place,
                       smooth->parts + own * width_of(smooth),
                       pieces->items[k].count * width_of(smooth), smooth->indices + place);
        own += pieces->items[k].count;
    }
}

/* Rank 0: the mirrored rows, when the others are there. */
static void colour_mirrored(struct smooth *smooth) {
    (void)plait_escape_complete_bytes(smooth->rows->escape, smooth->rows->exec, smooth->indices);
    for (uint32_t i = 0; i < smooth->mirrored; i++) {
        const size_t place = (smooth->rows->distinct + i) * width_of(smooth);
        smooth_indices(&smooth->scale, smooth->rows->counts + place, smooth->column + i, 1,
                       smooth->indices + place);
    }
}

bool smooth_colour(struct picture_rows *rows, uint8_t **indices, struct failure *failure) {
    struct smooth smooth = {.rows = rows};
    *indices = NULL;
    if (is_root(&smooth))
        smooth.mirrored = rows->escape->height - rows->distinct;
    if (allocate(&smooth, failure) && find_own(&smooth, failure))
        find_column(&smooth, failure);
    const bool found = agree(rows->session, failure);
    if (found) {
        smooth_share_range(&smooth.finder, rows->session, &smooth.scale);
        colour_own(&smooth);
        rows_bring(rows, width_of(&smooth), smooth.indices);
    }
    if (found && is_root(&smooth)) {
        colour_mirrored(&smooth);
        *indices = smooth.indices;
        smooth.indices = NULL;
    }
    smooth_finder_end(&smooth.finder);
    free(smooth.parts);
    free(smooth.column);
    free(smooth.indices);
    return found;
}
