/* SPDX-License-Identifier: MIT
 * Colours rows smoothly. Mirror images are not computed but for column 0 of a picture that is
 * symmetric about its centre, which has none: rank 0 computes that of the mirrored rows, since the
 * range of the picture must not depend on who computes what. */
#include "cmd/picture_smooth.h"

#include "comm/agree.h"
#include "comm/mpi_check.h"
#include "image/smooth_colour.h"
#include "plait/smooth.h"

#include <stdlib.h>

/* Rows whose values are in memory at a time: enough for all threads. */
enum { PIXELS_AT_ONCE = 1 << 20 };

struct smooth {
    struct picture_rows *rows;
    uint32_t mirrored; /* rank 0: rows from distinct on; 0 elsewhere */
    double *values;    /* of some rows */
    int32_t *parts;    /* of this rank's rows, in the order of its pieces */
    int32_t *column;   /* rank 0: of column 0 of the mirrored rows */
    struct smooth_range range;
    struct smooth_scale scale;
    uint8_t *indices; /* rank 0: [height][width]; others: of their rows */
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

static uint32_t rows_at_once(const struct smooth *smooth) {
    const uint32_t rows = PIXELS_AT_ONCE / smooth->rows->escape->width;
    return rows > 0 ? rows : 1;
}

/* One element more than needed: a rank without rows has nothing to store, but NULL means no memory.
 */
static bool allocate(struct smooth *smooth, struct failure *failure) {
    const size_t own = smooth->rows->computed * width_of(smooth);
    const size_t kept = is_root(smooth) ? smooth->rows->escape->height * width_of(smooth) : own;
    smooth->values = malloc(rows_at_once(smooth) * width_of(smooth) * sizeof *smooth->values);
    smooth->parts = malloc((own + 1) * sizeof *smooth->parts);
    smooth->column = malloc((smooth->mirrored + 1) * sizeof *smooth->column);
    smooth->indices = malloc(kept + 1);
    return (smooth->values && smooth->parts && smooth->column && smooth->indices) ||
           failure_set(failure, EXIT_RUN, "out of memory for smooth colours");
}

/* Where the counts, and on rank 0 the indices, of a piece are: `own` rows of this rank lie before
 * it.
 */
static size_t place_of(const struct smooth *smooth, const struct piece *piece, size_t own) {
    return (is_root(smooth) ? piece->first : own) * width_of(smooth);
}

/* The parts of the first `cols` pixels of rows [first, first + rows), and their range. */
static bool find_parts(struct smooth *smooth, uint32_t first, uint32_t rows, uint32_t cols,
                       const int32_t *counts, int32_t *parts, struct failure *failure) {
    const enum plait_status status = plait_smooth_rows(smooth->rows->escape, smooth->rows->exec,
                                                       first, rows, cols, counts, smooth->values);
    if (status != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "smooth colours: %s", plait_status_text(status));
    for (uint32_t i = 0; i < rows; i++) {
        const int32_t *row = counts + i * width_of(smooth);
        int32_t *row_parts = parts + (size_t)i * cols;
        smooth_parts(row, smooth->values + (size_t)i * cols, cols, row_parts);
        smooth_range_add(&smooth->range, row, row_parts, cols);
    }
    return true;
}

static bool find_piece(struct smooth *smooth, const struct piece *piece, size_t own,
                       struct failure *failure) {
    const int32_t *counts = smooth->rows->counts + place_of(smooth, piece, own);
    int32_t *parts = smooth->parts + own * width_of(smooth);
    for (uint64_t done = 0; done < piece->count;) {
        const uint64_t left = piece->count - done;
        const uint32_t some = left < rows_at_once(smooth) ? (uint32_t)left : rows_at_once(smooth);
        if (!find_parts(smooth, (uint32_t)(piece->first + done), some, smooth->rows->escape->width,
                        counts + done * width_of(smooth), parts + done * width_of(smooth), failure))
            return false;
        done += some;
    }
    return true;
}

static bool find_column(struct smooth *smooth, struct failure *failure) {
    for (uint32_t i = 0; i < smooth->mirrored; i++) {
        const uint32_t row = smooth->rows->distinct + i;
        if (!find_parts(smooth, row, 1, 1, smooth->rows->counts + row * width_of(smooth),
                        smooth->column + i, failure))
            return false;
    }
    return true;
}

static bool find_values(struct smooth *smooth, struct failure *failure) {
    const struct pieces *pieces = &smooth->rows->pieces;
    size_t own = 0;
    for (size_t k = 0; k < pieces->count; k++) {
        if (!find_piece(smooth, &pieces->items[k], own, failure))
            return false;
        own += pieces->items[k].count;
    }
    return find_column(smooth, failure);
}

static void share_range(struct smooth *smooth) {
    const MPI_Comm world = smooth->rows->session->world;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &smooth->range.min, 1, MPI_INT64_T, MPI_MIN, world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &smooth->range.max, 1, MPI_INT64_T, MPI_MAX, world));
    smooth_scale_fill(&smooth->scale, &smooth->range);
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
    struct smooth smooth = {.rows = rows, .range = smooth_range_empty()};
    *indices = NULL;
    if (is_root(&smooth))
        smooth.mirrored = rows->escape->height - rows->distinct;
    if (allocate(&smooth, failure))
        find_values(&smooth, failure);
    const bool found = agree(rows->session, failure);
    if (found) {
        share_range(&smooth);
        colour_own(&smooth);
        rows_bring(rows, width_of(&smooth), smooth.indices);
    }
    if (found && is_root(&smooth)) {
        colour_mirrored(&smooth);
        *indices = smooth.indices;
        smooth.indices = NULL;
    }
    free(smooth.values);
    free(smooth.parts);
    free(smooth.column);
    free(smooth.indices);
    return found;
}
