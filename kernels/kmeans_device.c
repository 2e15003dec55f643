/* SPDX-License-Identifier: MIT
 * The filter of k-means on a device (arch/device_labels.c), in place of that of the path: it has
 * copies of the points of this share, which are sent once. Points in doubt, sums and centroids are
 * those of the threads as ever, so that all bits are. */
#include "kmeans_run.h"

#include "../arch/device.h"

enum { ROUNDINGS = 2 }; /* of a column, at most, in whatever way a compiler makes it */

/* Where the device is not to be used, or cannot have the points, threads do the work. */
bool plait_kmeans_open_device(struct plait_kmeans_run *run) {
    if (!run->exec.device || !(plait_device_jobs(run->exec.device) & PLAIT_DOES_LABELS))
        return true;
    const struct plait_device_copies copies = {
        run->kmeans.dims, run->tiles.tiles, run->copies.blocks, run->copies.a, run->copies.squares};
    run->found = plait_kmeans_array(run->copies.blocks * BLOCK, 1, sizeof *run->found);
    if (run->found)
        run->device_points = plait_device_points_open(run->exec.device, &copies);
    return run->found;
}

void plait_kmeans_close_device(struct plait_kmeans_run *run) {
    plait_device_points_close(run->device_points);
    run->device_points = NULL;
    free(run->found);
}

/* plait_device_progress_fn: from blocks to points. */
static bool kmeans_device_progress(void *context, uint64_t done, uint64_t total) {
    const struct plait_kmeans_run *run = context;
    const uint64_t points = done * BLOCK, all = run->share.count;
    (void)total;
    return run->exec.progress(run->exec.progress_context, points < all ? points : all, all);
}

enum plait_status plait_kmeans_find_by_device(struct plait_kmeans_run *run, uint64_t *blocks) {
    *blocks = 0;
    if (!run->device_points || !(plait_device_jobs(run->exec.device) & PLAIT_DOES_LABELS))
        return PLAIT_OK;
    const double error = plait_kmeans_score_error(run, ROUNDINGS, false);
    const double farthest =
        plait_kmeans_copy_centroids(run, run->centroids, run->kmeans.clusters, error, &run->tiles);
    run->within_reach = farthest <= 1.001 * run->kmeans.dims;
    const struct plait_kmeans_floats floats = {run->kmeans.dims, run->tiles.tiles, run->tiles.b,
                                               run->tiles.h, (float)(4.05 * error)};
    const struct plait_device_progress progress = {
        run->exec.progress ? kmeans_device_progress : NULL, run};
    const enum plait_device_end end =
        plait_device_labels(run->device_points, &floats, progress, run->found, blocks);
    return end == PLAIT_DEVICE_STOPPED ? PLAIT_E_INTERRUPTED : PLAIT_OK;
}
