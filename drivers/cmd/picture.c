/* SPDX-License-Identifier: MIT
 * The run of mandelbrot and julia, in the order of the data: options, placement, rows (of which
 * picture_rows.c knows more), verification, files, report. Each step is one function; failures are
 * agreed between them, so that no rank waits for one that has left. */
#include "cmd/picture.h"

#include "cmd/picture_options.h"
#include "cmd/picture_rows.h"
#include "comm/agree.h"
#include "comm/mpi_check.h"
#include "comm/placing.h"
#include "core/clock.h"
#include "core/report.h"
#include "image/writer.h"
#include "plait/digest.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERIFY_SAMPLES = 1000 };

/* Seconds. Maxima over the ranks on rank 0, this rank's own elsewhere. */
struct timing {
    double compute, gather, encode, total;
};

/* Everything a rank knows of its run. */
struct picture {
    const struct session *session;
    const struct picture_options *options;
    struct plait_escape escape;
    struct plait_exec exec;
    struct placement *placements; /* rank 0: of all ranks */
    struct picture_rows rows;
    struct tally tally; /* rank 0: of the picture */
    uint64_t fnv1a;     /* rank 0: checksum of the picture */
    struct timing timing;
};

/* Looks at every output before the work, rank 0 only. */
static bool check_outputs(const struct picture_options *options, struct failure *failure) {
    for (size_t k = 0; k < options->out.count; k++) {
        const char *path = options->out.items[k];
        const struct writer_format *format = writer_format_find(path, failure);
        if (!format || !writer_check(format, path, failure))
            return false;
        for (size_t i = 0; i < k; i++)
            if (strcmp(path, options->out.items[i]) == 0)
                return failure_set(failure, EXIT_USAGE,
                                   "--out '%s' is given twice: give each file once", path);
        if (options->run.json && strcmp(path, options->run.json) == 0)
            return failure_set(failure, EXIT_USAGE,
                               "--out and --json both name '%s': give two files", path);
    }
    return !options->run.json || report_check(options->run.json, failure);
}

static bool is_root(const struct picture *picture) {
    return picture->session->rank == ROOT;
}

static bool compute(struct picture *picture, const char *label, struct failure *failure) {
    MPI_CHECK(MPI_Barrier(picture->session->world));
    const uint64_t start_ns = clock_now_ns();
    const bool computed = rows_compute(&picture->rows, label,
                                       (enum progress_style)picture->options->progress, failure);
    picture->timing.compute = clock_seconds_since(start_ns);
    return computed;
}

static void gather(struct picture *picture) {
    const uint64_t start_ns = clock_now_ns();
    rows_gather(&picture->rows, &picture->tally);
    picture->timing.gather = clock_seconds_since(start_ns);
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
    if (plait_escape_verify(&picture->escape, &picture->exec, picture->rows.counts, VERIFY_SAMPLES,
                            &first) == PLAIT_OK)
        return true;
    return failure_set(failure, EXIT_RUN,
                       "verification failed: row %" PRIu32 ", column %" PRIu32 " has count %" PRId32
                       ", the reference says %" PRId32 ": nothing was written, please report this",
                       first.row, first.col, first.got, first.expected);
}

static bool write_one(const struct picture *picture, const struct image *image, const char *path,
                      struct failure *failure) {
    const struct writer_format *format = writer_format_find(path, failure);
    if (!format)
        return false;
    struct writer *writer = writer_open(format, path, image, failure);
    if (!writer)
        return false;
    if (!writer_rows(writer, picture->rows.counts, picture->escape.height, failure)) {
        writer_abandon(writer);
        return false;
    }
    return writer_close(writer, failure);
}

/* Rank 0: the files. */
static bool write_files(struct picture *picture, struct failure *failure) {
    const struct plait_escape *escape = &picture->escape;
    const enum colour_value value =
        escape->kind == PLAIT_JULIA ? COLOUR_255_MINUS_COUNT : COLOUR_COUNT;
    const uint64_t start_ns = clock_now_ns();
    const struct image image = {
        .width = escape->width,
        .height = escape->height,
        .colour = {value, colour_range_of(value, picture->rows.counts,
                                          (size_t)escape->width * escape->height)},
        .palette = &palette_viridis,
    };
    for (size_t k = 0; k < picture->options->out.count; k++)
        if (!write_one(picture, &image, picture->options->out.items[k], failure))
            return false;
    picture->timing.encode = clock_seconds_since(start_ns);
    return true;
}

/* Brings the times of all ranks to rank 0. */
static void gather_timing(struct picture *picture) {
    struct timing slowest;
    MPI_CHECK(MPI_Reduce(&picture->timing, &slowest, 4, MPI_DOUBLE, MPI_MAX, ROOT,
                         picture->session->world));
    if (is_root(picture))
        picture->timing = slowest;
}

/* In brackets what each rank did, in rank order; beyond a handful of ranks only the range. */
static void print_shares(const struct picture *picture) {
    enum { HANDFUL = 8 };
    const int ranks = picture->session->size;
    const struct queue_share *shares = picture->rows.queue.shares;
    const double percent = 100.0 / picture->rows.distinct;
    struct queue_share least = shares[0], most = shares[0];
    printf(" (%s", schedule_names[picture->options->schedule]);
    for (int r = 0; r < ranks; r++) {
        if (ranks <= HANDFUL)
            printf("%s %.0f %% in %.3g s", r > 0 ? "," : ":", (double)shares[r].units * percent,
                   shares[r].busy_seconds);
        least.units = shares[r].units < least.units ? shares[r].units : least.units;
        most.units = shares[r].units > most.units ? shares[r].units : most.units;
        least.busy_seconds = fmin(least.busy_seconds, shares[r].busy_seconds);
        most.busy_seconds = fmax(most.busy_seconds, shares[r].busy_seconds);
    }
    if (ranks > HANDFUL)
        printf(": %.2g to %.2g %% in %.3g to %.3g s", (double)least.units * percent,
               (double)most.units * percent, least.busy_seconds, most.busy_seconds);
    putchar(')');
}

static void print_summary(const struct picture *picture, const char *command) {
    const struct timing *timing = &picture->timing;
    printf("%s %" PRIu32 "x%" PRIu32 ", maxit %" PRId32 ": %" PRIu64
           " steps in %.4g s, %.3g G steps/s effective, imbalance %.2f",
           command, picture->escape.width, picture->escape.height, picture->escape.maxit,
           picture->tally.steps, timing->compute,
           (double)picture->tally.steps * 1e-9 / timing->compute,
           queue_imbalance(&picture->rows.queue));
    if (picture->session->size > 1)
        print_shares(picture);
    printf(", gather %.2g s, encode %.2g s, fnv1a %016" PRIx64, timing->gather, timing->encode,
           picture->fnv1a);
    if (picture->options->verify)
        printf(", %d pixels verified", VERIFY_SAMPLES);
    for (size_t k = 0; k < picture->options->out.count; k++)
        printf("%s%s", k == 0 ? " -> " : ", ", picture->options->out.items[k]);
    putchar('\n');
}

static bool write_report(const struct picture *picture, const struct option_values *values,
                         struct failure *failure) {
    const char *path = picture->options->run.json;
    struct report *report = report_new(values, picture->placements, (size_t)picture->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "compute_seconds", picture->timing.compute);
        report_real(report, "gather_seconds", picture->timing.gather);
        report_real(report, "encode_seconds", picture->timing.encode);
        report_real(report, "total_seconds", picture->timing.total);
        report_open_array(report, "busy_seconds");
        for (int r = 0; r < picture->session->size; r++)
            report_real(report, NULL, picture->rows.queue.shares[r].busy_seconds);
        report_close(report);
        report_real(report, "imbalance", queue_imbalance(&picture->rows.queue));
        report_open_array(report, "rows");
        for (int r = 0; r < picture->session->size; r++)
            report_count(report, NULL, picture->rows.queue.shares[r].units);
        report_close(report);
        report_close(report);
        report_open_object(report, "result");
        report_count(report, "width", picture->escape.width);
        report_count(report, "height", picture->escape.height);
        report_count(report, "maxit", (uint64_t)picture->escape.maxit);
        report_count(report, "steps", picture->tally.steps);
        report_count(report, "interior", picture->tally.interior);
        report_identifier(report, "fnv1a", picture->fnv1a);
        report_close(report);
    }
    const bool written = report_write(report, path, failure);
    report_free(report);
    return written;
}

/* What rank 0 does with the gathered picture while the others wait for its verdict. */
static bool finish_on_root(struct picture *picture, struct failure *failure) {
    complete(picture);
    if (picture->options->verify && !verify(picture, failure))
        return false;
    return write_files(picture, failure);
}

static bool prepare(struct picture *picture, struct failure *failure) {
    const struct session *session = picture->session;
    struct placement mine;

    if (session->rank == ROOT)
        check_outputs(picture->options, failure);
    if (!agree(session, failure) ||
        !placing_resolve(session, picture->options->run.path, picture->options->run.threads,
                         &picture->exec, &mine, failure) ||
        !placing_gather(session, &mine, &picture->placements, failure))
        return false;
    if (!rows_begin(&picture->rows, session, &picture->escape, &picture->exec,
                    (enum schedule_kind)picture->options->schedule, failure))
        return false;
    placing_warn(session, picture->placements);
    return true;
}

static bool draw(struct picture *picture, const struct option_values *values,
                 struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (!prepare(picture, failure))
        return false;
    if (!compute(picture, values->set->command, failure))
        return false;
    gather(picture);
    if (is_root(picture))
        finish_on_root(picture, failure);
    if (!agree(picture->session, failure))
        return false;
    picture->timing.total = clock_seconds_since(start_ns);
    gather_timing(picture);
    if (is_root(picture) && picture->options->run.json)
        write_report(picture, values, failure);
    if (is_root(picture) && failure->exit_status == EXIT_DONE)
        print_summary(picture, values->set->command);
    return agree(picture->session, failure);
}

bool picture_run(const struct session *session, struct option_values *values,
                 enum plait_escape_kind kind, struct failure *failure) {
    struct picture_options options = {0};
    struct picture picture = {.session = session, .options = &options};

    if (values_apply(values, &options, failure))
        picture_of_options(&options, values, kind, &picture.escape, failure);
    if (agree(session, failure))
        draw(&picture, values, failure);
    free(picture.placements);
    rows_end(&picture.rows);
    return failure->exit_status == EXIT_DONE;
}
