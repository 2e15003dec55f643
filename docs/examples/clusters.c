/* SPDX-License-Identifier: MIT
 * Finds four groups among 4000 points and prints their centroids and the checksum of the labels:
 * the same digits on every machine, path and number of threads.
 *
 *     cc clusters.c $(pkg-config --cflags --libs plait) -o clusters
 */
#include <inttypes.h>
#include <plait/plait.h>
#include <stdio.h>

enum { POINTS = 4000, DIMS = 2, CLUSTERS = 4 };

/* Points of a random square around one of four places. */
static void draw_points(double points[POINTS][DIMS]) {
    static const double places[CLUSTERS][DIMS] = {{0, 0}, {3, 1}, {1, 4}, {5, 5}};
    uint64_t state = plait_pcg_seed(42), output;
    for (int i = 0; i < POINTS; i++) {
        state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
        points[i][0] = places[i % CLUSTERS][0] + (double)(output >> 32) * 0x1p-32;
        points[i][1] = places[i % CLUSTERS][1] + (double)(output & 0xffffffff) * 0x1p-32;
    }
}

int main(void) {
    static double points[POINTS][DIMS], start[CLUSTERS][DIMS];
    const struct plait_kmeans kmeans = plait_kmeans_default(POINTS, DIMS, CLUSTERS);
    const struct plait_kmeans_share share = {points[0], 0, POINTS, NULL};
    struct plait_kmeans_run *run = NULL;
    struct plait_exec exec; /* the fastest path of this machine, a thread per core */
    enum plait_status status = plait_exec_init(&exec, NULL, 0);

    draw_points(points);
    if (status == PLAIT_OK)
        status = plait_kmeans_open(&kmeans, &share, NULL, &exec, NULL, &run);
    if (status == PLAIT_OK)
        status = plait_kmeans_start(run, 0, start[0]);
    if (status == PLAIT_OK)
        status = plait_kmeans_begin(run, start[0]);
    while (status == PLAIT_OK && !plait_kmeans_is_done(run))
        status = plait_kmeans_step(run);
    if (status != PLAIT_OK) {
        fprintf(stderr, "kmeans: %s\n", plait_status_text(status));
        plait_kmeans_close(run);
        return 1;
    }
    struct plait_kmeans_result result;
    struct plait_kmeans_inertia inertia;
    plait_kmeans_get_result(run, &result);
    plait_kmeans_sum_inertia(run, &inertia);
    for (int j = 0; j < CLUSTERS; j++)
        printf("%4" PRIu64 " points around %.6f, %.6f\n", result.counts[j],
               result.centroids[j * DIMS], result.centroids[j * DIMS + 1]);
    printf("%" PRIu32 " step%s, inertia %.6f, fnv1a %016" PRIx64 "\n", result.steps,
           result.steps == 1 ? "" : "s", inertia.value, plait_kmeans_checksum(run));
    plait_kmeans_close(run);
    return 0;
}
