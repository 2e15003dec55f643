/* SPDX-License-Identifier: MIT
 * Colours rows smoothly. Mirrored rows are not computed, except column 0 of a picture that
 * is symmetric about its centre, which mirrors nothing: rank 0 computes it for the mirrored rows,
 * since the range of the picture must not depend on who computes what. */
#include "picture/keepers/memory_smooth.h"

#include "ranks/agree.h"

#include <stdlib.h>

struct smooth {
    struct smooth_rows rows;
    size_t width;
    uint32_t mirrored; /* rank 0: rows from distinct on; 0 elsewhere */
    int32_t *column;   /* rank 0: of column 0 of the mirrored rows */
    uint8_t *indices;  /* rank 0: [height][width]; others: of their rows */
};

uint64_t memory_smooth_row_bytes(uint32_t width) {
    return width * (sizeof(int32_t) + sizeof(uint8_t));
}

/* One element more than needed: a rank without rows has nothing to store, but NULL means no memory.
 */
static bool smooth_allocate(struct smooth *smooth, struct failure *failure) {
    const size_t own = unit_set_units(&smooth->rows.own->pieces) * smooth->width;
    const size_t kept = session_is_root(smooth->rows.work->session)
                            ? smooth->rows.work->escape->height * smooth->width
                            : own;
    smooth->column = malloc((smooth->mirrored + 1) * sizeof *smooth->column);
    smooth->indices = malloc(kept + 1);
    return (smooth->column && smooth->indices) ||
           failure_set(failure, EXIT_RUN, "out of memory for smooth colours");
}

/* Rank 0: the values of the rows of a checkpoint, and those of column 0 of the mirrored rows. */
static bool smooth_find_values(struct smooth *smooth, struct failure *failure) {
    const struct unit_set *resumed = smooth->rows.resumed;
    struct smooth_finder *finder = &smooth->rows.colouring->finder;
    finder->display = smooth->rows.display;
    finder->total = unit_set_units(resumed) + smooth->mirrored;
    for (size_t k = 0; k < resumed->count; k++) {
        const struct piece *piece = &resumed->items[k];
        const size_t at = piece->first * smooth->width;
        const struct counted_rows rows = {(uint32_t)piece->first, (uint32_t)piece->count,
                                          smooth->rows.counts + at};
        if (!smooth_find(finder, &rows, (uint32_t)smooth->width, smooth->rows.parts + at, failure))
            return false;
    }
    if (smooth->mirrored == 0)
        return true;
    const struct counted_rows mirrored = {smooth->rows.work->distinct, smooth->mirrored,
                                          smooth->rows.counts +
                                              smooth->rows.work->distinct * smooth->width};
    return smooth_find(finder, &mirrored, 1, smooth->column, failure);
}

/* This rank's rows: rank 0 has each at its place in the picture, others one piece after the other.
 */
static void smooth_colour_pieces(struct smooth *smooth) {
    const struct unit_set *pieces = &smooth->rows.own->pieces;
    size_t own = 0;
    for (size_t k = 0; k < pieces->count; k++) {
        const struct piece *piece = &pieces->items[k];
        const size_t at =
            (session_is_root(smooth->rows.work->session) ? piece->first : own) * smooth->width;
        const struct coloured_pixels pixels = {smooth->rows.counts + at, smooth->rows.parts + at,
                                               piece->count * smooth->width};
        colouring_indices(smooth->rows.colouring, &pixels, smooth->indices + at,
                          smooth->rows.work->exec->threads);
        own += pieces->items[k].count;
    }
}

/* Rank 0: the mirrored rows, when the others have arrived. */
static void smooth_colour_mirrored(struct smooth *smooth) {
    (void)plait_escape_complete_bytes(smooth->rows.work->escape, smooth->rows.work->exec,
                                      smooth->indices);
    for (uint32_t i = 0; i < smooth->mirrored; i++) {
        const size_t place = (smooth->rows.work->distinct + i) * smooth->width;
        const struct coloured_pixels pixel = {smooth->rows.counts + place, smooth->column + i, 1};
        colouring_indices(smooth->rows.colouring, &pixel, smooth->indices + place, 1);
    }
}

bool memory_smooth(const struct smooth_rows *rows, uint8_t **indices, struct failure *failure) {
    const struct row_work *work = rows->work;
    struct smooth smooth = {
        .rows = *rows,
        .width = work->escape->width,
        .mirrored = session_is_root(work->session) ? work->escape->height - work->distinct : 0,
    };
    *indices = NULL;
    if (smooth_allocate(&smooth, failure))
        smooth_find_values(&smooth, failure);
    const bool found = agree(work->session, failure);
    if (found) {
        colouring_share_smooth(rows->colouring, work->session);
        smooth_colour_pieces(&smooth);
        rows_gather(rows->own, smooth.width, smooth.indices);
    }
    if (found && session_is_root(work->session)) {
        smooth_colour_mirrored(&smooth);
        *indices = smooth.indices;
        smooth.indices = NULL;
    }
    free(smooth.column);
    free(smooth.indices);
    return found;
}
