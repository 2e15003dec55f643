/* SPDX-License-Identifier: MIT
 * The trial of speeds for k-means: its size for runs of all kinds, and that each of them can be
 * tried. */
#include "check.h"
#include "kmeans/kmeans_trial.h"
#include "plait/kmeans.h"

#include <math.h>

static const uint64_t points_of[] = {1, 2, 100, 50000, 1000000, UINT64_C(1) << 31};
static const uint32_t dims_of[] = {1, 3, 64, 1024}, clusters_of[] = {1, 2, 300, 65536};
enum { POINTS = 6, DIMS = 4, CLUSTERS = 4 };

static struct plait_exec exec_of(const char *path, int threads) {
    struct plait_exec exec;
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, path, threads));
    return exec;
}

static void test_sizes(void) {
    const struct plait_exec one = exec_of("scalar", 1), many = exec_of(NULL, 48);
    for (int p = 0; p < POINTS; p++)
        for (int d = 0; d < DIMS; d++)
            for (int c = 0; c < CLUSTERS; c++) {
                const uint64_t points = points_of[p];
                const uint32_t dims = dims_of[d], clusters = clusters_of[c];
                const struct kmeans_trial_size a = kmeans_trial_size(points, dims, clusters, &one);
                const struct kmeans_trial_size b = kmeans_trial_size(points, dims, clusters, &many);
                CHECK(a.clusters >= 1 && a.clusters <= clusters && a.clusters <= points);
                CHECK(a.points >= a.clusters && a.points <= points);
                CHECK(b.clusters == a.clusters && b.points >= a.points && b.points <= points);
                CHECK((double)a.points * a.clusters * (dims + 4) <= 0x1p28);
                CHECK(b.points * dims <= UINT64_C(1) << 22);
            }
    /* Enough for every thread, where the run has them. */
    CHECK(kmeans_trial_size(1000000, 3, 16, &one).points > 100000);
}

static void test_speeds(void) {
    for (int d = 0; d < DIMS; d++)
        for (int c = 0; c < CLUSTERS; c++) {
            const struct plait_exec exec = exec_of(NULL, 1 + (d + c) % 3);
            const uint64_t points = (d + c) % 2 ? 40 : 3000; /* small ones, for emulated machines */
            const struct kmeans_trial_size size =
                kmeans_trial_size(points, dims_of[d], clusters_of[c], &exec);
            struct kmeans_trial *trial = kmeans_trial_begin(size, dims_of[d], &exec);
            CHECK(trial);
            if (trial) {
                const struct kmeans_trial_part parts[] = {kmeans_trial_run(trial, 0),
                                                          kmeans_trial_run(trial, 1e-3)};
                CHECK(parts[0].pairs == (double)size.points * size.clusters);
                CHECK(parts[1].pairs >= parts[0].pairs);
                CHECK(kmeans_trial_speed(parts, 2).speed > 0);
            }
            kmeans_trial_end(trial);
        }
    kmeans_trial_end(NULL);
}

/* Ranks that are slowed evenly are known well; those that stand still for most of the time are not.
 */
static void test_errors(void) {
    struct kmeans_trial_part even[10], still[10];
    for (int p = 0; p < 10; p++) {
        even[p] = (struct kmeans_trial_part){p % 2 ? 98 : 102, 2};
        still[p] = (struct kmeans_trial_part){100, p % 5 ? 0.1 : 4.6};
    }
    const struct kmeans_trial_speed a = kmeans_trial_speed(even, 10);
    const struct kmeans_trial_speed b = kmeans_trial_speed(still, 10);
    CHECK(fabs(a.speed - 50) < 1e-9 && fabs(a.error - 0.02 / 3) < 1e-9);
    CHECK(fabs(b.speed - 100) < 1e-9 && b.error > 0.5 && b.error < 1);
    CHECK(kmeans_trial_speed(even, 1).error == 0);
    even[3].seconds = 0;
    CHECK(kmeans_trial_speed(even, 10).speed == 0);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"sizes", test_sizes},
        {"speeds", test_speeds},
        {"errors", test_errors},
        {0},
    };
    return check_main("kmeans_trial", tests, argc, argv);
}
