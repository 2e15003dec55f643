/* SPDX-License-Identifier: MIT
 * Every path of k-means against the reference, to the bit: random inputs, and inputs where a filter
 * in floats is of no use, where sums are as large as they get, and where clusters run empty. */
#include "check.h"
#include "kmeans_draw.h"
#include "kmeans_runs.h"

#include "../../kernels/wide.h"

#include <math.h>
#include <stdio.h>

static void check_case(const struct kmeans_case *c, const char *what) {
    struct kmeans_outcome expected = kmeans_by_reference(c);
    kmeans_check_paths(c, &expected, what);
    kmeans_outcome_free(&expected);
}

static void test_random(void) {
    uint64_t random = check_seed();
    const int cases = check_is_quick() ? 15 : 80;
    for (int k = 0; k < cases; k++) {
        const enum kind kind = (enum kind)(k % KINDS);
        const uint64_t points = 1 + below(&random, k % 3 == 0 ? 700 : 150);
        const uint32_t dims = 1 + (uint32_t)below(&random, k % 4 == 0 ? 40 : 6);
        const uint64_t most = points < 200 ? points : 200;
        const uint32_t clusters = 1 + (uint32_t)below(&random, most);
        struct kmeans_case c = draw_case(points, dims, clusters, &random);
        double *values = draw_points(kind, points, dims, &random);
        c.values = values;
        check_case(&c, kind_names[kind]);
        free(values);
    }
}

static void test_shapes(void) {
    static const struct {
        enum kind kind;
        uint64_t points;
        uint32_t dims, clusters;
    } shapes[] = {
        {CLOSE, 500, 1, 30},    {CLOSE, 800, 2, 60},     {UNIFORM, 1, 1, 1},
        {UNIFORM, 64, 3, 64},   {UNIFORM, 33, 1, 33},    {COPIES, 400, 2, 40},
        {COPIES, 100, 1, 50},   {UNIFORM, 300, 1024, 9}, {LATTICE, 200, 1024, 20},
        {GROUPS, 3000, 2, 129}, {UNIFORM, 500, 3, 65},   {NEAR, 500, 4, 64},
        {LARGE, 200, 1024, 8},  {UNIFORM, 2000, 1, 7},   {FAR_AWAY, 600, 3, 70},
        {SMALL, 300, 100, 10},  {OUTLIERS, 900, 3, 16},  {SUBNORMAL, 200, 2, 10},
        {LATTICE, 5000, 2, 16}, {UNIFORM, 1025, 5, 200},
    };
    uint64_t random = check_seed() + 1;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        if (check_is_quick() && shapes[k].points * shapes[k].dims > 2000)
            continue;
        struct kmeans_case c = {
            .kmeans = plait_kmeans_default(shapes[k].points, shapes[k].dims, shapes[k].clusters)};
        c.kmeans.steps_max = 10;
        double *values = draw_points(shapes[k].kind, shapes[k].points, shapes[k].dims, &random);
        c.values = values;
        check_case(&c, kind_names[shapes[k].kind]);
        free(values);
    }
}

/* Points near the middle between two centroids: a margin that is too narrow gives some of them to
 * the wrong one. The reference decides by doubles. */
static void test_near_ties(void) {
    uint64_t random = check_seed() + 2;
    const int cases = check_is_quick() ? 6 : 60;
    for (int k = 0; k < cases; k++) {
        static const uint32_t sizes[] = {1, 2, 3, 4, 8, 31, 64, 200};
        const uint32_t dims = sizes[below(&random, check_is_quick() ? 5 : 8)];
        const uint32_t clusters = 2 + (uint32_t)below(&random, 90);
        const uint64_t points = 300;
        double *values = malloc(points * dims * sizeof *values);
        double *given = draw_points(UNIFORM, clusters, dims, &random);
        const double scale = ldexp(1, (int)below(&random, 80) - 40), shift = scale * 3;
        for (uint32_t j = 0; j < clusters * dims; j++)
            given[j] = shift + scale * given[j];
        for (uint64_t i = 0; i < points; i++) {
            /* Between a centroid and the next of its kind, and moved along by next to nothing. */
            const size_t a = below(&random, clusters), b = below(&random, clusters);
            const double part = 0.5 + ldexp(unit_draw(&random) - 0.5, -(int)below(&random, 54));
            for (uint32_t d = 0; d < dims; d++)
                values[i * dims + d] =
                    given[a * dims + d] + part * (given[b * dims + d] - given[a * dims + d]);
        }
        struct kmeans_case c = {.kmeans = plait_kmeans_default(points, dims, clusters),
                                .values = values,
                                .given = given};
        c.kmeans.steps_max = 0;
        check_case(&c, "near ties");
        free(values);
        free(given);
    }
}

/* Given centroids that are no points, some of them out of sight of a float. */
static void test_given(void) {
    uint64_t random = check_seed() + 3;
    for (int k = 0; k < (check_is_quick() ? 5 : 40); k++) {
        const uint64_t points = 50 + below(&random, 300);
        const uint32_t dims = 1 + (uint32_t)below(&random, 8);
        const uint32_t clusters = 1 + (uint32_t)below(&random, 40);
        double *values = draw_points((enum kind)(k % KINDS), points, dims, &random);
        double *given = draw_points(UNIFORM, clusters, dims, &random);
        for (uint32_t j = 0; j < clusters; j++)
            if (below(&random, 3) == 0)
                given[j * dims] = ldexp(given[j * dims], (int)below(&random, 390));
        struct kmeans_case c = {.kmeans = plait_kmeans_default(points, dims, clusters),
                                .values = values,
                                .given = given};
        c.kmeans.steps_max = (uint32_t)below(&random, 5);
        check_case(&c, "given");
        free(values);
        free(given);
    }
}

/* Many steps, in which bounds leave out most of the points: that they do is looked at, too. */
static void test_bounds(void) {
    uint64_t random = check_seed() + 7;
    for (int k = 0; k < (check_is_quick() ? 2 : 8); k++) {
        const uint64_t points = 1500;
        const uint32_t dims = k % 4 < 3 ? 2 + (uint32_t)k : 40;
        double *values = draw_points(k % 2 ? GROUPS : UNIFORM, points, dims, &random);
        struct kmeans_case c = {.kmeans = plait_kmeans_default(points, dims, 30), .values = values};
        c.kmeans.init = PLAIT_KMEANS_RANDOM;
        c.kmeans.seed = random_draw(&random);
        check_case(&c, "bounds");
        c.kmeans.bounds = PLAIT_KMEANS_BOUNDS_ON;
        const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
        struct kmeans_outcome got = kmeans_by_library(&c, &exec, 1);
        CHECK(got.steps > 3 && got.skipped > points / 10);
        c.kmeans.bounds = PLAIT_KMEANS_BOUNDS_OFF;
        kmeans_outcome_free(&got);
        got = kmeans_by_library(&c, &exec, 1);
        CHECK_INT(0, (int64_t)got.skipped);
        kmeans_outcome_free(&got);
        free(values);
    }
}

/* More values of centroids than each thread has sums for: threads share some. */
static void test_shared_sums(void) {
    if (check_is_quick())
        return;
    uint64_t random = check_seed() + 8;
    const struct plait_exec one = {.path = plait_path_at(plait_path_count() - 1), .threads = 1};
    struct plait_exec seven = one;
    double *values = draw_points(UNIFORM, 2700, 1024, &random);
    struct kmeans_case c = {.kmeans = plait_kmeans_default(2700, 1024, 2600), .values = values};
    c.kmeans.init = PLAIT_KMEANS_RANDOM;
    c.kmeans.steps_max = 2;
    seven.threads = 7;
    if (plait_path_supported(one.path)) {
        struct kmeans_outcome expected = kmeans_by_library(&c, &one, 1);
        struct kmeans_outcome got = kmeans_by_library(&c, &seven, 1);
        CHECK(kmeans_same(&c, &expected, &got));
        kmeans_outcome_free(&expected);
        kmeans_outcome_free(&got);
    }
    free(values);
}

/* More units than threads, each of which has a part of them and then helps others: any number of
 * threads looks at every point once in each step, with bounds and without. */
static void test_parts_of_threads(void) {
    static const int threads[] = {2, 3, 7};
    enum { POINTS = 30000, DIMS = 5, CLUSTERS = 150 };
    if (check_is_quick())
        return;
    uint64_t random = check_seed() + 9;
    double *values = draw_points(GROUPS, POINTS, DIMS, &random);
    struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
    struct kmeans_case c = {.kmeans = plait_kmeans_default(POINTS, DIMS, CLUSTERS),
                            .values = values};
    c.kmeans.init = PLAIT_KMEANS_RANDOM;
    c.kmeans.steps_max = 4;
    struct kmeans_outcome expected = kmeans_by_library(&c, &exec, 1);
    for (int bounds = PLAIT_KMEANS_BOUNDS_OFF; bounds <= PLAIT_KMEANS_BOUNDS_ON; bounds++)
        for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
            c.kmeans.bounds = (enum plait_kmeans_bounds)bounds;
            exec.threads = threads[k];
            struct kmeans_outcome got = kmeans_by_library(&c, &exec, 1);
            CHECK(kmeans_same(&c, &expected, &got));
            kmeans_outcome_free(&got);
        }
    kmeans_outcome_free(&expected);
    free(values);
}

/* -- arguments ----------------------------------------------------------------------------------
 */

static enum plait_status open_one(struct plait_kmeans kmeans, const double *values, uint64_t count,
                                  const double *given) {
    const struct plait_kmeans_share share = {values, 0, count, NULL};
    struct plait_exec exec;
    struct plait_kmeans_run *run = NULL;
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 1));
    const enum plait_status status = plait_kmeans_open(&kmeans, &share, NULL, &exec, given, &run);
    plait_kmeans_close(run);
    return status;
}

static void test_arguments(void) {
    double values[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const struct plait_kmeans right = plait_kmeans_default(6, 2, 3);
    struct plait_kmeans k = right;
    CHECK_INT(PLAIT_OK, open_one(right, values, 6, NULL));
    CHECK_INT(PLAIT_E_ARGUMENT, open_one(right, values, 5, NULL));
    k.clusters = 7;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = right, k.clusters = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = right, k.dims = 1025;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = right, k.points = PLAIT_KMEANS_POINTS_MAX + 1;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = right, k.trials = 65;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = right, k.sample = 7;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = plait_kmeans_default(1 << 20, 1024, 65536);
    CHECK_INT(PLAIT_OK, plait_kmeans_check(&k));
    k = plait_kmeans_default(1 << 20, 1024, 65537);
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k = plait_kmeans_default(65535, 2, 65536);
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
}

/* Labels by centroids that come from elsewhere, which may be more than the points. */
static void test_few_points(void) {
    static const double values[] = {2.25, 1, 7, 7}, given[] = {0, 0, 2, 1, 3, 1, 9, 9, 7, 7};
    static const uint64_t weights[] = {1, 0};
    for (uint64_t points = 1; points <= 2; points++) {
        struct plait_kmeans k = plait_kmeans_default(points, 2, 5);
        const struct plait_kmeans_share share = {values, 0, points, points == 2 ? weights : NULL};
        struct plait_exec exec;
        struct plait_kmeans_run *run = NULL;
        struct plait_kmeans_result result;
        double centroids[10];
        k.weight = points == 2;
        CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
        k.steps_max = 0;
        CHECK_INT(PLAIT_OK, plait_kmeans_check(&k));
        CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 2));
        CHECK_INT(PLAIT_OK, plait_kmeans_open(&k, &share, NULL, &exec, given, &run));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_start(run, 0, centroids));
        CHECK_INT(PLAIT_OK, plait_kmeans_begin(run, given));
        CHECK(plait_kmeans_is_done(run));
        plait_kmeans_get_result(run, &result);
        CHECK_INT(1, result.labels[0]);
        CHECK_INT(1, (int)result.counts[1]);
        if (points == 2)
            CHECK_INT(4, result.labels[1]);
        plait_kmeans_close(run);
    }
}

static void test_values(void) {
    static const double bad[] = {NAN, INFINITY, -INFINITY, 0x1.0000000000001p400, -0x1p401};
    const struct plait_kmeans k = plait_kmeans_default(6, 2, 3);
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        double values[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        const struct plait_kmeans_share share = {values, 0, 6, NULL};
        uint64_t row = 99;
        uint32_t column = 99;
        CHECK(!plait_kmeans_find_bad(&share, 2, &row, &column));
        CHECK_INT(PLAIT_E_VALUE, open_one(k, values, 6, (double[6]){0, 1, 2, 3, bad[b], 5}));
        values[7] = values[10] = bad[b];
        CHECK(plait_kmeans_find_bad(&share, 2, &row, &column));
        CHECK_INT(3, (int64_t)row);
        CHECK_INT(1, column);
        CHECK_INT(PLAIT_E_VALUE, open_one(k, values, 6, NULL));
    }
    double edge[12] = {0x1p400, -0x1p400};
    CHECK_INT(PLAIT_OK, open_one(k, edge, 6, NULL));
    double close[12] = {0x1p-451};
    CHECK_INT(PLAIT_E_TOO_CLOSE, open_one(k, close, 6, NULL));
    close[0] = 0x1p-450;
    CHECK_INT(PLAIT_OK, open_one(k, close, 6, NULL));
    close[0] = 5e-324;
    CHECK_INT(PLAIT_E_TOO_CLOSE, open_one(k, close, 6, NULL));
    close[0] = 0;
    CHECK_INT(PLAIT_OK, open_one(k, close, 6, NULL));
}

/* A progress function that stops on one rank stops all: in the start, which is of clusters, or in
 * the labels, which are of points. */
enum { STOPPED_CLUSTERS = 5 };
struct stopping {
    const double *values;
    bool in_start;
    enum plait_status status[3], start_status[3];
};

static bool stop_at_once(void *context, uint64_t done, uint64_t total) {
    const struct stopping *stopping = context;
    return done > total || (total == STOPPED_CLUSTERS) != stopping->in_start;
}

static void stop_one(void *context, const struct plait_kmeans_team *team) {
    struct stopping *stopping = context;
    const uint64_t first = 100 * (uint64_t)team->rank;
    const struct plait_kmeans kmeans = plait_kmeans_default(300, 2, STOPPED_CLUSTERS);
    const struct plait_kmeans_share share = {stopping->values + 2 * first, first, 100, NULL};
    struct plait_exec exec;
    struct plait_kmeans_run *run = NULL;
    double centroids[2 * STOPPED_CLUSTERS];
    plait_exec_init(&exec, NULL, 1);
    exec.progress = team->rank == team->ranks / 2 ? stop_at_once : NULL;
    exec.progress_context = stopping;
    enum plait_status status = plait_kmeans_open(&kmeans, &share, team, &exec, NULL, &run);
    if (status == PLAIT_OK)
        status = plait_kmeans_start(run, 0, centroids);
    stopping->start_status[team->rank] = status;
    if (status == PLAIT_OK)
        status = plait_kmeans_begin(run, centroids);
    stopping->status[team->rank] = status;
    plait_kmeans_close(run);
}

static void test_stop(void) {
    uint64_t random = check_seed() + 4;
    double *values = draw_points(UNIFORM, 300, 2, &random);
    for (int in_start = 0; in_start <= 1; in_start++) {
        struct stopping stopping = {.values = values, .in_start = in_start};
        kmeans_team_run(3, stop_one, &stopping);
        for (int r = 0; r < 3; r++) {
            CHECK_INT(in_start ? PLAIT_E_INTERRUPTED : PLAIT_OK, stopping.start_status[r]);
            CHECK_INT(PLAIT_E_INTERRUPTED, stopping.status[r]);
        }
    }
    free(values);
}

/* From the centroids after any step a run continues as if it had not ended. */
static void test_resume(void) {
    enum { POINTS = 900, DIMS = 2, CLUSTERS = 23, VALUES = CLUSTERS * DIMS };
    uint64_t random = check_seed() + 7;
    double *values = draw_points(UNIFORM, POINTS, DIMS, &random), start[VALUES];
    struct plait_kmeans kmeans = plait_kmeans_default(POINTS, DIMS, CLUSTERS);
    const struct plait_kmeans_share share = {values, 0, POINTS, NULL};
    struct plait_kmeans_run *whole = NULL, *again = NULL;
    struct plait_kmeans_result expected, result;
    struct plait_exec exec;
    plait_exec_init(&exec, NULL, 2);
    kmeans.steps_max = 6;
    CHECK_INT(PLAIT_OK, plait_kmeans_open(&kmeans, &share, NULL, &exec, NULL, &whole));
    CHECK_INT(PLAIT_OK, plait_kmeans_open(&kmeans, &share, NULL, &exec, NULL, &again));
    CHECK_INT(PLAIT_OK, plait_kmeans_start(whole, 0, start));
    CHECK_INT(PLAIT_OK, plait_kmeans_begin(whole, start));
    for (;;) {
        plait_kmeans_get_result(whole, &expected);
        const bool done = plait_kmeans_is_done(whole);
        CHECK_INT(PLAIT_OK,
                  plait_kmeans_resume(again, expected.centroids, expected.steps, expected.changed));
        CHECK_INT(done, plait_kmeans_is_done(again));
        if (done)
            break;
        CHECK_INT(PLAIT_OK, plait_kmeans_step(whole));
        CHECK_INT(PLAIT_OK, plait_kmeans_step(again));
        plait_kmeans_get_result(whole, &expected);
        plait_kmeans_get_result(again, &result);
        CHECK_INT(expected.steps, result.steps);
        CHECK_INT((int64_t)expected.changed, (int64_t)result.changed);
        CHECK(memcmp(expected.centroids, result.centroids, sizeof start) == 0);
        CHECK(memcmp(expected.labels, result.labels, POINTS * sizeof *result.labels) == 0);
        CHECK(memcmp(expected.counts, result.counts, CLUSTERS * sizeof *result.counts) == 0);
    }
    plait_kmeans_close(whole);
    plait_kmeans_close(again);
    free(values);
}

/* -- numbers ------------------------------------------------------------------------------------
 */

static void check_ratio(double expected, struct wide a, uint64_t n) {
    const double got = wide_ratio(a, n), opposite = wide_ratio(wide_negate(a), n);
    check_that(got == expected && opposite == -expected, __FILE__, __LINE__,
               "%016llx %016llx / %llu: %a and %a, expected %a", (unsigned long long)a.high,
               (unsigned long long)a.low, (unsigned long long)n, got, opposite, expected);
}

static void test_ratio(void) {
    const struct wide one = wide_of(1);
    check_ratio(0, wide_of(0), 7);
    check_ratio(1.0 / 3, one, 3);
    check_ratio(0x1p62, wide_shift(one, 102), UINT64_C(1) << 40);
    check_ratio(0x1p-40, one, UINT64_C(1) << 40);
    /* 2^53 + 1 lies halfway between two doubles: to the even one, and beyond with anything more. */
    check_ratio(0x1p53, wide_of((INT64_C(1) << 53) + 1), 1);
    check_ratio(0x1p53 + 4, wide_of((INT64_C(1) << 53) + 3), 1);
    const struct wide halfway = wide_shift(wide_of((INT64_C(1) << 53) + 1), 40);
    check_ratio(0x1p53, halfway, UINT64_C(1) << 40);
    check_ratio(0x1p53 + 2, wide_add(halfway, one), UINT64_C(1) << 40);
    check_ratio(0x1p53, wide_subtract(halfway, one), UINT64_C(1) << 40);
    uint64_t random = check_seed() + 5;
    for (int k = 0; k < 10000; k++) {
        /* Whole quotients that doubles hold, and their neighbours in long doubles' absence. */
        const int64_t whole = (int64_t)(random_draw(&random) >> 11);
        const uint64_t n = 1 + (random_draw(&random) >> (24 + below(&random, 40)));
        check_ratio((double)whole, wide_multiply((uint64_t)whole, n), n);
    }
}

static void test_split(void) {
    uint64_t random = check_seed() + 6;
    for (int k = 0; k < 10000; k++) {
        const unsigned cut = (unsigned)below(&random, 64);
        struct wide a = {random_draw(&random) >> (24 + cut % 40), random_draw(&random)};
        struct wide b = {random_draw(&random) >> 30, random_draw(&random) >> cut};
        if (k % 2)
            a = wide_negate(a);
        int64_t parts[3], more[3];
        wide_split(a, parts);
        wide_split(b, more);
        for (int p = 0; p < 3; p++)
            parts[p] += more[p];
        const struct wide sum = wide_join(parts), expected = wide_add(a, b);
        CHECK(sum.high == expected.high && sum.low == expected.low);
    }
}

static void test_value(void) {
    const struct wide one = wide_of(1);
    CHECK(wide_value(wide_of(0)) == 0);
    CHECK(wide_value(wide_shift(one, 90)) == 0x1p90);
    const struct wide halfway = wide_add(wide_shift(one, 90), wide_shift(one, 37));
    CHECK(wide_value(halfway) == 0x1p90);
    CHECK(wide_value(wide_add(halfway, one)) == 0x1p90 + 0x1p38);
    CHECK(wide_value(wide_add(wide_shift(one, 64), wide_of(0))) == 0x1p64);
    CHECK(wide_value(wide_add(wide_shift(one, 64), wide_of((1 << 11) + 1))) == 0x1p64 + 0x1p12);
    CHECK(wide_value(wide_add(wide_shift(one, 64), wide_of(1 << 11))) == 0x1p64);
    CHECK(wide_value((struct wide){UINT64_C(3) << 40, 1}) == 0x1.8p105);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"random", test_random},
        {"shapes", test_shapes},
        {"near ties", test_near_ties},
        {"given centroids", test_given},
        {"bounds", test_bounds},
        {"resume", test_resume},
        {"shared sums", test_shared_sums},
        {"parts of threads", test_parts_of_threads},
        {"arguments", test_arguments},
        {"fewer points than clusters", test_few_points},
        {"values", test_values},
        {"stop", test_stop},
        {"ratio", test_ratio},
        {"split", test_split},
        {"value", test_value},
        {0},
    };
    return check_main("kmeans_paths", tests, argc, argv);
}
