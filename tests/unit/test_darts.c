/* SPDX-License-Identifier: MIT
 * The contract of plait/darts.h, except the known answers (test_darts_golden, test_darts_paths):
 * ranges, overlap, threads, parts, progress, single darts. */
#define _GNU_SOURCE /* gettid */
#include "check.h"

#include "plait/plait.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static struct plait_exec exec_of(int threads) {
    struct plait_exec exec = {0};
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, threads));
    return exec;
}

/* Of seed 42. */
static struct plait_darts_range darts_of(enum plait_generator generator, uint64_t run,
                                         uint64_t first, uint64_t count) {
    return (struct plait_darts_range){generator, 42, run, first, count};
}

static uint64_t hits_of(enum plait_generator generator, uint64_t run, uint64_t first,
                        uint64_t count, int threads) {
    const struct plait_exec exec = exec_of(threads);
    const struct plait_darts_range range = darts_of(generator, run, first, count);
    uint64_t hits = UINT64_MAX;
    CHECK_INT(PLAIT_OK, plait_darts_hits(&range, &exec, &hits));
    return hits;
}

static void test_ranges_of_check(void) {
    static const enum plait_generator both[] = {PLAIT_RXS64, PLAIT_PCG32};
    for (int k = 0; k < 2; k++) {
        CHECK_INT(PLAIT_OK, plait_darts_check(both[k], 1, 1));
        CHECK_INT(PLAIT_OK, plait_darts_check(both[k], 1, PLAIT_DARTS_RUNS_MAX));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check(both[k], 0, 1));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check(both[k], 1, 0));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check(both[k], PLAIT_DARTS_MAX + 1, 1));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check(both[k], UINT64_MAX, 1));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check(both[k], 1, PLAIT_DARTS_RUNS_MAX + 1));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check(both[k], 1, UINT64_MAX));
    }
    CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_check((enum plait_generator)2, 1, 1));
    /* The report's study, and a thousand times its darts. */
    CHECK_INT(PLAIT_OK, plait_darts_check(PLAIT_RXS64, UINT64_C(1) << 28, 64));
    CHECK_INT(PLAIT_OK, plait_darts_check(PLAIT_RXS64, UINT64_C(1) << 38, 64));
    CHECK_INT(PLAIT_OK, plait_darts_check(PLAIT_RXS64, PLAIT_DARTS_MAX, 1));
    CHECK_INT(PLAIT_E_OVERLAP, plait_darts_check(PLAIT_PCG32, PLAIT_DARTS_MAX, 1));
}

/* The largest number of outputs that `runs` runs may take each, (2^64 - 1) / (3 runs), in darts. */
static void test_overlap(void) {
    static const uint64_t runs[] = {1, 2, 3, 63, 64, 65536, 1048576, 2147483647, 2147483648};
    for (size_t k = 0; k < sizeof runs / sizeof *runs; k++) {
        const uint64_t outputs = UINT64_MAX / 3 / runs[k];
        CHECK_INT(PLAIT_OK, plait_darts_check(PLAIT_PCG32, outputs / 2, runs[k]));
        CHECK_INT(PLAIT_E_OVERLAP, plait_darts_check(PLAIT_PCG32, outputs / 2 + 1, runs[k]));
        if (2 * outputs + 1 > PLAIT_DARTS_MAX)
            continue;
        CHECK_INT(PLAIT_OK, plait_darts_check(PLAIT_RXS64, 2 * outputs, runs[k]));
        CHECK_INT(PLAIT_E_OVERLAP, plait_darts_check(PLAIT_RXS64, 2 * outputs + 1, runs[k]));
    }
}

static void refused(enum plait_generator generator, uint64_t run, uint64_t first, uint64_t count,
                    struct plait_exec exec) {
    uint64_t hits = 7;
    const struct plait_darts_range range = darts_of(generator, run, first, count);
    const enum plait_status status = plait_darts_hits(&range, &exec, &hits);
    check_that(status == PLAIT_E_ARGUMENT && hits == 7, __FILE__, __LINE__,
               "run %" PRIu64 " darts [%" PRIu64 ", + %" PRIu64 "): %s, hits %" PRIu64, run, first,
               count, plait_status_text(status), hits);
}

static void test_ranges_of_hits(void) {
    const struct plait_exec good = exec_of(1);
    const struct plait_exec no_path = {.threads = 1};
    struct plait_exec threads = good;
    refused((enum plait_generator)2, 0, 0, 1, good);
    refused(PLAIT_RXS64, PLAIT_DARTS_RUNS_MAX, 0, 1, good);
    refused(PLAIT_RXS64, UINT64_MAX, 0, 1, good);
    refused(PLAIT_RXS64, 0, PLAIT_DARTS_MAX, 1, good);
    refused(PLAIT_RXS64, 0, 1, PLAIT_DARTS_MAX, good);
    refused(PLAIT_RXS64, 0, UINT64_MAX, 1, good); /* the sum is 0 in 64 bits */
    refused(PLAIT_RXS64, 0, 2, UINT64_MAX, good);
    refused(PLAIT_RXS64, 0, 0, 1, no_path);
    threads.threads = 0;
    refused(PLAIT_RXS64, 0, 0, 1, threads);
    threads.threads = PLAIT_THREADS_MAX + 1;
    refused(PLAIT_RXS64, 0, 0, 1, threads);

    const struct plait_darts_range bad[] = {
        darts_of((enum plait_generator)2, 0, 0, 1),
        darts_of(PLAIT_RXS64, PLAIT_DARTS_RUNS_MAX, 0, 1),
        darts_of(PLAIT_RXS64, 0, PLAIT_DARTS_MAX, 1),
    };
    struct plait_dart dart;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_throw(&bad[k], &dart));
}

static void test_ends_of_the_range(void) {
    CHECK_INT(0, (int64_t)hits_of(PLAIT_RXS64, 0, 0, 0, 5));
    CHECK_INT(0, (int64_t)hits_of(PLAIT_PCG32, 0, PLAIT_DARTS_MAX, 0, 1));
    for (int g = PLAIT_RXS64; g <= PLAIT_PCG32; g++) {
        struct plait_dart darts[101];
        const uint64_t first = PLAIT_DARTS_MAX - 101, run = PLAIT_DARTS_RUNS_MAX - 1;
        uint64_t hits = 0;
        const struct plait_darts_range range = darts_of((enum plait_generator)g, run, first, 101);
        CHECK_INT(PLAIT_OK, plait_darts_throw(&range, darts));
        for (int k = 0; k < 101; k++)
            hits += darts[k].hit;
        CHECK_INT((int64_t)hits, (int64_t)hits_of((enum plait_generator)g, run, first, 101, 2));
    }
}

/* Every split over threads and calls gives the count of one thread in one call. */
static void test_threads_and_parts(void) {
    const uint64_t darts = check_is_quick() ? 150001 : 20000001;
    for (int g = PLAIT_RXS64; g <= PLAIT_PCG32; g++) {
        const enum plait_generator generator = (enum plait_generator)g;
        const uint64_t one = hits_of(generator, 3, 17, darts, 1);
        CHECK_INT((int64_t)one, (int64_t)hits_of(generator, 3, 17, darts, 2));
        CHECK_INT((int64_t)one, (int64_t)hits_of(generator, 3, 17, darts, 5));
        uint64_t parts = 0;
        for (uint64_t from = 0, size = 1; from < darts; from += size, size = size * 3 + 1)
            parts += hits_of(generator, 3, 17 + from, size < darts - from ? size : darts - from,
                             1 + (int)(size % 3));
        CHECK_INT((int64_t)one, (int64_t)parts);
    }
}

/* Many runs at once: each gets what it gets alone, on top of what was there. */
static void check_runs(enum plait_generator generator, uint64_t run, uint64_t runs, uint64_t first,
                       uint64_t count, int threads) {
    const struct plait_exec exec = exec_of(threads);
    uint64_t *hits = malloc((size_t)(runs + 2) * sizeof *hits);
    bool right = true;
    if (!CHECK(hits != NULL))
        return;
    for (uint64_t k = 0; k < runs + 2; k++)
        hits[k] = 1000 + k;
    const struct plait_darts_range range = darts_of(generator, run, first, count);
    CHECK_INT(PLAIT_OK, plait_darts_add_hits(&range, runs, &exec, hits + 1));
    right = right && hits[0] == 1000 && hits[runs + 1] == 1001 + runs;
    for (uint64_t k = 0; k < runs; k++)
        right = right && hits[k + 1] == 1001 + k + hits_of(generator, run + k, first, count, 1);
    check_that(right, __FILE__, __LINE__,
               "%" PRIu64 " runs from %" PRIu64 " of darts [%" PRIu64 ", + %" PRIu64
               "), %d threads",
               runs, run, first, count, threads);
    free(hits);
}

static void test_many_runs(void) {
    const uint64_t last = PLAIT_DARTS_RUNS_MAX - 5;
    const uint64_t long_run = check_is_quick() ? 70001 : 1000001;
    for (int g = PLAIT_RXS64; g <= PLAIT_PCG32; g++)
        for (int threads = 1; threads <= 3; threads++) {
            const enum plait_generator generator = (enum plait_generator)g;
            check_runs(generator, 0, 1, 0, 100, threads);
            check_runs(generator, 3, 1000, 0, 1, threads);
            check_runs(generator, 0, 999, 17, 101, threads);
            check_runs(generator, last, 5, 33, 70000, threads);
            check_runs(generator, 2, 2, 1, long_run, threads);
            check_runs(generator, 1, 7, 0, long_run, threads);
            check_runs(generator, 7, 0, 0, 100, threads);
            check_runs(generator, 7, 3, 5, 0, threads);
        }
}

static void test_ranges_of_runs(void) {
    const struct plait_exec exec = exec_of(1);
    const uint64_t huge = UINT64_C(1) << 60;
    const struct {
        struct plait_darts_range range;
        uint64_t runs;
    } bad[] = {
        {darts_of((enum plait_generator)2, 0, 0, 1), 1},
        {darts_of(PLAIT_RXS64, PLAIT_DARTS_RUNS_MAX, 0, 1), 1},
        {darts_of(PLAIT_RXS64, 1, 0, 1), PLAIT_DARTS_RUNS_MAX},
        {darts_of(PLAIT_RXS64, 1, 0, 0), UINT64_MAX},
        {darts_of(PLAIT_RXS64, 0, PLAIT_DARTS_MAX, 1), 1},
        {darts_of(PLAIT_RXS64, 0, 0, huge), 16},
    };
    uint64_t hits = 7;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        CHECK_INT(PLAIT_E_ARGUMENT, plait_darts_add_hits(&bad[k].range, bad[k].runs, &exec, &hits));
    CHECK_INT(7, (int64_t)hits);
}

static void test_single_darts(void) {
    enum { DARTS = 4096 };
    static struct plait_dart darts[DARTS];
    for (int g = PLAIT_RXS64; g <= PLAIT_PCG32; g++) {
        const enum plait_generator generator = (enum plait_generator)g;
        uint64_t hits = 0;
        bool inside = true, right = true;
        const struct plait_darts_range range = darts_of(generator, 5, 33, DARTS);
        CHECK_INT(PLAIT_OK, plait_darts_throw(&range, darts));
        for (int k = 0; k < DARTS; k++) {
            const double x = darts[k].x, y = darts[k].y, r2 = x * x + y * y;
            inside = inside && x >= -1 && x < 1 && y >= -1 && y < 1;
            right = right && (darts[k].hit ? r2 <= 1 : r2 >= 1); /* rounding may make it 1 */
            hits += darts[k].hit;
        }
        CHECK(inside);
        CHECK(right);
        CHECK_INT((int64_t)hits, (int64_t)hits_of(generator, 5, 33, DARTS, 1));
    }
}

/* The first two darts of seed 42, from the first outputs: 27a53829edf003a9, and c2f57bd6 6b07c4a9.
 */
static void test_where_darts_lie(void) {
    const struct plait_darts_range rxs64 = darts_of(PLAIT_RXS64, 0, 0, 2);
    const struct plait_darts_range pcg32 = darts_of(PLAIT_PCG32, 0, 0, 2);
    struct plait_dart dart[2];
    CHECK_INT(PLAIT_OK, plait_darts_throw(&rxs64, dart));
    CHECK(dart[0].x >= 0x03a9 * 0x1p-15 && dart[0].x < 0x03aa * 0x1p-15);
    CHECK(dart[0].y >= (0xedf0 - 65536) * 0x1p-15 && dart[0].y < (0xedf1 - 65536) * 0x1p-15);
    CHECK(dart[1].x >= 0x3829 * 0x1p-15 && dart[1].x < 0x382a * 0x1p-15);
    CHECK(dart[1].y >= 0x27a5 * 0x1p-15 && dart[1].y < 0x27a6 * 0x1p-15);
    CHECK_INT(PLAIT_OK, plait_darts_throw(&pcg32, dart));
    CHECK(dart[0].x == (0xc2f57bd6 - 0x1p32) * 0x1p-31);
    CHECK(dart[0].y == 0x6b07c4a9 * 0x1p-31);
    CHECK(dart[1].x == 0x72b7b29b * 0x1p-31 && dart[1].y == 0x44215383 * 0x1p-31);
}

struct progress_record {
    uint64_t calls, last, total;
    pid_t thread;
    bool wrong;
    uint64_t stop_at; /* the call that asks to stop; 0: none */
};

static bool record_progress(void *context, uint64_t done, uint64_t total) {
    struct progress_record *record = context;
    record->wrong |= done <= record->last || done > total || total != record->total;
    record->wrong |= gettid() != record->thread;
    record->last = done;
    return ++record->calls != record->stop_at;
}

static enum plait_status run_with_record(int threads, struct progress_record *record,
                                         uint64_t *hits) {
    struct plait_exec exec = exec_of(threads);
    exec.progress = record_progress;
    exec.progress_context = record;
    record->total = check_is_quick() ? 400000 : 40000000;
    record->thread = gettid();
    const struct plait_darts_range range = darts_of(PLAIT_RXS64, 0, 0, record->total);
    return plait_darts_hits(&range, &exec, hits);
}

/* The same over many runs, whose jobs are several runs. */
static void test_progress_of_runs(void) {
    enum { SHORT_RUNS = 5000 };
    static uint64_t hits[SHORT_RUNS];
    struct progress_record record = {.total = SHORT_RUNS * 100, .thread = gettid()};
    struct plait_exec exec = exec_of(1);
    exec.progress = record_progress;
    exec.progress_context = &record;
    const struct plait_darts_range range = darts_of(PLAIT_RXS64, 0, 0, 100);
    CHECK_INT(PLAIT_OK, plait_darts_add_hits(&range, SHORT_RUNS, &exec, hits));
    CHECK(!record.wrong && record.calls > 1);
    CHECK_INT((int64_t)record.total, (int64_t)record.last);
    record.stop_at = record.calls + 1;
    record.last = 0;
    CHECK_INT(PLAIT_E_INTERRUPTED, plait_darts_add_hits(&range, SHORT_RUNS, &exec, hits));
    CHECK(record.last < record.total);
}

static void test_progress(void) {
    for (int threads = 1; threads <= 5; threads += 2) {
        struct progress_record record = {0};
        uint64_t hits;
        CHECK_INT(PLAIT_OK, run_with_record(threads, &record, &hits));
        CHECK_INT((int64_t)hits_of(PLAIT_RXS64, 0, 0, record.total, 1), (int64_t)hits);
        CHECK(!record.wrong);
        if (threads == 1) /* else another thread may have finished the last darts */
            CHECK_INT((int64_t)record.total, (int64_t)record.last);
    }
}

static void test_progress_can_stop(void) {
    struct progress_record record = {.stop_at = 1};
    uint64_t hits = 7;
    if (check_is_quick()) /* so few darts are one job */
        return;
    CHECK_INT(PLAIT_E_INTERRUPTED, run_with_record(1, &record, &hits));
    CHECK(record.calls == 1 && record.last < record.total && hits == 7);

    /* With more threads the caller may find nothing left to do, and so is never asked. */
    record = (struct progress_record){.stop_at = 1};
    const enum plait_status status = run_with_record(5, &record, &hits);
    CHECK_INT(record.calls > 0 ? PLAIT_E_INTERRUPTED : PLAIT_OK, status);
    CHECK(record.calls <= 1);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"ranges of check", test_ranges_of_check},
        {"overlap", test_overlap},
        {"ranges of hits", test_ranges_of_hits},
        {"ends of the range", test_ends_of_the_range},
        {"threads and parts", test_threads_and_parts},
        {"many runs", test_many_runs},
        {"ranges of runs", test_ranges_of_runs},
        {"single darts", test_single_darts},
        {"where darts lie", test_where_darts_lie},
        {"progress", test_progress},
        {"progress can stop", test_progress_can_stop},
        {"progress of many runs", test_progress_of_runs},
        {0},
    };
    return check_main("darts", tests, argc, argv);
}
