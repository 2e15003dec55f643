/* SPDX-License-Identifier: MIT
 * The run of mandelbrot and julia, in the order of the data: options, placement, memory, rows of
 * this rank, gather, verification, files, report. Each step is one function; failures are agreed
 * between them, so that no rank waits for one that has left. */
#include "cmd/picture.h"

#include "cmd/picture_options.h"
#include "comm/agree.h"
#include "comm/block.h"
#include "comm/mpi_check.h"
#include "comm/placing.h"
#include "comm/progress.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/report.h"
#include "image/writer.h"
#include "plait/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERIFY_SAMPLES = 1000 };

/* Sums over the pixels of some rows. */
struct tally {
    uint64_t steps;    /* sum of the counts */
    uint64_t interior; /* pixels whose count is maxit */
};

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
    uint32_t distinct_rows;       /* rows that ranks compute; rank 0 completes the others */
    struct block block;           /* this rank's share of them */
    int32_t *counts;              /* [block.rows][width]; rank 0: [height][width] */
    uint64_t *digests;            /* of the rows of counts */
    struct tally tally;           /* rank 0: of the picture */
    uint64_t fnv1a;               /* rank 0: checksum of the picture */
    struct timing timing;
    double *busy; /* rank 0: compute seconds of each rank */
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

/* Rows that this rank's memory holds. */
static uint32_t rows_held(const struct picture *picture) {
    return is_root(picture) ? picture->escape.height : picture->block.rows;
}

/* All ranks of a node draw on one memory: their needs are added up before anyone allocates, since a
 * kernel that promises more than it has kills a rank in the middle of the work instead. */
static bool check_memory(const struct picture *picture, struct failure *failure) {
    const double mib = 1.0 / (1 << 20);
    const uint64_t row_bytes = (uint64_t)picture->escape.width * sizeof(int32_t) + sizeof(uint64_t);
    uint64_t needed = rows_held(picture) * row_bytes;
    MPI_CHECK(
        MPI_Allreduce(MPI_IN_PLACE, &needed, 1, MPI_UINT64_T, MPI_SUM, picture->session->node));
    const uint64_t available = memory_available_bytes();
    if (needed > available)
        failure_set(failure, EXIT_USAGE,
                    "the picture needs %.0f MiB on this node, which has %.0f MiB free: choose a "
                    "smaller --size, or more nodes",
                    (double)needed * mib, (double)available * mib);
    return agree(picture->session, failure);
}

static bool allocate(struct picture *picture, struct failure *failure) {
    const size_t rows = rows_held(picture);
    const size_t pixels = rows * picture->escape.width;
    /* One element at least: a rank without rows has nothing to store, but NULL means no memory. */
    picture->counts = malloc((pixels > 0 ? pixels : 1) * sizeof *picture->counts);
    picture->digests = malloc((rows > 0 ? rows : 1) * sizeof *picture->digests);
    picture->busy = malloc((size_t)picture->session->size * sizeof *picture->busy);
    if (!picture->counts || !picture->digests || !picture->busy)
        failure_set(failure, EXIT_USAGE,
                    "no memory for %zu MiB of counts: choose a smaller --size, or more nodes",
                    (pixels * sizeof *picture->counts) >> 20);
    return agree(picture->session, failure);
}

static struct tally tally_of(const int32_t *counts, size_t pixels, int32_t maxit) {
    struct tally tally = {0, 0};
    for (size_t k = 0; k < pixels; k++) {
        tally.steps += (uint64_t)counts[k];
        tally.interior += counts[k] == maxit;
    }
    return tally;
}

/* The rows of this rank. */
static void compute(struct picture *picture) {
    const struct session *session = picture->session;
    struct progress progress;

    progress_begin(&progress, session, picture->escape.kind == PLAIT_JULIA ? "julia" : "mandelbrot",
                   (enum progress_style)picture->options->progress, picture->distinct_rows,
                   &picture->exec);
    MPI_CHECK(MPI_Barrier(session->world));
    const uint64_t start_ns = clock_now_ns();
    /* The picture has been checked and nothing interrupts it: this cannot fail. */
    (void)plait_escape_rows(&picture->escape, &picture->exec, picture->block.first,
                            picture->block.rows, picture->counts);
    picture->timing.compute = clock_seconds_since(start_ns);
    progress_end(&progress, &picture->exec);
}

/* Digests and tallies by the owners of the rows, then everything to rank 0. */
static void gather(struct picture *picture) {
    const struct session *session = picture->session;
    const uint32_t width = picture->escape.width;
    const uint32_t rows = picture->block.rows;

    const uint64_t start_ns = clock_now_ns();
    plait_digest_rows(&picture->exec, picture->counts, rows, width, picture->digests);
    picture->tally = tally_of(picture->counts, (size_t)rows * width, picture->escape.maxit);
    block_gather(session, picture->distinct_rows, width * sizeof *picture->counts, picture->counts,
                 picture->counts);
    block_gather(session, picture->distinct_rows, sizeof *picture->digests, picture->digests,
                 picture->digests);
    struct tally sum;
    MPI_CHECK(MPI_Reduce(&picture->tally, &sum, 2, MPI_UINT64_T, MPI_SUM, ROOT, session->world));
    if (is_root(picture))
        picture->tally = sum;
    picture->timing.gather = clock_seconds_since(start_ns);
}

/* Rank 0: the rows that mirror others. Part of the computation, and timed as such. */
static void complete(struct picture *picture) {
    const struct plait_escape *escape = &picture->escape;
    const uint32_t from = picture->distinct_rows;
    const uint32_t rows = escape->height - from;
    int32_t *counts = picture->counts + (size_t)from * escape->width;

    const uint64_t start_ns = clock_now_ns();
    (void)plait_escape_complete(escape, &picture->exec, picture->counts);
    picture->timing.compute += clock_seconds_since(start_ns);

    plait_digest_rows(&picture->exec, counts, rows, escape->width, picture->digests + from);
    const struct tally tally = tally_of(counts, (size_t)rows * escape->width, escape->maxit);
    picture->tally.steps += tally.steps;
    picture->tally.interior += tally.interior;
    picture->fnv1a = plait_digest_picture(picture->digests, escape->height);
}

/* Rank 0: samples of the picture against the reference. */
static bool verify(const struct picture *picture, struct failure *failure) {
    struct plait_escape_difference first;
    if (plait_escape_verify(&picture->escape, &picture->exec, picture->counts, VERIFY_SAMPLES,
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
    if (!writer_rows(writer, picture->counts, picture->escape.height, failure)) {
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
        .colour = {value,
                   colour_range_of(value, picture->counts, (size_t)escape->width * escape->height)},
        .palette = &palette_viridis,
    };
    for (size_t k = 0; k < picture->options->out.count; k++)
        if (!write_one(picture, &image, picture->options->out.items[k], failure))
            return false;
    picture->timing.encode = clock_seconds_since(start_ns);
    return true;
}

/* Brings the times of all ranks to rank 0. busy is the time in the kernel, without waiting. */
static void gather_timing(struct picture *picture) {
    const struct session *session = picture->session;
    struct timing slowest;
    MPI_CHECK(MPI_Gather(&picture->timing.compute, 1, MPI_DOUBLE, picture->busy, 1, MPI_DOUBLE,
                         ROOT, session->world));
    MPI_CHECK(MPI_Reduce(&picture->timing, &slowest, 4, MPI_DOUBLE, MPI_MAX, ROOT, session->world));
    if (is_root(picture))
        picture->timing = slowest;
}

/* Busiest rank over the mean; 1 is perfect. */
static double imbalance(const struct picture *picture) {
    double sum = 0, busiest = 0;
    for (int r = 0; r < picture->session->size; r++) {
        sum += picture->busy[r];
        if (picture->busy[r] > busiest)
            busiest = picture->busy[r];
    }
    return sum > 0 ? busiest * picture->session->size / sum : 1;
}

static void print_summary(const struct picture *picture, const char *command) {
    const struct timing *timing = &picture->timing;
    printf("%s %" PRIu32 "x%" PRIu32 ", maxit %" PRId32 ": %" PRIu64
           " steps in %.4g s, %.3g G steps/s effective, imbalance %.2f, gather %.2g s, encode %.2g "
           "s, fnv1a %016" PRIx64,
           command, picture->escape.width, picture->escape.height, picture->escape.maxit,
           picture->tally.steps, timing->compute,
           (double)picture->tally.steps * 1e-9 / timing->compute, imbalance(picture),
           timing->gather, timing->encode, picture->fnv1a);
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
            report_real(report, NULL, picture->busy[r]);
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
    picture->distinct_rows = plait_escape_distinct_rows(&picture->escape);
    picture->block = block_share(session, picture->distinct_rows);
    if (!check_memory(picture, failure) || !allocate(picture, failure))
        return false;
    placing_warn(session, picture->placements);
    return true;
}

static bool draw(struct picture *picture, const struct option_values *values,
                 struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (!prepare(picture, failure))
        return false;
    compute(picture);
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
    free(picture.counts);
    free(picture.digests);
    free(picture.busy);
    return failure->exit_status == EXIT_DONE;
}
