/* SPDX-License-Identifier: MIT
 * Plans, computes and gathers the rows of a picture. */
#include "picture/keeper.h"

#include "base/stop_signal.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/message_room.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

static const double mib = 1.0 / (1 << 20);
static const uint64_t message_bytes = UINT64_C(1) << 24;

static bool is_root(const struct picture_rows *rows) {
    return rows->session->rank == ROOT;
}

static bool is_block(const struct picture_rows *rows) {
    return rows->queue.schedule.kind == SCHEDULE_BLOCK && !rows->checkpoint;
}

/* Of counts and digest, and of what is made of them later. */
static uint64_t row_bytes(const struct picture_rows *rows) {
    return (uint64_t)rows->escape->width * sizeof *rows->counts + sizeof *rows->digests +
           rows->more_row_bytes;
}

/* One row for its time alone, into the room of one. */
struct sample {
    const struct picture_rows *rows;
    int32_t *counts;
};

static void sample_row(void *context, uint64_t unit) {
    const struct sample *sample = context;
    (void)plait_escape_rows(sample->rows->escape, sample->rows->exec, (uint32_t)unit, 1,
                            sample->counts);
}

bool rows_plan(struct picture_rows *rows, const struct session *session,
               const struct plait_escape *escape, const struct plait_exec *exec,
               enum schedule_kind kind, struct picture_checkpoint *checkpoint,
               struct failure *failure) {
    *rows = (struct picture_rows){
        .session = session,
        .escape = escape,
        .exec = exec,
        .checkpoint = checkpoint,
        .distinct = plait_escape_distinct_rows(escape),
    };
    struct sample sample = {rows, NULL};
    if (kind == SCHEDULE_WEIGHTED) {
        sample.counts = malloc(rows->escape->width * sizeof *sample.counts);
        if (!sample.counts)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    const bool planned =
        agree(session, failure) &&
        (rows->checkpoint ? queue_begin_rest(&rows->queue, session, kind, &rows->checkpoint->rest,
                                             sample_row, &sample, failure)
                          : queue_begin(&rows->queue, session, kind, rows->distinct, sample_row,
                                        &sample, failure));
    free(sample.counts);
    if (planned && is_block(rows))
        rows->block = block_share(session, rows->distinct);
    return planned;
}

/* Rows of a rank if all goes evenly. */
static uint32_t rows_expected(const struct picture_rows *rows) {
    if (is_root(rows))
        return rows->escape->height;
    return is_block(rows) ? rows->block.rows : (uint32_t)queue_fair_share(&rows->queue);
}

/* What a rank may take beyond its fair share, in rows, where the queue decides during the run: the
 * memory that the node has to spare, an eighth kept back, divided among the ranks that keep rows
 * there. Rank 0 has room for all rows, so that some rank can always go on. */
static uint32_t rows_to_spare(const struct picture_rows *rows, uint64_t spare_bytes) {
    const struct session *session = rows->session;
    int keepers = !is_root(rows);
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &keepers, 1, MPI_INT, MPI_SUM, session->node));
    if (is_root(rows) || schedule_is_fixed(&rows->queue.schedule))
        return 0;
    const uint64_t addressable = SIZE_MAX / 2 / row_bytes(rows);
    uint64_t most = rows->distinct - rows_expected(rows);
    if (rows_expected(rows) + most > addressable)
        most = addressable - rows_expected(rows);
    const uint64_t spare = (spare_bytes - spare_bytes / 8) / (uint64_t)keepers / row_bytes(rows);
    return (uint32_t)(spare < most ? spare : most);
}

/* What helps where memory does not suffice. Rank 0 holds the whole picture, on however many nodes.
 */
static const char *mend(const struct picture_rows *rows) {
    return is_root(rows) ? "--stream, which keeps only some rows in memory" : "more nodes";
}

/* All ranks of a node draw on one memory: their needs are added up before anyone allocates, since a
 * kernel that promises more than it has kills a rank in the middle of the work instead. */
static bool size_up(struct picture_rows *rows, struct failure *failure) {
    const uint64_t own = rows_expected(rows) * row_bytes(rows);
    const struct node_memory memory = node_memory_of(rows->session, own);
    if (own > SIZE_MAX / 2)
        failure_set(
            failure, EXIT_USAGE,
            "the picture needs more memory than a 32-bit process can have: choose a smaller "
            "--size, or %s",
            mend(rows));
    else if (memory.needed > memory.available)
        failure_set(failure, EXIT_USAGE,
                    "the picture needs %.0f MiB on this node, which has %.0f MiB free: choose a "
                    "smaller --size, or %s",
                    (double)memory.needed * mib, (double)memory.available * mib, mend(rows));
    if (!agree(rows->session, failure))
        return false;
    rows->capacity = rows_expected(rows) + rows_to_spare(rows, memory.available - memory.needed);
    return true;
}

/* Memory that is not touched costs nothing: a rank asks for room for all rows that it may get, and
 * uses what the rows need that it does get. Where the system counts promises too, it asks for less.
 */
static void allocate_counts(struct picture_rows *rows) {
    const uint32_t expected = rows_expected(rows);
    for (;;) {
        /* One element at least: a rank without rows has nothing to store, but NULL means no memory.
         */
        const size_t capacity = rows->capacity > 0 ? rows->capacity : 1;
        rows->counts = malloc(capacity * rows->escape->width * sizeof *rows->counts);
        rows->digests = malloc(capacity * sizeof *rows->digests);
        if ((rows->counts && rows->digests) || rows->capacity == expected)
            return;
        free(rows->counts);
        free(rows->digests);
        rows->capacity = expected + (rows->capacity - expected) / 2;
    }
}

/* Of rows that lie at [at, at + count) of counts. */
static void digest(struct picture_rows *rows, size_t at, uint32_t count,
                   struct plait_escape_tally *tally) {
    const uint32_t width = rows->escape->width;
    const int32_t *counts = rows->counts + at * width;
    plait_digest_rows(rows->exec, counts, count, width, rows->digests + at);
    const struct plait_escape_tally some =
        plait_escape_count_steps(rows->escape, rows->exec, counts, count);
    tally->steps += some.steps;
    tally->interior += some.interior;
}

/* Rank 0: the rows that the checkpoint has, and their sums. */
static bool load(struct picture_rows *rows, struct failure *failure) {
    const struct unit_set *finished = &rows->checkpoint->finished;
    if (!picture_checkpoint_load(rows->checkpoint, rows->exec, rows->counts, rows->digests,
                                 failure))
        return false;
    for (size_t k = 0; k < finished->count; k++) {
        const struct piece piece = finished->items[k];
        digest(rows, piece.first, (uint32_t)piece.count, &rows->resumed);
        if (!pieces_add(&rows->pieces, piece)) /* rank 0 owns them from now on */
            return failure_set(failure, EXIT_RUN, "out of memory");
    }
    rows->tally = rows->resumed;
    return true;
}

bool rows_begin(struct picture_rows *rows, const struct session *session,
                const struct plait_escape *escape, const struct plait_exec *exec,
                enum schedule_kind kind, uint64_t more_row_bytes,
                struct picture_checkpoint *checkpoint, struct failure *failure) {
    if (!rows_plan(rows, session, escape, exec, kind, checkpoint, failure))
        return false;
    rows->more_row_bytes = more_row_bytes;
    if (!size_up(rows, failure))
        return false;
    allocate_counts(rows);
    if (!rows->counts || !rows->digests)
        failure_set(failure, EXIT_USAGE,
                    "no memory for %.0f MiB of counts: choose a smaller --size, or %s",
                    (double)(rows->capacity * row_bytes(rows)) * mib, mend(rows));
    if (checkpoint && is_root(rows) && failure->exit_status == EXIT_DONE)
        load(rows, failure);
    return agree(session, failure);
}

static bool compute_piece(void *context, struct piece piece, plait_progress_fn *poll,
                          void *poll_context) {
    struct picture_rows *rows = context;
    struct plait_exec exec = *rows->exec;
    exec.progress = poll;
    exec.progress_context = poll_context;
    if (!pieces_add(&rows->pieces, piece))
        return false;
    const size_t at = is_root(rows) ? piece.first : rows->computed;
    rows->status =
        plait_escape_rows(rows->escape, &exec, (uint32_t)piece.first, (uint32_t)piece.count,
                          rows->counts + at * rows->escape->width);
    if (rows->status != PLAIT_OK)
        return false;
    rows->computed += (uint32_t)piece.count;
    if (rows->checkpoint)
        digest(rows, at, (uint32_t)piece.count, &rows->tally);
    return true;
}

/* Rows that were computed last lie last; on rank 0 each row has its place. */
static void locate(void *context, int rank, struct piece piece,
                   struct queue_block blocks[QUEUE_BLOCKS]) {
    struct picture_rows *rows = context;
    const bool mine = rank == rows->session->rank;
    const size_t at = mine ? rows->computed - piece.count : piece.first;
    const size_t row = rows->escape->width * sizeof *rows->counts;
    blocks[0] = (struct queue_block){rows->counts + at * rows->escape->width, piece.count * row};
    blocks[1] = (struct queue_block){rows->digests + at, piece.count * sizeof *rows->digests};
}

static bool keep(void *context, int rank, struct piece piece) {
    struct picture_rows *rows = context;
    (void)rank;
    return picture_checkpoint_keep(rows->checkpoint, piece,
                                   rows->counts + piece.first * rows->escape->width,
                                   rows->digests + piece.first);
}

static bool tend(void *context) {
    const struct picture_rows *rows = context;
    return picture_checkpoint_tend(rows->checkpoint);
}

/* As many rows as make a message that does not keep rank 0 for long. */
static uint64_t rows_per_message(const struct picture_rows *rows) {
    const uint64_t most = message_bytes / (rows->escape->width * sizeof *rows->counts);
    return most > 0 ? most : 1;
}

static void show(void *context, uint64_t finished, uint64_t total) {
    progress_display_update(context, finished, total);
}

/* Then the checkpoint knows why the work has ended. */
static bool has_written_badly(const struct picture_rows *rows) {
    return rows->checkpoint && rows->checkpoint->failure.exit_status != EXIT_DONE;
}

bool rows_run(struct picture_rows *rows, struct queue_work work, const char *label,
              enum progress_style style, struct failure *failure) {
    struct progress_display display = progress_display_begin(label, style);
    work.listen = style == PROGRESS_NONE ? NULL : show;
    work.listen_context = &display;
    const bool able = queue_run(&rows->queue, &work);
    if (is_root(rows))
        progress_display_end(&display);
    if (!able && !has_written_badly(rows))
        failure_set(failure, EXIT_RUN, "%s",
                    rows->status == PLAIT_OK ? "out of memory" : plait_status_text(rows->status));
    return able;
}

bool rows_compute(struct picture_rows *rows, const char *label, enum progress_style style,
                  struct failure *failure) {
    const struct queue_delivery delivery = {
        .context = rows,
        .most_units = rows_per_message(rows),
        .locate = locate,
        .keep = keep,
        .tend = tend,
        .stop = stop_signal_seen,
    };
    const struct queue_work work = {
        .compute = compute_piece,
        .context = rows,
        .room = rows->capacity,
        .delivery = rows->checkpoint ? &delivery : NULL,
    };
    rows_run(rows, work, label, style, failure);
    return rows->checkpoint
               ? picture_checkpoint_end_work(rows->checkpoint, rows->queue.stopped, failure)
               : agree(rows->session, failure);
}

static void digest_own(struct picture_rows *rows, struct plait_escape_tally *tally) {
    if (!is_root(rows)) {
        digest(rows, 0, rows->computed, tally);
        return;
    }
    for (size_t k = 0; k < rows->pieces.count; k++)
        digest(rows, rows->pieces.items[k].first, (uint32_t)rows->pieces.items[k].count, tally);
}

void rows_bring(const struct picture_rows *rows, size_t bytes, void *content) {
    if (is_block(rows))
        block_gather(rows->session, rows->distinct, bytes, content, content);
    else
        pieces_gather(rows->session, &rows->pieces, bytes, content, content);
}

void rows_gather(struct picture_rows *rows, struct plait_escape_tally *tally) {
    struct plait_escape_tally own = rows->tally;
    if (!rows->checkpoint) { /* which has brought them */
        digest_own(rows, &own);
        rows_bring(rows, rows->escape->width * sizeof *rows->counts, rows->counts);
        rows_bring(rows, sizeof *rows->digests, rows->digests);
    }
    *tally = own;
    MPI_CHECK(MPI_Reduce(&own, tally, 2, MPI_UINT64_T, MPI_SUM, ROOT, rows->session->world));
}

void rows_digest_others(struct picture_rows *rows, struct plait_escape_tally *tally) {
    digest(rows, rows->distinct, rows->escape->height - rows->distinct, tally);
}

void rows_end(struct picture_rows *rows) {
    queue_end(&rows->queue);
    pieces_free(&rows->pieces);
    free(rows->counts);
    free(rows->digests);
}
