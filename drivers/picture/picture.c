/* SPDX-License-Identifier: MIT
 * The run of mandelbrot and julia, in the order of the data: options, placement, rows (of which
 * picture_rows.c knows more, and picture_stream.c with --stream), verification, files
 * (picture_files.c), report. Each step is one function; failures are agreed between them, so that
 * no rank waits for one that has left. */
#include "picture/picture.h"

#include "base/clock.h"
#include "picture/keeper_disk.h"
#include "picture/picture_files.h"
#include "picture/picture_options.h"
#include "picture/picture_report.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/placing.h"
#include "ranks/waiting.h"
#include "run/timers.h"

#include <stdlib.h>

static bool is_root(const struct picture *picture) {
    return picture->session->rank == ROOT;
}

static bool compute(struct picture *picture, const char *label, struct failure *failure) {
    MPI_CHECK(MPI_Barrier(picture->session->world));
    picture->begun.compute = clock_now_ns();
    const bool computed =
        picture->options->stream
            ? stream_compute(picture, label, failure)
            : rows_compute(&picture->rows, label, (enum progress_style)picture->options->progress,
                           failure);
    picture->timing.compute = clock_seconds_since(picture->begun.compute);
    return computed;
}

static void gather(struct picture *picture) {
    picture->begun.gather = clock_now_ns();
    if (picture->options->stream)
        stream_gather(picture);
    else
        rows_gather(&picture->rows, &picture->tally);
    picture->timing.gather = clock_seconds_since(picture->begun.gather);
}

/* Rank 0: the rows that mirror others. Part of the computation, and timed as such. */
static void complete(struct picture *picture) {
    const uint64_t start_ns = clock_now_ns();
    (void)plait_escape_complete(&picture->escape, &picture->exec, picture->rows.counts);
    picture->timing.compute += clock_seconds_since(start_ns);
    rows_digest_others(&picture->rows, &picture->tally);
    picture->fnv1a = plait_digest_picture(picture->rows.digests, picture->escape.height);
}

/* Rank 0: samples of the picture against the reference. */
static bool verify(const struct picture *picture, struct failure *failure) {
    struct plait_escape_difference first;
    return plait_escape_verify(&picture->escape, &picture->exec, picture->rows.counts,
                               VERIFY_SAMPLES, &first) == PLAIT_OK ||
           picture_mismatch(&first, failure);
}

/* Rank 0: the files. */
static bool write_files(struct picture *picture, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    const bool written = files_write(picture, failure);
    picture->timing.encode += clock_seconds_since(start_ns);
    return written;
}

/* What the whole picture needs beside its counts, if it is in memory. Encoding begins here. */
static bool colour(struct picture *picture, struct failure *failure) {
    picture->begun.encode = clock_now_ns();
    if (picture->options->stream)
        return true;
    if (is_root(picture))
        complete(picture);
    const uint64_t start_ns = clock_now_ns();
    const bool coloured = files_colour(picture, failure);
    picture->timing.encode = clock_seconds_since(start_ns);
    return coloured;
}

/* Brings the times of all ranks to rank 0. */
static void gather_timing(struct picture *picture) {
    struct timing slowest;
    MPI_CHECK(MPI_Reduce(&picture->timing, &slowest, 4, MPI_DOUBLE, MPI_MAX, ROOT,
                         picture->session->world));
    if (is_root(picture))
        picture->timing = slowest;
}

/* What rank 0 does with the gathered picture while the others wait for its verdict. */
static bool finish_on_root(struct picture *picture, struct failure *failure) {
    provenance_seal(&picture->provenance, picture->fnv1a);
    if (picture->options->stream)
        return stream_write(picture, failure);
    if (picture->options->verify && !verify(picture, failure))
        return false;
    return write_files(picture, failure);
}

/* Who computes which rows, and where they are kept. */
static bool plan(struct picture *picture, struct failure *failure) {
    if (picture->options->stream)
        return stream_begin(picture, failure);
    return rows_begin(&picture->rows, picture->session, &picture->escape, &picture->exec,
                      (enum schedule_kind)picture->options->schedule, files_row_bytes(picture),
                      picture->options->checkpoint ? &picture->checkpoint : NULL, failure);
}

static bool prepare(struct picture *picture, struct failure *failure) {
    const struct session *session = picture->session;
    struct placement mine;

    if (session->rank == ROOT)
        files_check(picture, failure);
    if (!agree(session, failure) ||
        !picture_checkpoint_open(&picture->checkpoint, session, &picture->escape,
                                 picture->options->checkpoint, picture->options->checkpoint_every,
                                 failure) ||
        !placing_resolve(session, picture->options->run.path, picture->options->run.threads,
                         &picture->exec, &mine, failure) ||
        !placing_gather(session, &mine, &picture->placements, failure) || !plan(picture, failure))
        return false;
    placing_warn(session, picture->placements);
    return true;
}

/* Rank 0: the times that the report has, too. */
static void time_all(const struct picture *picture) {
    struct stopwatch *watch = picture->session->watch;
    stopwatch_add(watch, "compute", picture->begun.compute, picture->timing.compute);
    stopwatch_add(watch, "gather", picture->begun.gather, picture->timing.gather);
    stopwatch_add(watch, "encode", picture->begun.encode, picture->timing.encode);
    stopwatch_add(watch, "total", picture->begun.total, picture->timing.total);
}

/* Rank 0: the lines, and only if they have arrived the report, which stands for success. */
static void tell(const struct picture *picture, const struct option_values *values,
                 struct failure *failure) {
    picture_print(picture, values->set->command);
    time_all(picture);
    if (timers_tell(picture->session, values, failure) && picture->options->run.json)
        picture_report(picture, values, failure);
}

static void draw(struct picture *picture, const struct option_values *values,
                 struct failure *failure) {
    const struct session *session = picture->session;
    picture->begun.total = clock_now_ns();
    if (!prepare(picture, failure) || !compute(picture, values->set->command, failure))
        return;
    gather(picture);
    if (!colour(picture, failure))
        return;
    if (is_root(picture))
        finish_on_root(picture, failure);
    quiet_barrier(session);
    if (!agree(session, failure))
        return;
    picture->timing.total = clock_seconds_since(picture->begun.total);
    gather_timing(picture);
    if (is_root(picture))
        tell(picture, values, failure);
    if (picture->options->checkpoint) /* what was kept until then is not needed any more */
        picture_checkpoint_remove(&picture->checkpoint, failure);
    agree(session, failure);
}

void picture_run(const struct session *session, struct option_values *values,
                 enum plait_escape_kind kind, struct failure *failure) {
    struct picture_options options = {0};
    struct picture picture = {.session = session, .options = &options};

    if (values_apply(values, &options, failure) &&
        picture_of_options(&options, values, kind, &picture.escape, failure) && is_root(&picture))
        provenance_begin(&picture.provenance, values, failure);
    if (agree(session, failure))
        draw(&picture, values, failure);
    picture_checkpoint_free(&picture.checkpoint);
    provenance_free(&picture.provenance);
    free(picture.placements);
    rows_end(&picture.rows);
    stream_end(&picture.stream);
    free(picture.indices);
}
