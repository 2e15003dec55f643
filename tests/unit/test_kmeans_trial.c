/* SPDX-License-Identifier: MIT
 * The trial of speeds for k-means: its size for runs of all kinds, and that each of them can be
 * tried. */
#include "check.h"
#include "kmeans/kmeans_trial.h"
#include "plait/kmeans.h"

#include <stdlib.h>

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
            if (trial)
                CHECK(kmeans_trial_speed(trial, 0) > 0 && kmeans_trial_speed(trial, 1e-3) > 0);
            kmeans_trial_end(trial);
        }
    kmeans_trial_end(NULL);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"sizes", test_sizes},
        {"speeds", test_speeds},
        {0},
    };
    return check_main("kmeans_trial", tests, argc, argv);
}
