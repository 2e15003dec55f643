/* SPDX-License-Identifier: MIT
 * Leaves rows where they are computed, with those that mirror them: their owners measure, colour
 * and encode them (picture/keepers/owned_bands.c). For pictures in files that take bands, or in no
 * file: rank 0 needs no counts then. */
#include "picture/keepers/keeper.h"

#include "picture/keepers/owned_bands.h"
#include "picture/keepers/row_space.h"
#include "ranks/agree.h"

#include <stdlib.h>
#include <string.h>

struct owner_rows {
    struct owned_rows own;
    size_t computed;       /* how many rows these are before the mirrored ones */
    int32_t *column;       /* smooth: column 0 of the mirrored rows */
    uint64_t *all_digests; /* [height] */
};

static size_t owners_width(const struct keeper *keeper) {
    return keeper->work->escape->width;
}

/* -- before the work --------------------------------------------------------------------------- */

static bool owners_reserve(struct keeper *keeper, struct failure *failure) {
    const struct row_work *work = keeper->work;
    const uint32_t height = work->escape->height, width = work->escape->width;
    struct owner_rows *rows = calloc(1, sizeof *rows);
    keeper->state = rows;
    if (!rows)
        failure_set(failure, EXIT_RUN, "out of memory");
    /* Where the queue decides, rank 0 takes what nobody else has space for. */
    const bool any_number =
        session_is_root(work->session) && !schedule_is_fixed(&work->queue.schedule);
    /* A count and a digest; for smooth colours a part and an index. */
    const size_t pixel = keeper->colouring->smooth ? 2 * sizeof(int32_t) + 1 : sizeof(int32_t);
    const struct row_space space = {
        .expected = any_number ? work->distinct : queue_fair_share(&work->queue),
        .images = work->distinct < height ? 2 : 1,
        .row_bytes = width * pixel + sizeof(uint64_t),
    };
    if (!agree(work->session, failure) || !row_space_check(keeper, &space, failure))
        return false;
    if (keeper->colouring->smooth)
        colouring_begin_smooth(keeper->colouring, work->escape, keeper->samples, work->exec);
    rows->own.session = work->session;
    rows->all_digests = calloc(height, sizeof *rows->all_digests);
    rows->column = malloc(height * sizeof *rows->column);
    if (!rows->all_digests || !rows->column)
        failure_set(failure, EXIT_RUN, "out of memory");
    else
        row_space_allocate(keeper, &space, &rows->own.counts, &rows->own.parts, failure);
    return agree(work->session, failure);
}

/* -- the work ---------------------------------------------------------------------------------- */

static void owners_place(struct keeper *keeper, struct kept_rows *kept) {
    const struct owner_rows *rows = keeper->state;
    const size_t at = rows->computed * owners_width(keeper);
    kept->counts = rows->own.counts + at;
    kept->parts = rows->own.parts ? rows->own.parts + at : NULL;
}

static bool owners_put(struct keeper *keeper, const struct kept_rows *kept,
                       struct failure *failure) {
    struct owner_rows *rows = keeper->state;
    if (!unit_set_add(&rows->own.rows, (struct piece){kept->first, kept->count}))
        return failure_set(failure, EXIT_RUN, "out of memory");
    rows->computed += kept->count;
    return true;
}

/* The rows that mirror those of a piece, to the end of this rank's rows. Smooth values are those of
 * the rows that they mirror, but for column 0, which may mirror nothing. */
static bool owners_mirror_piece(struct keeper *keeper, const struct piece *piece, size_t source,
                                size_t target, struct failure *failure) {
    const struct row_work *work = keeper->work;
    const struct plait_escape *escape = work->escape;
    struct owner_rows *rows = keeper->state;
    const size_t width = owners_width(keeper);
    const uint32_t first = (uint32_t)piece->first, count = (uint32_t)piece->count;
    const struct piece mirrored = {escape->height - first - count + 1, count};
    int32_t *counts = rows->own.counts + target * width;
    memcpy(counts, rows->own.counts + source * width, count * width * sizeof *counts);
    (void)plait_escape_mirror_rows(escape, work->exec, first, count, counts);
    if (rows->own.parts) {
        const struct counted_rows counted = {(uint32_t)mirrored.first, count, counts};
        int32_t *parts = rows->own.parts + target * width;
        memcpy(parts, rows->own.parts + source * width, count * width * sizeof *parts);
        (void)plait_escape_mirror_rows(escape, work->exec, first, count, parts);
        if (!smooth_find(&keeper->colouring->finder, &counted, 1, rows->column, failure))
            return false;
        for (size_t i = 0; i < count; i++)
            parts[i * width] = rows->column[i];
    }
    return unit_set_add(&rows->own.rows, mirrored) ||
           failure_set(failure, EXIT_RUN, "out of memory");
}

/* From the last piece to the first, so that rows stay in rising order. */
static bool owners_mirror(struct keeper *keeper, struct failure *failure) {
    const struct row_work *work = keeper->work;
    struct owner_rows *rows = keeper->state;
    const uint64_t images = work->escape->height - work->distinct;
    size_t source = rows->computed, target = rows->computed;
    for (size_t k = rows->own.rows.count; k-- > 0;) {
        const struct piece whole = rows->own.rows.items[k];
        source -= whole.count;
        /* Rows 1 to `images` have an image. */
        const uint64_t first = whole.first > 1 ? whole.first : 1;
        const uint64_t end =
            whole.first + whole.count < images + 1 ? whole.first + whole.count : images + 1;
        if (first >= end)
            continue;
        const struct piece piece = {first, end - first};
        if (!owners_mirror_piece(keeper, &piece, source + (first - whole.first), target, failure))
            return false;
        target += piece.count;
    }
    return true;
}

static bool owners_settle(struct keeper *keeper, bool stopped, struct failure *failure) {
    (void)stopped;
    if (failure->exit_status == EXIT_DONE)
        owners_mirror(keeper, failure);
    return agree(keeper->work->session, failure);
}

/* -- the picture ------------------------------------------------------------------------------- */

/* All rows of this rank are measured at once: threads share them. A row has one owner; the others
 * have 0 in its place. */
static void owners_gather(struct keeper *keeper) {
    struct owner_rows *rows = keeper->state;
    const struct unit_set *set = &rows->own.rows;
    const struct kept_rows all = {
        .count = (uint32_t)unit_set_units(set),
        .counts = rows->own.counts,
    };
    keeper_measure(keeper, &all, keeper->digests);
    const uint64_t *digests = keeper->digests;
    for (size_t k = 0; k < set->count; digests += set->items[k++].count)
        memcpy(rows->all_digests + set->items[k].first, digests,
               set->items[k].count * sizeof *digests);
    free(keeper->digests);
    keeper->digests = rows->all_digests;
    rows->all_digests = NULL;
    keeper_gather_digests(keeper);
    keeper_gather_sums(keeper);
}

/* The values were found with the rows. */
static bool owners_colour(struct keeper *keeper, struct progress_display *display,
                          struct failure *failure) {
    (void)display;
    (void)failure;
    colouring_share_smooth(keeper->colouring, keeper->work->session);
    return true;
}

static bool owners_draw(struct keeper *keeper, const struct drawing *drawing,
                        struct failure *failure) {
    const struct owner_rows *rows = keeper->state;
    return owned_bands_draw(&rows->own, drawing, keeper->files, failure);
}

static void owners_release(struct keeper *keeper) {
    struct owner_rows *rows = keeper->state;
    unit_set_free(&rows->own.rows);
    free(rows->own.counts);
    free(rows->own.parts);
    free(rows->column);
    free(rows->all_digests);
    free(rows);
}

const struct keeper_kind keeper_owners = {
    .reserve = owners_reserve,
    .place = owners_place,
    .put = owners_put,
    .settle = owners_settle,
    .gather = owners_gather,
    .colour = owners_colour,
    .draw = owners_draw,
    .release = owners_release,
};
