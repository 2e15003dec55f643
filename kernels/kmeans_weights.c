/* SPDX-License-Identifier: MIT
 * Weights of points: a row of weight w has w places, one after another, so that whatever counts or
 * draws points by their place sees rows repeated. */
#include "kmeans_run.h"

enum plait_status plait_kmeans_open_weights(struct plait_kmeans_run *run) {
    const uint64_t count = run->share.count;
    int64_t *sums = plait_kmeans_array((uint64_t)run->team.ranks, 1, sizeof *sums);
    enum plait_status status = plait_kmeans_agree(run, sums ? PLAIT_OK : PLAIT_E_MEMORY);
    if (status != PLAIT_OK) {
        free(sums);
        return status;
    }
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        run->places[i] = sum;
        sum += run->share.weights[i];
        if (run->share.weights[i] > run->kmeans.weight || sum > run->kmeans.weight)
            status = PLAIT_E_ARGUMENT;
        if (status != PLAIT_OK)
            break;
    }
    status = plait_kmeans_agree(run, status);
    if (status == PLAIT_OK) {
        memset(sums, 0, (size_t)run->team.ranks * sizeof *sums);
        sums[run->team.rank] = (int64_t)sum;
        plait_kmeans_team_sum(run, sums, (size_t)run->team.ranks);
        uint64_t before = 0, all = 0;
        for (int r = 0; r < run->team.ranks; r++) {
            if (r == run->team.rank)
                before = all;
            all += (uint64_t)sums[r]; /* no overflow: ranks times 2^40 */
        }
        run->places[count] = sum;
        for (uint64_t i = 0; i <= count; i++)
            run->places[i] += before;
        if (all != run->kmeans.weight)
            status = PLAIT_E_ARGUMENT;
    }
    free(sums);
    return status;
}

uint64_t plait_kmeans_row_at(const struct plait_kmeans_run *run, uint64_t place) {
    if (!run->places)
        return place - run->share.first;
    uint64_t row = 0, end = run->share.count; /* the row is one of [row, end) */
    while (end - row > 1) {
        const uint64_t middle = row + (end - row) / 2;
        if (run->places[middle] <= place)
            row = middle;
        else
            end = middle;
    }
    return row;
}

static void kmeans_add_wide(int64_t *high, int64_t *low, struct wide more) {
    const struct wide sum = wide_add((struct wide){(uint64_t)*high, (uint64_t)*low}, more);
    *high = (int64_t)sum.high;
    *low = (int64_t)sum.low;
}

void plait_kmeans_move_weight(const struct plait_kmeans_run *run, struct kmeans_delta *delta,
                              uint64_t row, int32_t from, int32_t to) {
    const size_t dims = run->kmeans.dims, integers = 2 * dims + 1;
    const uint64_t weight = kmeans_weight_of(run, row);
    const double *x = run->share.values + row * dims;
    int64_t *added = delta->rows + (size_t)to * integers;
    int64_t *taken = from < 0 ? NULL : delta->rows + (size_t)from * integers;
    if (weight == 0)
        return; /* may be too large for the scales */
    delta->touched[to] = 1;
    if (taken)
        delta->touched[from] = 1;
    for (size_t d = 0; d < dims; d++) {
        double left, none;
        const int64_t high = kmeans_whole_of(x[d] * run->scales.to_whole[d], &left);
        const int64_t q = high * (INT64_C(1) << 31) + kmeans_whole_of(left * 0x1p31, &none);
        const struct wide size = wide_multiply(q < 0 ? -(uint64_t)q : (uint64_t)q, weight);
        const struct wide part = q < 0 ? wide_negate(size) : size;
        kmeans_add_wide(&added[d], &added[dims + d], part);
        if (taken)
            kmeans_add_wide(&taken[d], &taken[dims + d], wide_negate(part));
    }
    added[2 * dims] += (int64_t)weight;
    if (taken)
        taken[2 * dims] -= (int64_t)weight;
}
