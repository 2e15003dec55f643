/* SPDX-License-Identifier: MIT
 * Takes rows from the queue, computes them, and hands them to their keeper. */
#include "picture/row_work.h"

#include "picture/keepers/keeper.h"
#include "picture/value_files.h"
#include "ranks/agree.h"

#include <stdlib.h>

/* A row that is computed only to measure the time. */
struct row_sample {
    const struct row_work *work;
    int32_t *counts; /* [width] */
};

static void row_work_sample(void *context, uint64_t unit) {
    const struct row_sample *sample = context;
    (void)plait_escape_rows(sample->work->escape, sample->work->exec, (uint32_t)unit, 1,
                            sample->counts);
}

bool row_work_plan(struct row_work *work, enum schedule_kind kind, const struct unit_set *rest,
                   struct failure *failure) {
    struct row_sample sample = {work, NULL};
    work->distinct = plait_escape_distinct_rows(work->escape);
    if (kind == SCHEDULE_WEIGHTED) {
        sample.counts = malloc(work->escape->width * sizeof *sample.counts);
        if (!sample.counts)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    const struct queue_plan plan = {
        .kind = kind,
        .units = work->distinct,
        .rest = rest,
        .sample = row_work_sample,
        .sample_context = &sample,
        .speed = work->speed,
    };
    const bool planned =
        agree(work->session, failure) && queue_begin(&work->queue, work->session, &plan, failure);
    free(sample.counts);
    return planned;
}

/* What this rank computes, where to, and how it ended. */
struct computing {
    const struct row_work *work;
    struct keeper *keeper;
    enum plait_status status; /* of the kernel; interrupted is no failure if other ranks have
                               * stopped the work */
    struct failure *failure;  /* of keeping rows */
};

/* How far a piece is, for the queue, while one of its parts is computed. */
struct part_progress {
    plait_progress_fn *poll;
    void *context;
    uint64_t before, total; /* rows of the piece: before the part, in all */
};

static bool row_work_poll(void *context, uint64_t done, uint64_t total) {
    const struct part_progress *part = context;
    (void)total;
    return part->poll(part->context, part->before + done, part->total);
}

/* Counts, and smooth values or distances where they are kept or written. */
static enum plait_status row_work_rows(const struct computing *computing,
                                       const struct plait_exec *exec,
                                       const struct kept_rows *rows) {
    const struct plait_escape *escape = computing->work->escape;
    struct smooth_finder *finder = &computing->keeper->colouring->finder;
    struct value_files *values = computing->work->values;
    const struct plait_row_range range = {rows->first, rows->count};
    if (!rows->parts && !values)
        return plait_escape_rows(escape, exec, rows->first, rows->count, rows->counts);
    if (!values)
        return smooth_compute(finder, exec, range, rows->counts, rows->parts);
    const bool distances = rows->parts && finder->distance; /* found by a kernel of their own */
    struct plait_smooth_range *found = rows->parts && !distances ? &finder->range : &values->range;
    struct plait_smooth_output output = {
        .values = values->values,
        .parts = distances ? NULL : rows->parts,
        .range = *found,
    };
    enum plait_status status =
        distances ? smooth_compute(finder, exec, range, rows->counts, rows->parts)
                  : plait_smooth_compute(escape, exec, range, rows->counts, &output);
    if (distances && status == PLAIT_OK)
        status = plait_smooth_rows(escape, exec, range, escape->width, rows->counts, &output);
    *found = output.range;
    return status;
}

/* Rows that the keeper has placed, and their values, as many at a time as there is space for. */
static bool row_work_part(struct computing *computing, const struct plait_exec *exec,
                          const struct kept_rows *rows, struct part_progress *part) {
    struct value_files *values = computing->work->values;
    const size_t width = computing->work->escape->width;
    const uint32_t most = values ? values->rows : rows->count;
    for (uint32_t done = 0; done < rows->count;) {
        const uint32_t left = rows->count - done;
        const struct kept_rows some = {
            .first = rows->first + done,
            .count = left < most ? left : most,
            .counts = rows->counts + done * width,
            .parts = rows->parts ? rows->parts + done * width : NULL,
        };
        computing->status = row_work_rows(computing, exec, &some);
        const struct valued_rows valued = {some.first, some.count, some.counts};
        if (computing->status != PLAIT_OK ||
            (values && !value_files_put(values, &valued, computing->failure)))
            return false;
        done += some.count;
        part->before += some.count;
    }
    return true;
}

/* A piece, in parts as large as the keeper has space for. What is delivered is one part, so that
 * values, which have less space, do not make parts smaller. */
static bool row_work_compute(void *context, struct piece piece, plait_progress_fn *poll,
                             void *poll_context) {
    struct computing *computing = context;
    struct keeper *keeper = computing->keeper;
    struct part_progress part = {poll, poll_context, 0, piece.count};
    struct plait_exec exec = *computing->work->exec;
    exec.progress = row_work_poll;
    exec.progress_context = &part;
    while (part.before < piece.count) {
        struct kept_rows rows = {
            .first = (uint32_t)(piece.first + part.before),
            .count = (uint32_t)(piece.count - part.before),
        };
        keeper->kind->place(keeper, &rows);
        if (!row_work_part(computing, &exec, &rows, &part) ||
            !keeper->kind->put(keeper, &rows, computing->failure))
            return false;
    }
    return true;
}

static void row_work_show_progress(void *context, uint64_t finished, uint64_t total) {
    progress_display_update(context, finished, total);
}

bool row_work_run(struct row_work *work, struct keeper *keeper, const char *label,
                  enum progress_style style, struct failure *failure) {
    struct progress_display display = progress_display_begin(label, style);
    struct computing computing = {work, keeper, PLAIT_OK, failure};
    const struct queue_work queue_work = {
        .compute = row_work_compute,
        .context = &computing,
        .capacity = keeper->space,
        .delivery = keeper->delivery,
        .listen = style == PROGRESS_NONE ? NULL : row_work_show_progress,
        .listen_context = &display,
    };
    const bool able = queue_run(&work->queue, &queue_work);
    if (session_is_root(work->session))
        progress_display_end(&display);
    if (!able)
        failure_set(failure, EXIT_RUN, "%s",
                    computing.status == PLAIT_OK ? "out of memory"
                                                 : plait_status_text(computing.status));
    return able;
}

void row_work_end(struct row_work *work) {
    queue_end(&work->queue);
}
