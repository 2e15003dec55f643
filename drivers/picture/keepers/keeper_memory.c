/* SPDX-License-Identifier: MIT
 * Keeps rows in memory: rank 0 has the whole picture, another rank the rows that it computed, and
 * no more. With a checkpoint all rows are sent to rank 0 during the work; without one, when it has
 * ended. */
#include "picture/keepers/keeper.h"

#include "base/stop_signal.h"
#include "picture/draw.h"
#include "picture/keepers/memory_smooth.h"
#include "picture/keepers/row_space.h"
#include "picture/keepers/rows_gather.h"
#include "ranks/agree.h"

#include <stdlib.h>

static const uint64_t message_bytes_max = UINT64_C(1) << 24;

struct memory_rows {
    int32_t *counts; /* rank 0: [height][width]; others: their rows, in the order of computing */
    struct rank_rows own;    /* where these belong */
    uint32_t computed;       /* how many rows these are */
    int32_t *parts;          /* of smooth values, as the counts; NULL: not wanted */
    struct unit_set resumed; /* rank 0: the rows of the checkpoint, which have no parts yet */
    uint8_t *indices;        /* rank 0: of smooth colours, [height][width], or NULL */
    struct queue_delivery delivery; /* with a checkpoint */
};

static size_t memory_width(const struct keeper *keeper) {
    return keeper->work->escape->width;
}

/* -- before the work --------------------------------------------------------------------------- */

/* For counts and digest, and for what is made of them later. */
static uint64_t memory_row_bytes(const struct keeper *keeper) {
    const uint32_t width = keeper->work->escape->width;
    uint64_t bytes = width * sizeof(int32_t) + sizeof *keeper->digests;
    if (keeper->colouring->smooth)
        bytes += memory_smooth_row_bytes(width);
    if (session_is_root(keeper->work->session))
        bytes += files_row_bytes(keeper->files, width / keeper->samples) / keeper->samples;
    return bytes;
}

/* Rows of a rank if all ranks are equally fast. */
static uint32_t memory_expected_rows(const struct keeper *keeper) {
    return session_is_root(keeper->work->session)
               ? keeper->work->escape->height
               : (uint32_t)queue_fair_share(&keeper->work->queue);
}

/* Measures `count` rows of those in memory, from index `at`. */
static void memory_measure_rows(struct keeper *keeper, size_t at, uint64_t count) {
    struct memory_rows *memory = keeper->state;
    const struct kept_rows rows = {
        .first = (uint32_t)at,
        .count = (uint32_t)count,
        .counts = memory->counts + at * memory_width(keeper),
    };
    keeper_measure(keeper, &rows, keeper->digests + at);
}

/* Where the rows of the checkpoint are read to. */
static bool memory_place_loaded(void *context, struct piece piece, int32_t **counts,
                                uint64_t **digests) {
    const struct keeper *keeper = context;
    const struct memory_rows *memory = keeper->state;
    *counts = memory->counts + piece.first * memory_width(keeper);
    *digests = keeper->digests + piece.first;
    return true;
}

/* Rank 0: reads the rows of the checkpoint, which are its own from now on, and sums them up. */
static bool memory_load(struct keeper *keeper, struct failure *failure) {
    struct memory_rows *memory = keeper->state;
    const struct unit_set *finished = &keeper->checkpoint->finished;
    const struct checkpoint_sink sink = {.place = memory_place_loaded, .context = keeper};
    if (!picture_checkpoint_load(keeper->checkpoint, keeper->work->exec, &sink, failure))
        return false;
    for (size_t k = 0; k < finished->count; k++) {
        memory_measure_rows(keeper, finished->items[k].first, finished->items[k].count);
        if (!unit_set_add(&memory->own.pieces, finished->items[k]) ||
            !unit_set_add(&memory->resumed, finished->items[k]))
            return failure_set(failure, EXIT_RUN, "out of memory");
    }
    keeper->resumed = keeper->tally;
    return true;
}

/* -- the checkpoint, as the queue's delivery --------------------------------------------------- */

/* Rows that were computed last are last in memory; on rank 0 each row has its place. */
static void memory_locate(void *context, int rank, struct piece piece,
                          struct queue_block blocks[QUEUE_BLOCKS]) {
    struct keeper *keeper = context;
    struct memory_rows *memory = keeper->state;
    const bool mine = rank == keeper->work->session->rank;
    const size_t at = mine ? memory->computed - piece.count : piece.first;
    int32_t *counts = memory->counts + at * memory_width(keeper);
    blocks[0] = (struct queue_block){counts, piece.count * memory_width(keeper) * sizeof *counts};
    blocks[1] = (struct queue_block){keeper->digests + at, piece.count * sizeof *keeper->digests};
}

static bool memory_keep_in_checkpoint(void *context, int rank, struct piece piece) {
    struct keeper *keeper = context;
    const struct memory_rows *memory = keeper->state;
    (void)rank;
    return picture_checkpoint_keep(keeper->checkpoint, piece,
                                   memory->counts + piece.first * memory_width(keeper),
                                   keeper->digests + piece.first);
}

static bool memory_tend_checkpoint(void *context) {
    const struct keeper *keeper = context;
    return picture_checkpoint_tend(keeper->checkpoint);
}

static void memory_begin_delivery(struct keeper *keeper) {
    struct memory_rows *memory = keeper->state;
    /* Rank 0 should receive a message in a short time. */
    const uint64_t most = message_bytes_max / (memory_width(keeper) * sizeof *memory->counts);
    memory->delivery = (struct queue_delivery){
        .context = keeper,
        .most_units = most > 0 ? most : 1,
        .locate = memory_locate,
        .keep = memory_keep_in_checkpoint,
        .tend = memory_tend_checkpoint,
        .stop = stop_signal_seen,
    };
    keeper->delivery = &memory->delivery;
}

static bool memory_reserve(struct keeper *keeper, struct failure *failure) {
    const struct row_work *work = keeper->work;
    struct memory_rows *memory = calloc(1, sizeof *memory);
    keeper->state = memory;
    if (!memory)
        failure_set(failure, EXIT_RUN, "out of memory");
    const struct row_space space = {
        .expected = memory_expected_rows(keeper),
        .images = 1,
        .row_bytes = memory_row_bytes(keeper),
    };
    if (!agree(work->session, failure) || !row_space_check(keeper, &space, failure))
        return false;
    if (keeper->colouring->smooth)
        colouring_begin_smooth(keeper->colouring, work->escape, keeper->samples, work->exec);
    memory->own.session = work->session;
    memory->own.total = work->distinct;
    memory->own.blocks = work->queue.schedule.kind == SCHEDULE_BLOCK && !keeper->checkpoint;
    if (row_space_allocate(keeper, &space, &memory->counts, &memory->parts, failure) &&
        keeper->checkpoint) {
        memory_begin_delivery(keeper);
        if (session_is_root(keeper->work->session))
            memory_load(keeper, failure);
    }
    return agree(work->session, failure);
}

/* -- the work ---------------------------------------------------------------------------------- */

static size_t memory_row_index(const struct keeper *keeper, uint32_t first) {
    const struct memory_rows *memory = keeper->state;
    return session_is_root(keeper->work->session) ? first : memory->computed;
}

static void memory_place(struct keeper *keeper, struct kept_rows *rows) {
    const struct memory_rows *memory = keeper->state;
    const size_t at = memory_row_index(keeper, rows->first) * memory_width(keeper);
    rows->counts = memory->counts + at;
    rows->parts = memory->parts ? memory->parts + at : NULL;
}

/* Rows that are delivered need their digests now; the others are measured in the end. */
static bool memory_put(struct keeper *keeper, const struct kept_rows *rows,
                       struct failure *failure) {
    struct memory_rows *memory = keeper->state;
    if (!unit_set_add(&memory->own.pieces, (struct piece){rows->first, rows->count}))
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (keeper->checkpoint)
        memory_measure_rows(keeper, memory_row_index(keeper, rows->first), rows->count);
    memory->computed += rows->count;
    return true;
}

static bool memory_settle(struct keeper *keeper, bool stopped, struct failure *failure) {
    return keeper->checkpoint ? picture_checkpoint_end_work(keeper->checkpoint, stopped, failure)
                              : agree(keeper->work->session, failure);
}

/* -- the picture ------------------------------------------------------------------------------- */

static void memory_gather(struct keeper *keeper) {
    const struct memory_rows *memory = keeper->state;
    const struct unit_set *pieces = &memory->own.pieces;
    if (!keeper->checkpoint) { /* with one, rank 0 has them, measured */
        if (!session_is_root(keeper->work->session))
            memory_measure_rows(keeper, 0, memory->computed);
        for (size_t k = 0; session_is_root(keeper->work->session) && k < pieces->count; k++)
            memory_measure_rows(keeper, pieces->items[k].first, pieces->items[k].count);
        rows_gather(&memory->own, memory_width(keeper) * sizeof *memory->counts, memory->counts);
        rows_gather(&memory->own, sizeof *keeper->digests, keeper->digests);
    }
    keeper_gather_sums(keeper);
}

static void memory_complete(struct keeper *keeper) {
    const struct memory_rows *memory = keeper->state;
    (void)plait_escape_complete(keeper->work->escape, keeper->work->exec, memory->counts);
}

static void memory_measure(struct keeper *keeper) {
    const struct row_work *work = keeper->work;
    memory_measure_rows(keeper, work->distinct, work->escape->height - work->distinct);
}

static bool memory_colour(struct keeper *keeper, struct progress_display *display,
                          struct failure *failure) {
    struct memory_rows *memory = keeper->state;
    const struct smooth_rows rows = {
        .work = keeper->work,
        .own = &memory->own,
        .resumed = &memory->resumed,
        .counts = memory->counts,
        .parts = memory->parts,
        .colouring = keeper->colouring,
        .display = display,
    };
    return memory_smooth(&rows, &memory->indices, failure);
}

static bool memory_verify(struct keeper *keeper, struct failure *failure) {
    const struct memory_rows *memory = keeper->state;
    struct plait_escape_difference first;
    const struct kept_rows all = {0, keeper->work->escape->height, memory->counts, NULL};
    keeper_compare_exact(keeper, &all);
    return !keeper->verify ||
           plait_escape_verify(keeper->work->escape, keeper->work->exec, memory->counts,
                               VERIFY_SAMPLES, &first) == PLAIT_OK ||
           keeper_mismatch(&first, failure);
}

static bool memory_read(void *keeper, uint32_t first, struct image_rows *block,
                        struct failure *failure) {
    const struct keeper *owner = keeper;
    const struct memory_rows *memory = owner->state;
    struct rows_in_memory rows = {
        .width = owner->work->escape->width,
        .height = owner->work->escape->height,
        .counts = memory->counts,
        .indices = memory->indices,
    };
    return rows_in_memory_read(&rows, first, block, failure);
}

static void memory_release(struct keeper *keeper) {
    struct memory_rows *memory = keeper->state;
    unit_set_free(&memory->own.pieces);
    unit_set_free(&memory->resumed);
    free(memory->counts);
    free(memory->parts);
    free(memory->indices);
    free(memory);
}

const struct keeper_kind keeper_memory = {
    .reserve = memory_reserve,
    .place = memory_place,
    .put = memory_put,
    .settle = memory_settle,
    .gather = memory_gather,
    .complete = memory_complete,
    .measure = memory_measure,
    .colour = memory_colour,
    .verify = memory_verify,
    .read = memory_read,
    .release = memory_release,
};
