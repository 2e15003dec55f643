/* SPDX-License-Identifier: MIT
 * Exact sums of clusters, kept up by what changed its label, and the centroids they give. Integers
 * have no order, so threads and ranks may add in any. */
#include "kmeans_run.h"

static struct wide kmeans_whole_sum(const struct plait_kmeans_run *run, int64_t high, int64_t low) {
    return run->places ? (struct wide){(uint64_t)high, (uint64_t)low}
                       : wide_add(wide_shift(wide_of(high), 31), wide_of(low));
}

/* Adds one thread's row of a cluster to another's. */
static void kmeans_add_row(const struct plait_kmeans_run *run, int64_t *restrict sum,
                           const int64_t *restrict more) {
    const size_t dims = run->kmeans.dims, width = run->delta_width;
    for (size_t k = run->places ? 2 * width : 0; k <= 2 * width; k++)
        sum[k] += more[k];
    for (size_t d = 0; run->places && d < dims; d++) {
        const struct wide both = wide_add(kmeans_whole_sum(run, sum[d], sum[width + d]),
                                          kmeans_whole_sum(run, more[d], more[width + d]));
        sum[d] = (int64_t)both.high;
        sum[width + d] = (int64_t)both.low;
    }
}

/* Adds the other threads' rows of cluster j to the first one's and clears them; whether there was
 * anything. */
static bool kmeans_gather_cluster(struct plait_kmeans_run *run, uint32_t j) {
    const size_t row = run->delta_integers;
    int64_t *sum = run->deltas[0].rows + j * row;
    bool any = run->deltas[0].touched[j];
    for (int t = 1; t < run->delta_count; t++) {
        struct kmeans_delta *delta = &run->deltas[t];
        if (!delta->touched[j])
            continue;
        kmeans_add_row(run, sum, delta->rows + j * row);
        memset(delta->rows + j * row, 0, row * sizeof *sum);
        delta->touched[j] = 0;
        any = true;
    }
    run->deltas[0].touched[j] = 0;
    return any;
}

enum plait_status plait_kmeans_add_deltas(struct plait_kmeans_run *run, bool stopped) {
    const uint32_t dims = run->kmeans.dims, clusters = run->kmeans.clusters;
    const size_t row = run->delta_integers, width = run->delta_width, part = 3 * (size_t)dims + 1;
    const int threads = kmeans_centroid_threads(run);
    const bool alone = run->team.ranks == 1;
    int64_t *message = run->message;

#pragma omp parallel for num_threads(threads) schedule(static)
    for (uint32_t j = 0; j < clusters; j++) {
        const bool any = kmeans_gather_cluster(run, j);
        int64_t *delta = run->deltas[0].rows + j * row;
        if (any && alone) {
            for (uint32_t d = 0; d < dims; d++) {
                struct wide *sum = &run->sums[(size_t)j * dims + d];
                *sum = wide_add(*sum, kmeans_whole_sum(run, delta[d], delta[width + d]));
            }
            run->counts[j] += (uint64_t)delta[2 * width];
            run->stale[j] = 1;
        } else if (any) {
            for (uint32_t d = 0; d < dims; d++)
                wide_split(kmeans_whole_sum(run, delta[d], delta[width + d]),
                           message + 4 + j * part + 3 * d);
            message[4 + j * part + 3 * dims] = delta[2 * width];
        } else if (!alone)
            memset(message + 4 + j * part, 0, part * sizeof *message);
        if (any)
            memset(delta, 0, row * sizeof *delta);
    }
    if (alone)
        return stopped ? PLAIT_E_INTERRUPTED : PLAIT_OK;

    message[0] = stopped;
    message[1] = (int64_t)run->changed;
    message[2] = (int64_t)run->doubts;
    message[3] = (int64_t)run->skipped;
    plait_kmeans_team_sum(run, message, 4 + clusters * part);
    run->changed = (uint64_t)message[1];
    run->doubts = (uint64_t)message[2];
    run->skipped = (uint64_t)message[3];
#pragma omp parallel for num_threads(threads) schedule(static)
    for (uint32_t j = 0; j < clusters; j++) {
        const int64_t *delta = message + 4 + j * part;
        for (uint32_t d = 0; d < dims; d++) {
            const struct wide change = wide_join(delta + 3 * d);
            struct wide *sum = &run->sums[(size_t)j * dims + d];
            run->stale[j] |= !wide_is_zero(change);
            *sum = wide_add(*sum, change);
        }
        run->stale[j] |= delta[3 * dims] != 0;
        run->counts[j] += (uint64_t)delta[3 * dims];
    }
    return message[0] ? PLAIT_E_INTERRUPTED : PLAIT_OK;
}

/* -- empty clusters -----------------------------------------------------------------------------
 */

/* Points far from their centroids, as a search for the farthest of all shares sees them. */
struct far_points {
    const struct plait_kmeans_run *run;
    double *w; /* [count] */
};

/* Positive doubles are in the order of their bits. */
static inline uint64_t kmeans_bits_of_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* How many places of row i lie at least as far as `bits`, if at exactly that distance only those
 * before place `end`. */
static inline uint64_t kmeans_far_places(const struct far_points *far, uint64_t i, uint64_t bits,
                                         uint64_t end) {
    const uint64_t own = kmeans_bits_of_double(far->w[i]), first = kmeans_place_of(far->run, i);
    const uint64_t weight = kmeans_weight_of(far->run, i);
    if (own < bits || (own == bits && first >= end))
        return 0;
    return own == bits && end - first < weight ? end - first : weight;
}

/* The same of all rows of all shares. */
static uint64_t kmeans_count_far(const struct far_points *far, uint64_t bits, uint64_t end) {
    const uint64_t count = far->run->share.count;
    int64_t sum = 0;
#pragma omp parallel for num_threads(far->run->exec.threads) schedule(static) reduction(+ : sum)
    for (uint64_t i = 0; i < count; i++)
        sum += (int64_t)kmeans_far_places(far, i, bits, end);
    plait_kmeans_team_sum(far->run, &sum, 1);
    return (uint64_t)sum;
}

struct far_point {
    int64_t bits, place;
};

static int kmeans_compare_far(const void *a, const void *b) {
    const struct far_point *x = a, *y = b;
    return x->bits != y->bits ? (x->bits < y->bits) - (x->bits > y->bits)
                              : (x->place > y->place) - (x->place < y->place);
}

/* The `wanted` farthest points at a distance above 0, of equal ones the first: their places, and
 * how many there are. Found by halving the range of distances, then that of places, so that ranks
 * exchange numbers rather than points. numbers: [ranks]. */
static uint64_t kmeans_find_farthest(const struct far_points *far, uint64_t wanted,
                                     struct far_point *points, int64_t *numbers) {
    const struct plait_kmeans_run *run = far->run;
    const uint64_t all = kmeans_all_places(run);
    const uint64_t positive = kmeans_count_far(far, 1, all);
    wanted = wanted < positive ? wanted : positive;
    if (wanted == 0)
        return 0;
    uint64_t bits = 1, above = UINT64_C(0x7ff0000000000000); /* no point is so far */
    while (above - bits > 1) {
        const uint64_t middle = bits + (above - bits) / 2;
        if (kmeans_count_far(far, middle, all) >= wanted)
            bits = middle;
        else
            above = middle;
    }
    uint64_t end = all, less = 0; /* count_far to `end` is at least wanted, to `less` it is fewer */
    while (end - less > 1) {
        const uint64_t middle = less + (end - less) / 2;
        if (kmeans_count_far(far, bits, middle) >= wanted)
            end = middle;
        else
            less = middle;
    }
    /* Ranks put theirs where those of the ranks before them end. */
    uint64_t own = 0, at = 0;
    memset(numbers, 0, (size_t)run->team.ranks * sizeof *numbers);
    for (uint64_t i = 0; i < run->share.count; i++)
        own += kmeans_far_places(far, i, bits, end);
    numbers[run->team.rank] = (int64_t)own;
    plait_kmeans_team_sum(run, numbers, (size_t)run->team.ranks);
    for (int r = 0; r < run->team.rank; r++)
        at += (uint64_t)numbers[r];
    memset(points, 0, wanted * sizeof *points);
    for (uint64_t i = 0; i < run->share.count; i++) {
        const uint64_t some = kmeans_far_places(far, i, bits, end);
        for (uint64_t n = 0; n < some; n++)
            points[at++] = (struct far_point){(int64_t)kmeans_bits_of_double(far->w[i]),
                                              (int64_t)(kmeans_place_of(run, i) + n)};
    }
    plait_kmeans_team_sum(run, (int64_t *)points, 2 * wanted);
    qsort(points, wanted, sizeof *points, kmeans_compare_far);
    return wanted;
}

/* The empty clusters, in ascending order, take the points farthest from the centroids that they had
 * before the update. */
static enum plait_status kmeans_fill_empty(struct plait_kmeans_run *run, uint64_t empty) {
    const uint32_t dims = run->kmeans.dims;
    const uint64_t count = run->share.count;
    struct far_points far = {run, plait_kmeans_array(count, 1, sizeof *far.w)};
    struct far_point *points = plait_kmeans_array(empty, 1, sizeof *points);
    int64_t *numbers = plait_kmeans_array((uint64_t)run->team.ranks, 1, sizeof *numbers);
    int64_t *values = plait_kmeans_array(empty, dims, sizeof *values);
    const enum plait_status status =
        plait_kmeans_agree(run, far.w && points && numbers && values ? PLAIT_OK : PLAIT_E_MEMORY);
    if (status == PLAIT_OK) {
        const uint64_t blocks = (count + 1023) / 1024;
#pragma omp parallel for num_threads(run->exec.threads) schedule(dynamic)
        for (uint64_t b = 0; b < blocks; b++) {
            const uint64_t first = b * 1024, left = count - first;
            const struct plait_kmeans_pairs pairs = {dims,
                                                     left < 1024 ? (uint32_t)left : 1024,
                                                     run->share.values + first * dims,
                                                     run->before,
                                                     run->labels + first,
                                                     NULL};
            run->path->distances(&pairs, far.w + first);
        }
        const uint64_t found = kmeans_find_farthest(&far, empty, points, numbers);
        memset(values, 0, found * dims * sizeof *values);
        for (uint64_t k = 0; k < found; k++) {
            const uint64_t place = (uint64_t)points[k].place;
            if (place >= kmeans_place_of(run, 0) && place < kmeans_place_of(run, count))
                memcpy(values + k * dims,
                       run->share.values + plait_kmeans_row_at(run, place) * dims,
                       dims * sizeof *values);
        }
        plait_kmeans_team_sum(run, values, found * dims);
        uint64_t next = 0;
        for (uint32_t j = 0; j < run->kmeans.clusters && next < found; j++)
            if (run->counts[j] == 0)
                memcpy(run->centroids + (size_t)j * dims, values + next++ * dims,
                       dims * sizeof *values);
    }
    free(far.w);
    free(points);
    free(numbers);
    free(values);
    return status;
}

enum plait_status plait_kmeans_update(struct plait_kmeans_run *run) {
    const uint32_t dims = run->kmeans.dims, clusters = run->kmeans.clusters;
    const int threads = kmeans_centroid_threads(run);
    uint64_t empty = 0;
#pragma omp parallel for num_threads(threads) schedule(static) reduction(+ : empty)
    for (uint32_t j = 0; j < clusters; j++) {
        empty += run->counts[j] == 0;
        memcpy(run->before + (size_t)j * dims, run->centroids + (size_t)j * dims,
               dims * sizeof *run->before);
        for (uint32_t d = 0; d < dims && run->stale[j] && run->counts[j] > 0; d++) {
            const size_t k = (size_t)j * dims + d;
            run->centroids[k] =
                wide_ratio(run->sums[k], run->counts[j]) * run->scales.from_whole[d];
        }
        run->stale[j] = 0;
    }
    return empty > 0 ? kmeans_fill_empty(run, empty) : PLAIT_OK;
}
