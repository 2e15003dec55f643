/* SPDX-License-Identifier: MIT
 * Weights of k-means: to the bit what a run on repeated rows gives, by the reference, which knows
 * no weights; sums as large as they get; refusals. */
#include "check.h"
#include "kmeans_runs.h"
#include "random_draw.h"

#include <math.h>

static double weights_unit(uint64_t *random) {
    return (double)(random_draw(random) >> 11) * 0x1p-53;
}

/* Rows as often as their weights say. */
static double *repeat_rows(const struct kmeans_case *c) {
    const size_t dims = c->kmeans.dims;
    double *values = malloc(c->kmeans.weight * dims * sizeof *values), *next = values;
    for (uint64_t i = 0; i < c->kmeans.points; i++)
        for (uint64_t w = 0; w < c->weights[i]; w++, next += dims)
            memcpy(next, c->values + i * dims, dims * sizeof *values);
    return values;
}

/* What the reference makes of repeated rows, with a label for each row that there is. */
static struct kmeans_outcome expected_of(const struct kmeans_case *c) {
    struct kmeans_case repeated = *c;
    double *values = repeat_rows(c);
    repeated.values = values;
    repeated.kmeans.points = c->kmeans.weight;
    repeated.kmeans.weight = 0;
    struct kmeans_outcome outcome = kmeans_by_reference(&repeated);
    int32_t *labels = malloc(c->kmeans.points * sizeof *labels);
    uint64_t place = 0;
    for (uint64_t i = 0; i < c->kmeans.points; i++) {
        labels[i] =
            c->weights[i] > 0
                ? outcome.labels[place]
                : plait_kmeans_reference_label(c->values + i * c->kmeans.dims, outcome.centroids,
                                               c->kmeans.clusters, c->kmeans.dims);
        for (uint64_t w = 1; w < c->weights[i]; w++)
            CHECK_INT(labels[i], outcome.labels[place + w]);
        place += c->weights[i];
    }
    free(outcome.labels);
    outcome.labels = labels;
    free(values);
    return outcome;
}

static void check_weights(struct kmeans_case *c, const char *what) {
    c->kmeans.weight = 0;
    for (uint64_t i = 0; i < c->kmeans.points; i++)
        c->kmeans.weight += c->weights[i];
    if (c->kmeans.sample > c->kmeans.weight)
        c->kmeans.sample = c->kmeans.weight;
    struct kmeans_outcome expected = expected_of(c);
    kmeans_check_paths(c, &expected, what);
    kmeans_outcome_free(&expected);
}

static void test_repeated(void) {
    uint64_t random = check_seed();
    const int cases = check_is_quick() ? 8 : 35;
    for (int k = 0; k < cases; k++) {
        const uint64_t points = 2 + random_draw(&random) % 60;
        const uint32_t dims = 1 + (uint32_t)(random_draw(&random) % 5);
        struct kmeans_case c = {.kmeans = plait_kmeans_default(
                                    points, dims, 1 + (uint32_t)(random_draw(&random) % points))};
        double *values = malloc(points * dims * sizeof *values);
        uint64_t *weights = malloc(points * sizeof *weights);
        const bool lattice = k % 3 == 0;
        for (uint64_t v = 0; v < points * dims; v++)
            values[v] = lattice ? (double)(random_draw(&random) % 4) : weights_unit(&random) - 0.5;
        for (uint64_t i = 0; i < points; i++)
            weights[i] = k % 2 == 0 ? 1 + random_draw(&random) % 5 : random_draw(&random) % 4;
        weights[0] += c.kmeans.clusters; /* the sum is not less */
        if (k % 4 == 1) {                /* what counts for nothing may lie anywhere */
            weights[1] = 0;
            values[dims] = 0x1p400;
        }
        c.values = values;
        c.weights = weights;
        c.kmeans.seed = random_draw(&random);
        c.restart = (uint32_t)k % 2;
        c.kmeans.steps_max = 12;
        c.kmeans.sample = k % 5 == 0   ? 1 + random_draw(&random) % 40
                          : k % 5 == 2 ? points /* and yet not each of them once */
                                       : 0;
        c.kmeans.init = k % 7 == 0 ? PLAIT_KMEANS_RANDOM : PLAIT_KMEANS_PLUSPLUS;
        check_weights(&c, lattice ? "a weighted lattice" : "weighted points");
        free(values);
        free(weights);
    }
}

/* Few places, each many times, and more clusters than places: the farthest point is taken as often
 * as it counts. */
static void test_empty_clusters(void) {
    double values[] = {0, 1, 3, 7, 20, 21};
    const uint64_t weights[] = {3, 1, 4, 0, 2, 5};
    const double given[] = {0, 500, 600, 700, 800, 900};
    struct kmeans_case c = {.kmeans = plait_kmeans_default(6, 1, 6),
                            .values = values,
                            .given = given,
                            .weights = weights};
    check_weights(&c, "weighted copies");
    c.kmeans.steps_max = 1;
    check_weights(&c, "a farthest point of some weight");
}

/* Weights 2^36 times as large have the same centroids and labels, and an inertia 2^36 times as
 * large, where no sum overflows: 2^40 points of 2^62. */
static void test_large_weights(void) {
    enum { POINTS = 64 };
    uint64_t random = check_seed() + 1;
    double values[2 * POINTS], given[8];
    uint64_t small[POINTS], large[POINTS], sum = 0;
    for (int v = 0; v < 2 * POINTS; v++)
        values[v] = v % 2 == 0 ? 0x1.fffffffffffffp9 - (double)(v % 3) * 0x1p-30
                               : -0x1.fffffffffffffp9 + weights_unit(&random) * 0x1p-20;
    memcpy(given, values, sizeof given);
    for (int i = 0; i < POINTS; i++) {
        small[i] = i == 5 ? 0 : i == 9 ? 2 : 1 - (uint64_t)(i == 3);
        sum += small[i];
        large[i] = small[i] << 34;
    }
    struct kmeans_case c = {.kmeans = plait_kmeans_default(POINTS, 2, 4),
                            .values = values,
                            .given = given,
                            .weights = small};
    c.kmeans.weight = sum;
    const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
    struct kmeans_outcome expected = kmeans_by_library(&c, &exec, 1);
    CHECK_INT(PLAIT_OK, expected.status);
    CHECK_INT(0, (int64_t)expected.inertia.high);
    expected.inertia.high = expected.inertia.low >> 30;
    expected.inertia.low <<= 34;
    for (uint32_t j = 0; j < 4; j++)
        expected.counts[j] <<= 34;
    c.weights = large;
    c.kmeans.weight = sum << 34;
    CHECK(c.kmeans.weight > PLAIT_KMEANS_POINTS_MAX / 2);
    kmeans_check_paths(&c, &expected, "large weights");
    kmeans_outcome_free(&expected);
}

struct opening {
    const uint64_t *weights;
    uint64_t weight;
    enum plait_status status[2];
};

static void open_weighted(void *context, const struct plait_kmeans_team *team) {
    static const double values[] = {0, 1, 2, 3};
    struct opening *opening = context;
    const uint64_t first = 2 * (uint64_t)team->rank;
    struct plait_kmeans kmeans = plait_kmeans_default(4, 1, 2);
    const struct plait_kmeans_share share = {values + first, first, 2,
                                             opening->weights ? opening->weights + first : NULL};
    struct plait_exec exec;
    struct plait_kmeans_run *run = NULL;
    plait_exec_init(&exec, NULL, 1);
    kmeans.weight = opening->weight;
    opening->status[team->rank] = plait_kmeans_open(&kmeans, &share, team, &exec, NULL, &run);
    plait_kmeans_close(run);
}

static void check_opening(const uint64_t *weights, uint64_t weight, enum plait_status expected) {
    struct opening opening = {.weights = weights, .weight = weight};
    kmeans_team_run(2, open_weighted, &opening);
    CHECK_INT(expected, opening.status[0]);
    CHECK_INT(expected, opening.status[1]);
}

static void test_refusals(void) {
    static const uint64_t weights[] = {1, 0, 2, 3}, huge[] = {UINT64_MAX, 2, 1, 1};
    static const uint64_t most[] = {UINT64_C(1) << 39, 0, 0, UINT64_C(1) << 39};
    check_opening(weights, 6, PLAIT_OK);
    check_opening(weights, 5, PLAIT_E_ARGUMENT);
    check_opening(weights, 7, PLAIT_E_ARGUMENT);
    check_opening(weights, 0, PLAIT_E_ARGUMENT);
    check_opening(NULL, 6, PLAIT_E_ARGUMENT);
    check_opening(huge, 3, PLAIT_E_ARGUMENT);
    check_opening(most, PLAIT_KMEANS_POINTS_MAX, PLAIT_OK);
    check_opening(most, PLAIT_KMEANS_POINTS_MAX + 1, PLAIT_E_ARGUMENT);
    struct plait_kmeans k = plait_kmeans_default(4, 1, 3);
    k.weight = 2; /* fewer than clusters */
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k.weight = 3, k.sample = 3;
    CHECK_INT(PLAIT_OK, plait_kmeans_check(&k));
    k.sample = 4;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_kmeans_check(&k));
    k.weight = 100, k.sample = 100;
    CHECK_INT(PLAIT_OK, plait_kmeans_check(&k));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"repeated", test_repeated},
        {"empty clusters", test_empty_clusters},
        {"large weights", test_large_weights},
        {"refusals", test_refusals},
        {0},
    };
    return check_main("kmeans_weights", tests, argc, argv);
}
