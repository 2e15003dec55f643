/* SPDX-License-Identifier: MIT
 * The first centroids: greedy k-means++ on a sample (D. Arthur, S. Vassilvitskii, "k-means++: the
 * advantages of careful seeding", 2007, whose closing remarks have the greedy form), or a sample.
 *
 * A candidate matters to few points of the sample: those that lie nearer to it than to all seeds. A
 * filter in floats finds them, with the error of kmeans_floats.c: a point whose score is not below
 * its limit lies farther away. The others are measured in doubles. */
#include "kmeans_run.h"

#include "../arch/pcg.h"
#include "plait/pcg.h"

#include <math.h>

/* -- sample -------------------------------------------------------------------------------------
 */

/* Output n of a run. */
static uint64_t kmeans_draw(const struct plait_kmeans_run *run, uint64_t pcg_run, uint64_t n) {
    return pcg_rxs_m_xs(plait_pcg_jump(plait_pcg_run(run->kmeans.seed, pcg_run), n));
}

/* Which of all places comes to place j in a sample of m: floor((j N + mulhi(o, N)) / m). */
static uint64_t kmeans_sampled_place(const struct plait_kmeans_run *run, uint32_t restart,
                                     uint64_t m, uint64_t j) {
    const uint64_t n = kmeans_all_places(run);
    const struct wide offset = {0, multiply_high(kmeans_draw(run, 2 * (uint64_t)restart, j), n)};
    uint64_t rest;
    return wide_quotient(wide_add(wide_multiply(j, n), offset), m, &rest);
}

/* The first place of the sample with a place of all that is not before `place`: they never fall. */
static uint64_t kmeans_first_place(const struct plait_kmeans_run *run, uint32_t restart, uint64_t m,
                                   uint64_t place) {
    uint64_t low = 0, high = m;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (kmeans_sampled_place(run, restart, m, middle) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What a share knows of the sample: its part [first, first + count) of the m places. */
struct sample {
    struct plait_kmeans_run *run;
    uint64_t m, first, count, blocks;
    uint64_t *rows; /* of the share */
    bool all;       /* all points are in it, in their order, so that their copies serve */
    struct kmeans_copies copies;
    double error;          /* of a score */
    double potential_unit; /* 2^T */
    double *nearest;       /* [blocks][BLOCK] W_i */
    float *limits;         /* [blocks][BLOCK]: a candidate that scores below may be nearer */
    int64_t *sums;         /* [blocks] of P(W_i) */
    struct wide sum;       /* of them */
    uint32_t *near;        /* [tiles][blocks][TILE]: the points that a candidate matters to */
    struct kmeans_tiles tiles;
    double *candidates; /* [trials][dims] */
    int64_t *values;    /* [trials][dims], their bits on their way over the team */
    int64_t *parts;     /* [max(ranks, trials)][3], and one more */
    struct wide *gains; /* [threads][trials] */
};

static uint64_t kmeans_sample_size(const struct plait_kmeans_run *run) {
    const uint64_t least = 256 * (uint64_t)run->kmeans.clusters, all = kmeans_all_places(run);
    const uint64_t size = run->kmeans.sample > 0 ? run->kmeans.sample
                          : least > 16384        ? least
                                                 : 16384;
    return size < all ? size : all;
}

static void kmeans_free_sample(struct sample *sample) {
    void *const arrays[] = {sample->rows,
                            sample->nearest,
                            sample->limits,
                            sample->sums,
                            sample->near,
                            sample->tiles.b,
                            sample->tiles.h,
                            sample->candidates,
                            sample->values,
                            sample->parts,
                            sample->gains,
                            sample->all ? NULL : sample->copies.a,
                            sample->all ? NULL : sample->copies.squares};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        free(arrays[k]);
}

static bool kmeans_allocate_sample(struct sample *sample) {
    const struct plait_kmeans_run *run = sample->run;
    const uint64_t dims = run->kmeans.dims, places = sample->blocks * BLOCK;
    const uint64_t trials = run->kmeans.trials, ranks = (uint64_t)run->team.ranks;
    sample->tiles.tiles = (uint32_t)((trials + TILE - 1) / TILE);
    sample->rows = plait_kmeans_array(places, 1, sizeof *sample->rows);
    if (sample->all) {
        sample->copies = run->copies;
    } else {
        sample->copies.a = plait_kmeans_array(places, dims, sizeof(float));
        sample->copies.squares = plait_kmeans_array(places, 1, sizeof(float));
    }
    sample->nearest = plait_kmeans_array(places, 1, sizeof(double));
    sample->limits = plait_kmeans_array(places, 1, sizeof(float));
    sample->sums = plait_kmeans_array(sample->blocks, 1, sizeof(int64_t));
    sample->near =
        plait_kmeans_array(sample->tiles.tiles * (uint64_t)TILE, sample->blocks, sizeof(uint32_t));
    sample->tiles.b = plait_kmeans_array(sample->tiles.tiles * (uint64_t)TILE, dims, sizeof(float));
    sample->tiles.h = plait_kmeans_array(sample->tiles.tiles * (uint64_t)TILE, 1, sizeof(float));
    sample->candidates = plait_kmeans_array(trials, dims, sizeof(double));
    sample->values = plait_kmeans_array(trials, dims, sizeof(int64_t));
    sample->parts = plait_kmeans_array((ranks > trials ? ranks : trials) + 1, 3, sizeof(int64_t));
    sample->gains = plait_kmeans_array((uint64_t)run->exec.threads, trials, sizeof(struct wide));
    return sample->rows && sample->copies.a && sample->copies.squares && sample->nearest &&
           sample->limits && sample->sums && sample->near && sample->tiles.b && sample->tiles.h &&
           sample->candidates && sample->values && sample->parts && sample->gains;
}

static const double *kmeans_sample_point(const struct sample *sample, uint64_t i) {
    return sample->run->share.values + sample->rows[i] * sample->run->kmeans.dims;
}

/* Multiply-adds per seed from which threads share them. */
enum { SAMPLE_WORK_MIN = 1 << 18 };

/* -- candidates ---------------------------------------------------------------------------------
 */

/* Takes w, smaller than before, as the distance of point i to its nearest seed. */
static void kmeans_set_nearest(const struct sample *sample, uint64_t i, double w) {
    const double unit = sample->run->unit, square = sample->copies.squares[i];
    const double half = w * unit * unit / 2;
    const double limit =
        half * (1 + 1e-9) - square / 2 + (2 * sample->error + 0x1p-24) * square + 0x1p-100;
    const float rounded = (float)limit;
    sample->limits[i] = rounded < limit ? nextafterf(rounded, INFINITY) : rounded;
    sample->nearest[i] = w;
}

/* Seed 0 is the nearest of all points. */
static void kmeans_begin_sample(struct sample *sample, const double *seed) {
    const struct plait_kmeans_run *run = sample->run;
#pragma omp parallel for num_threads(run->exec.threads) schedule(static)
    for (uint64_t b = 0; b < sample->blocks; b++) {
        const uint64_t first = b * BLOCK, left = sample->count - first;
        const struct plait_kmeans_pairs pairs = {run->kmeans.dims,
                                                 left < BLOCK ? (uint32_t)left : BLOCK,
                                                 run->share.values,
                                                 seed,
                                                 NULL,
                                                 sample->rows + first};
        double w[BLOCK];
        run->path->distances(&pairs, w);
        sample->sums[b] = 0;
        for (uint32_t p = 0; p < BLOCK; p++)
            if (p < pairs.count) {
                kmeans_set_nearest(sample, first + p, w[p]);
                sample->sums[b] += kmeans_potential(w[p], sample->potential_unit);
            } else
                sample->limits[first + p] = -INFINITY; /* nothing matters to a point not there */
    }
    sample->sum = wide_of(0);
    for (uint64_t b = 0; b < sample->blocks; b++)
        sample->sum = wide_add(sample->sum, wide_of(sample->sums[b]));
}

/* Points of the sample and candidates that may be nearer to them than all seeds, which wait to be
 * measured several at a time, until their values are in the cache. */
enum { PAIRS_MAX = 128 };
struct near_pairs {
    uint64_t place[PAIRS_MAX], row[PAIRS_MAX];
    int32_t candidate[PAIRS_MAX];
    uint32_t count;
};

static void kmeans_ask_pair(const struct sample *sample, struct near_pairs *pairs, uint64_t place,
                            uint32_t candidate) {
    const double *x = kmeans_sample_point(sample, place);
    for (uint32_t d = 0; d < sample->run->kmeans.dims; d += 8)
        __builtin_prefetch(x + d);
    pairs->place[pairs->count] = place;
    pairs->row[pairs->count] = sample->rows[place];
    pairs->candidate[pairs->count++] = (int32_t)candidate;
}

static void kmeans_measure_pairs(const struct sample *sample, const struct near_pairs *pairs,
                                 double *w) {
    const struct plait_kmeans_run *run = sample->run;
    const struct plait_kmeans_pairs some = {run->kmeans.dims,   pairs->count,     run->share.values,
                                            sample->candidates, pairs->candidate, pairs->row};
    run->path->distances(&some, w);
}

/* How much the sum falls by each candidate at these points; forgets those that it does not matter
 * to. */
static void kmeans_gain_by_pairs(struct sample *sample, struct near_pairs *pairs,
                                 struct wide *gains) {
    double w[PAIRS_MAX];
    kmeans_measure_pairs(sample, pairs, w);
    for (uint32_t k = 0; k < pairs->count; k++) {
        const uint64_t i = pairs->place[k];
        const uint32_t l = (uint32_t)pairs->candidate[k];
        if (w[k] < sample->nearest[i])
            gains[l] = wide_add(
                gains[l], wide_of(kmeans_potential(sample->nearest[i], sample->potential_unit) -
                                  kmeans_potential(w[k], sample->potential_unit)));
        else
            sample->near[(l / TILE * sample->blocks + i / BLOCK) * TILE + l % TILE] &=
                ~(UINT32_C(1) << i % BLOCK);
    }
    pairs->count = 0;
}

/* A few microseconds of work are not worth a second thread, least of all one that waits for a core.
 */
static int kmeans_sample_threads(const struct sample *sample) {
    const struct plait_kmeans *kmeans = &sample->run->kmeans;
    const uint64_t work = sample->count * kmeans->trials * (kmeans->dims + 4);
    return work < SAMPLE_WORK_MIN ? 1 : sample->run->exec.threads;
}

/* Which points each candidate matters to, and by how much it would lower the sum: gains[trials], of
 * this share. */
static void kmeans_try_candidates(struct sample *sample) {
    const struct plait_kmeans_run *run = sample->run;
    const uint32_t dims = run->kmeans.dims, trials = run->kmeans.trials;
    plait_kmeans_copy_centroids(run, sample->candidates, trials, sample->error, &sample->tiles);
    memset(sample->gains, 0, (size_t)run->exec.threads * trials * sizeof *sample->gains);
#pragma omp parallel num_threads(kmeans_sample_threads(sample))
    {
        struct wide *gains = sample->gains + (size_t)omp_get_thread_num() * trials;
        struct near_pairs pairs = {.count = 0};
#pragma omp for schedule(static)
        for (uint64_t b = 0; b < sample->blocks; b++)
            for (uint32_t t = 0; t < sample->tiles.tiles; t++) {
                const struct plait_kmeans_floats tile = {dims, 1,
                                                         sample->tiles.b + (size_t)t * dims * TILE,
                                                         sample->tiles.h + t * TILE, 0};
                uint32_t *near = sample->near + (t * sample->blocks + b) * TILE;
                run->path->near(&tile, sample->copies.a + b * dims * BLOCK,
                                sample->limits + b * BLOCK, near);
                for (uint32_t l = t * TILE; l < trials && l < (t + 1) * TILE; l++)
                    for (uint32_t bits = near[l % TILE]; bits != 0; bits &= bits - 1) {
                        if (pairs.count == PAIRS_MAX)
                            kmeans_gain_by_pairs(sample, &pairs, gains);
                        kmeans_ask_pair(sample, &pairs, b * BLOCK + (uint32_t)__builtin_ctz(bits),
                                        l);
                    }
            }
        kmeans_gain_by_pairs(sample, &pairs, gains);
    }
    for (int thread = 1; thread < run->exec.threads; thread++)
        for (uint32_t l = 0; l < trials; l++)
            sample->gains[l] =
                wide_add(sample->gains[l], sample->gains[(size_t)thread * trials + l]);
}

static void kmeans_take_pairs(struct sample *sample, struct near_pairs *pairs) {
    double w[PAIRS_MAX];
    kmeans_measure_pairs(sample, pairs, w);
    for (uint32_t k = 0; k < pairs->count; k++) {
        const uint64_t i = pairs->place[k];
        sample->sums[i / BLOCK] -= kmeans_potential(sample->nearest[i], sample->potential_unit) -
                                   kmeans_potential(w[k], sample->potential_unit);
        kmeans_set_nearest(sample, i, w[k]);
    }
    pairs->count = 0;
}

/* Candidate l becomes a seed: it is the nearest of the points that it matters to. */
static void kmeans_take_candidate(struct sample *sample, uint32_t l) {
    const uint32_t *near = sample->near + l / TILE * sample->blocks * TILE + l % TILE;
#pragma omp parallel num_threads(kmeans_sample_threads(sample))
    {
        struct near_pairs pairs = {.count = 0};
#pragma omp for schedule(static)
        for (uint64_t b = 0; b < sample->blocks; b++)
            for (uint32_t bits = near[b * TILE]; bits != 0; bits &= bits - 1) {
                if (pairs.count == PAIRS_MAX)
                    kmeans_take_pairs(sample, &pairs);
                kmeans_ask_pair(sample, &pairs, b * BLOCK + (uint32_t)__builtin_ctz(bits), l);
            }
        kmeans_take_pairs(sample, &pairs);
    }
    sample->sum = wide_subtract(sample->sum, sample->gains[l]);
}

/* -- draws --------------------------------------------------------------------------------------
 */

/* The place in this share where the sum of potentials first exceeds z, which it does. */
static uint64_t kmeans_drawn_place(const struct sample *sample, struct wide z) {
    struct wide sum = wide_of(0);
    for (uint64_t b = 0; b < sample->blocks; b++) {
        const struct wide more = wide_add(sum, wide_of(sample->sums[b]));
        if (!wide_less(z, more)) {
            sum = more;
            continue;
        }
        for (uint64_t i = b * BLOCK;; i++) {
            sum = wide_add(sum,
                           wide_of(kmeans_potential(sample->nearest[i], sample->potential_unit)));
            if (wide_less(z, sum))
                return i;
        }
    }
    return 0;
}

/* Spreads the rows that this share has put into sample->values (0 elsewhere) over the team. */
static void kmeans_spread_values(struct sample *sample, uint64_t count, double *values) {
    plait_kmeans_team_sum(sample->run, sample->values, count * sample->run->kmeans.dims);
    memcpy(values, sample->values, count * sample->run->kmeans.dims * sizeof *values);
}

/* Draws the candidates of seed s; false where all points are copies of seeds. */
static bool kmeans_draw_candidates(struct sample *sample, uint32_t restart, uint32_t s) {
    const struct plait_kmeans_run *run = sample->run;
    const size_t row = run->kmeans.dims;
    const uint32_t trials = run->kmeans.trials;
    struct wide all = wide_of(0), before = wide_of(0);
    memset(sample->parts, 0, 3 * (size_t)run->team.ranks * sizeof *sample->parts);
    wide_split(sample->sum, sample->parts + 3 * run->team.rank);
    plait_kmeans_team_sum(run, sample->parts, 3 * (size_t)run->team.ranks);
    for (int rank = 0; rank < run->team.ranks; rank++) {
        if (rank == run->team.rank)
            before = all;
        all = wide_add(all, wide_join(sample->parts + 3 * rank));
    }
    if (wide_is_zero(all))
        return false;
    const struct wide end = wide_add(before, sample->sum);
    uint64_t state = plait_pcg_jump(plait_pcg_run(run->kmeans.seed, 2 * (uint64_t)restart + 1),
                                    1 + (s - 1) * (uint64_t)trials);
    memset(sample->values, 0, trials * row * sizeof *sample->values);
    for (uint32_t l = 0; l < trials; l++) {
        const uint64_t o = pcg_rxs_m_xs(state);
        const struct wide z =
            wide_add(wide_multiply(o, all.high), (struct wide){0, multiply_high(o, all.low)});
        state = pcg_step(state);
        if (!wide_less(z, before) && wide_less(z, end)) {
            const uint64_t i = kmeans_drawn_place(sample, wide_subtract(z, before));
            memcpy(sample->values + l * row, kmeans_sample_point(sample, i), row * sizeof(double));
        }
    }
    kmeans_spread_values(sample, trials, sample->candidates);
    return true;
}

/* The candidate that lowers the sum most, of equal ones the first. *stopped: whether this rank has
 * been; then whether any has. */
static uint32_t kmeans_best_candidate(struct sample *sample, bool *stopped) {
    const struct plait_kmeans_run *run = sample->run;
    const size_t numbers = 3 * (size_t)run->kmeans.trials;
    uint32_t best = 0;
    sample->parts[numbers] = *stopped;
    for (uint32_t l = 0; l < run->kmeans.trials; l++)
        wide_split(sample->gains[l], sample->parts + 3 * (size_t)l);
    plait_kmeans_team_sum(run, sample->parts, numbers + 1);
    *stopped = sample->parts[numbers] > 0;
    for (uint32_t l = 1; l < run->kmeans.trials; l++)
        if (wide_less(wide_join(sample->parts + 3 * (size_t)best),
                      wide_join(sample->parts + 3 * (size_t)l)))
            best = l;
    return best;
}

static enum plait_status kmeans_start_plusplus(struct plait_kmeans_run *run, uint32_t restart,
                                               double *centroids) {
    const uint64_t m = kmeans_sample_size(run);
    const size_t row = run->kmeans.dims;
    struct sample sample = {.run = run, .m = m, .all = m == run->kmeans.points && !run->places};
    sample.first = kmeans_first_place(run, restart, m, kmeans_place_of(run, 0));
    sample.count =
        kmeans_first_place(run, restart, m, kmeans_place_of(run, run->share.count)) - sample.first;
    sample.blocks = (sample.count + BLOCK - 1) / BLOCK;
    sample.error = plait_kmeans_score_error(run, run->path->roundings, false);
    sample.potential_unit = power_of_two(run->scales.potential);
    enum plait_status status =
        plait_kmeans_agree(run, kmeans_allocate_sample(&sample) ? PLAIT_OK : PLAIT_E_MEMORY);
    if (status == PLAIT_OK) {
#pragma omp parallel for num_threads(run->exec.threads) schedule(static)
        for (uint64_t i = 0; i < sample.count; i++)
            sample.rows[i] =
                plait_kmeans_row_at(run, kmeans_sampled_place(run, restart, m, sample.first + i));
        sample.copies.count = sample.count;
        sample.copies.blocks = sample.blocks;
        if (!sample.all)
            plait_kmeans_copy_points(run, sample.rows, &sample.copies);

        const uint64_t place = multiply_high(kmeans_draw(run, 2 * (uint64_t)restart + 1, 0), m);
        memset(sample.values, 0, row * sizeof *sample.values);
        if (place >= sample.first && place - sample.first < sample.count)
            memcpy(sample.values, kmeans_sample_point(&sample, place - sample.first),
                   row * sizeof(double));
        kmeans_spread_values(&sample, 1, centroids);
        kmeans_begin_sample(&sample, centroids);
        bool differ = true;
        for (uint32_t s = 1; s < run->kmeans.clusters && status == PLAIT_OK; s++) {
            uint32_t best = 0;
            differ = differ && kmeans_draw_candidates(&sample, restart, s);
            if (differ) {
                bool stopped = run->exec.progress && !run->exec.progress(run->exec.progress_context,
                                                                         s, run->kmeans.clusters);
                kmeans_try_candidates(&sample);
                best = kmeans_best_candidate(&sample, &stopped);
                kmeans_take_candidate(&sample, best);
                status = stopped ? PLAIT_E_INTERRUPTED : PLAIT_OK;
            }
            memcpy(centroids + s * row, differ ? sample.candidates + best * row : centroids,
                   row * sizeof *centroids);
        }
    }
    kmeans_free_sample(&sample);
    return status;
}

static enum plait_status kmeans_start_random(struct plait_kmeans_run *run, uint32_t restart,
                                             double *centroids) {
    const uint32_t clusters = run->kmeans.clusters;
    const size_t row = run->kmeans.dims;
    int64_t *values = plait_kmeans_array(clusters, row, sizeof *values);
    const enum plait_status status = plait_kmeans_agree(run, values ? PLAIT_OK : PLAIT_E_MEMORY);
    if (status == PLAIT_OK) {
        memset(values, 0, clusters * row * sizeof *values);
        for (uint32_t j = 0; j < clusters; j++) {
            const uint64_t place = kmeans_sampled_place(run, restart, clusters, j);
            if (place >= kmeans_place_of(run, 0) && place < kmeans_place_of(run, run->share.count))
                memcpy(values + j * row, run->share.values + plait_kmeans_row_at(run, place) * row,
                       row * sizeof *values);
        }
        plait_kmeans_team_sum(run, values, clusters * row);
        memcpy(centroids, values, clusters * row * sizeof *centroids);
    }
    free(values);
    return status;
}

enum plait_status plait_kmeans_start(struct plait_kmeans_run *run, uint32_t restart,
                                     double *centroids) {
    if (restart >= UINT32_C(1) << 31 || run->kmeans.clusters > run->kmeans.points ||
        run->kmeans.clusters > kmeans_all_places(run))
        return PLAIT_E_ARGUMENT;
    return run->kmeans.init == PLAIT_KMEANS_RANDOM ? kmeans_start_random(run, restart, centroids)
                                                   : kmeans_start_plusplus(run, restart, centroids);
}
