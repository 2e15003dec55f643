/* SPDX-License-Identifier: MIT
 * k-means over threads and a team of processes: opening, labels, steps, inertia, checksum. */
#define _DEFAULT_SOURCE /* madvise */
#include "kmeans_run.h"

#include "../arch/kmeans_reference.h"
#include "device_rest.h"
#include "exec_is_valid.h"
#include "fnv.h"
#include "tasks.h"

#include <math.h>
#include <omp.h>
#include <sys/mman.h>

/* Of a unit that a thread takes: the multiply-adds that it should have, its blocks at most, and at
 * least where bounds leave out most points. */
enum { UNIT_WORK = 1 << 21, UNIT_BLOCKS_MAX = 128, UNIT_BLOCKS_BOUNDED_MIN = 16 };
/* Beyond this, threads share accumulators and wait for each other. */
static const uint64_t delta_bytes_max = UINT64_C(1) << 28;

/* -- arguments ----------------------------------------------------------------------------------
 */

struct plait_kmeans plait_kmeans_default(uint64_t points, uint32_t dims, uint32_t clusters) {
    return (struct plait_kmeans){.points = points,
                                 .dims = dims,
                                 .clusters = clusters,
                                 .seed = 42,
                                 .init = PLAIT_KMEANS_PLUSPLUS,
                                 .trials = 8,
                                 .steps_max = 300};
}

/* Whether clusters can take points as their first centroids. */
static bool kmeans_can_start(const struct plait_kmeans *kmeans) {
    return kmeans->clusters <= kmeans->points &&
           (kmeans->weight == 0 || kmeans->clusters <= kmeans->weight);
}

enum plait_status plait_kmeans_check(const struct plait_kmeans *kmeans) {
    if (kmeans->points < 1 || kmeans->points > PLAIT_KMEANS_POINTS_MAX || kmeans->dims < 1 ||
        kmeans->dims > PLAIT_KMEANS_DIMS_MAX || kmeans->clusters < 1 ||
        kmeans->clusters > PLAIT_KMEANS_CLUSTERS_MAX ||
        (kmeans->steps_max > 0 && !kmeans_can_start(kmeans)) ||
        (uint64_t)kmeans->clusters * kmeans->dims > PLAIT_KMEANS_CENTROID_VALUES_MAX ||
        (kmeans->init != PLAIT_KMEANS_PLUSPLUS && kmeans->init != PLAIT_KMEANS_RANDOM) ||
        kmeans->trials < 1 || kmeans->trials > PLAIT_KMEANS_TRIALS_MAX ||
        kmeans->weight > PLAIT_KMEANS_POINTS_MAX ||
        kmeans->sample > (kmeans->weight > 0 ? kmeans->weight : kmeans->points) ||
        kmeans->bounds < PLAIT_KMEANS_BOUNDS_AUTO || kmeans->bounds > PLAIT_KMEANS_BOUNDS_ON)
        return PLAIT_E_ARGUMENT;
    return PLAIT_OK;
}

static bool kmeans_value_is_bad(double value) {
    return !(fabs(value) <= PLAIT_KMEANS_VALUE_MAX);
}

bool plait_kmeans_find_bad(const struct plait_kmeans_share *share, uint32_t dims, uint64_t *row,
                           uint32_t *column) {
    const uint64_t values = share->count * dims;
    for (uint64_t k = 0; k < values; k++)
        if (kmeans_value_is_bad(share->values[k])) {
            *row = k / dims;
            *column = (uint32_t)(k % dims);
            return true;
        }
    return false;
}

/* -- team ---------------------------------------------------------------------------------------
 */

void plait_kmeans_team_sum(const struct plait_kmeans_run *run, int64_t *values, size_t count) {
    if (run->team.ranks > 1 && count > 0)
        run->team.sum(run->team.context, values, count);
}

enum plait_status plait_kmeans_agree(const struct plait_kmeans_run *run, enum plait_status status) {
    double worst = status;
    if (run->team.ranks > 1)
        run->team.max(run->team.context, &worst, 1);
    return (enum plait_status)worst;
}

/* -- opening ------------------------------------------------------------------------------------
 */

void *plait_kmeans_array(uint64_t count, uint64_t each, size_t size) {
    void *array = NULL;
    if (each > 0 && count > (SIZE_MAX / 2 - 64) / size / each)
        return NULL;
    const size_t bytes = (size_t)(count * each) * size, page = (size_t)1 << 21;
    if (bytes < 2 * page)
        return posix_memalign(&array, 64, (bytes + 63) / 64 * 64 + 64) == 0 ? array : NULL;
    /* Points that change their label lie far apart: large pages save a search for most of them. */
    if (posix_memalign(&array, page, (bytes + 63) / 64 * 64 + 64) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    madvise(array, bytes / page * page, MADV_HUGEPAGE);
#endif
    return array;
}

static int kmeans_exponent_of(double value, int least) {
    int exponent = least;
    if (value > 0)
        frexp(value, &exponent);
    return exponent < least ? least : exponent;
}

/* Columns' largest values, with and without sign, over the share, then over the team, of all rows
 * that count. */
static enum plait_status kmeans_find_scales(struct plait_kmeans_run *run, const double *given,
                                            double *most) {
    const struct kmeans_scales *scales = &run->scales;
    const uint32_t dims = run->kmeans.dims;
    double *size = most, *high = most + dims, *negative = most + 2 * (size_t)dims;
    int bad = 0;
    for (uint32_t d = 0; d < dims; d++) {
        size[d] = 0;
        high[d] = negative[d] = -INFINITY;
    }
    for (uint64_t k = 0; given && k < (uint64_t)run->kmeans.clusters * dims; k++)
        bad |= kmeans_value_is_bad(given[k]);
#pragma omp parallel for num_threads(run->exec.threads) schedule(static) reduction(| : bad)
    for (uint64_t k = 0; k < run->share.count * dims; k++)
        bad |= kmeans_value_is_bad(run->share.values[k]);
    if (plait_kmeans_agree(run, bad ? PLAIT_E_VALUE : PLAIT_OK) != PLAIT_OK)
        return PLAIT_E_VALUE;

    for (uint64_t i = 0; i < run->share.count; i++)
        for (uint32_t d = 0; d < dims && kmeans_weight_of(run, i) > 0; d++) {
            const double x = run->share.values[i * dims + d];
            size[d] = fabs(x) > size[d] ? fabs(x) : size[d];
            high[d] = x > high[d] ? x : high[d];
            negative[d] = -x > negative[d] ? -x : negative[d];
        }
    if (run->team.ranks > 1)
        run->team.max(run->team.context, most, 3 * (size_t)dims);
    double spread = 0;
    bool differ = false;
    for (uint32_t d = 0; d < dims; d++) {
        for (uint32_t j = 0; given && j < run->kmeans.clusters; j++) {
            const double c = given[(size_t)j * dims + d];
            high[d] = c > high[d] ? c : high[d];
            negative[d] = -c > negative[d] ? -c : negative[d];
        }
        const int shift = 62 - kmeans_exponent_of(size[d], -400);
        const double range = high[d] + negative[d];
        scales->to_whole[d] = power_of_two(shift - 31);
        scales->from_whole[d] = power_of_two(-shift);
        spread = fma(range, range, spread);
        differ |= range > 0;
    }
    run->scales.potential = 50 - kmeans_exponent_of(spread, -900);
    return differ && spread < 0x1p-900 ? PLAIT_E_TOO_CLOSE : PLAIT_OK;
}

static bool kmeans_allocate_deltas(struct plait_kmeans_run *run) {
    const uint64_t clusters = run->kmeans.clusters, dims = run->kmeans.dims;
    /* Long rows have whole vectors at aligned places, and no two share a line of the cache. */
    const uint64_t width = dims < 8 ? dims : (dims + 7) / 8 * 8, row = (2 * width + 8) / 8 * 8;
    const uint64_t most = delta_bytes_max / (clusters * row * sizeof(int64_t));
    const int threads = run->exec.threads;
    run->delta_count = most >= (uint64_t)threads ? threads : most < 1 ? 1 : (int)most;
    run->delta_width = (uint32_t)width;
    run->delta_integers = (uint32_t)row;
    run->deltas = calloc((size_t)run->delta_count, sizeof *run->deltas);
    for (int t = 0; run->deltas && t < run->delta_count; t++) {
        struct kmeans_delta *delta = &run->deltas[t];
        delta->rows = plait_kmeans_array(clusters, row, sizeof *delta->rows);
        delta->touched = plait_kmeans_array(clusters, 1, sizeof *delta->touched);
        if (!delta->rows || !delta->touched)
            return false;
        memset(delta->touched, 0, clusters);
        if (run->delta_count < threads) {
            delta->lock = malloc(sizeof *delta->lock);
            if (!delta->lock)
                return false;
            omp_init_lock(delta->lock);
        }
        memset(delta->rows, 0, clusters * row * sizeof *delta->rows);
    }
    return run->deltas;
}

static bool kmeans_allocate(struct plait_kmeans_run *run) {
    const uint64_t dims = run->kmeans.dims, clusters = run->kmeans.clusters;
    const uint64_t blocks = (run->share.count + BLOCK - 1) / BLOCK;
    run->scales.to_whole = plait_kmeans_array(dims, 1, sizeof(double));
    run->scales.from_whole = plait_kmeans_array(dims, 1, sizeof(double));
    run->origin = plait_kmeans_array(dims, 1, sizeof(double));
    run->copies =
        (struct kmeans_copies){.a = plait_kmeans_array(blocks * BLOCK, dims, sizeof(float)),
                               .count = run->share.count,
                               .blocks = blocks};
    run->copies.squares = plait_kmeans_array(blocks * BLOCK, 1, sizeof(float));
    run->tiles.tiles = (uint32_t)((clusters + TILE - 1) / TILE);
    run->tiles.b = plait_kmeans_array(run->tiles.tiles * (uint64_t)TILE, dims, sizeof(float));
    run->tiles.h = plait_kmeans_array(run->tiles.tiles * (uint64_t)TILE, 1, sizeof(float));
    run->centroids = plait_kmeans_array(clusters, dims, sizeof(double));
    run->before = plait_kmeans_array(clusters, dims, sizeof(double));
    run->labels = plait_kmeans_array(blocks * BLOCK, 1, sizeof(int32_t));
    if (run->kmeans.weight > 0)
        run->places = plait_kmeans_array(run->share.count + 1, 1, sizeof(uint64_t));
    run->counts = plait_kmeans_array(clusters, 1, sizeof(uint64_t));
    run->sums = plait_kmeans_array(clusters, dims, sizeof(struct wide));
    run->stale = calloc(clusters, 1);
    run->drift = plait_kmeans_array(2 * clusters, 1, sizeof(double));
    run->packed = plait_kmeans_array((uint64_t)run->exec.threads * BLOCK, dims, sizeof(float));
    run->workers = plait_kmeans_array((uint64_t)run->exec.threads, 1, sizeof *run->workers);
    if (clusters > 1 && run->kmeans.bounds != PLAIT_KMEANS_BOUNDS_OFF)
        run->gaps = plait_kmeans_array(blocks * BLOCK, 1, sizeof(float));
    if (run->team.ranks > 1)
        run->message =
            plait_kmeans_array(clusters, 3 * dims + 1, sizeof(int64_t)); /* 64 bytes to spare */
    return run->scales.to_whole && run->scales.from_whole && run->origin && run->copies.a &&
           run->copies.squares && run->tiles.b && run->tiles.h && run->centroids && run->before &&
           run->labels && (run->places || run->kmeans.weight == 0) && run->counts && run->sums &&
           run->stale && run->drift && run->packed && run->workers &&
           (run->gaps || clusters == 1 || run->kmeans.bounds == PLAIT_KMEANS_BOUNDS_OFF) &&
           (run->message || run->team.ranks == 1) && kmeans_allocate_deltas(run);
}

static bool kmeans_open_is_valid(const struct plait_kmeans *kmeans,
                                 const struct plait_kmeans_share *share,
                                 const struct plait_kmeans_team *team,
                                 const struct plait_exec *exec) {
    const bool whole = share->first == 0 && share->count == kmeans->points;
    return plait_kmeans_check(kmeans) == PLAIT_OK && exec_is_valid(exec) &&
           share->count <= PLAIT_KMEANS_SHARE_MAX && share->first <= kmeans->points &&
           share->count <= kmeans->points - share->first &&
           (share->weights ? kmeans->weight > 0 : kmeans->weight == 0 || share->count == 0) &&
           (team && team->ranks > 1 ? team->rank >= 0 && team->rank < team->ranks : whole);
}

enum plait_status plait_kmeans_open(const struct plait_kmeans *kmeans,
                                    const struct plait_kmeans_share *share,
                                    const struct plait_kmeans_team *team,
                                    const struct plait_exec *exec, const double *given,
                                    struct plait_kmeans_run **opened) {
    if (!kmeans_open_is_valid(kmeans, share, team, exec))
        return PLAIT_E_ARGUMENT;
    struct plait_kmeans_run none = {
        .team = team ? *team : (struct plait_kmeans_team){.rank = 0, .ranks = 1}};
    struct plait_kmeans_run *run = calloc(1, sizeof *run);
    double *most = plait_kmeans_array(kmeans->dims, 3, sizeof *most);
    if (run)
        *run = (struct plait_kmeans_run){.kmeans = *kmeans,
                                         .share = *share,
                                         .team = none.team,
                                         .exec = *exec,
                                         .path = PLAIT_PATH_KERNEL(exec->path, kmeans)()};
    bool allocated = run && most && kmeans_allocate(run);
    enum plait_status status = plait_kmeans_agree(&none, allocated ? PLAIT_OK : PLAIT_E_MEMORY);
    if (status == PLAIT_OK && run->places)
        status = plait_kmeans_open_weights(run);
    if (status == PLAIT_OK)
        status = kmeans_find_scales(run, given, most);
    free(most);
    if (status != PLAIT_OK) {
        plait_kmeans_close(run);
        return status;
    }
    const uint64_t places = run->copies.blocks * BLOCK;
    plait_kmeans_find_origin(run);
    plait_kmeans_copy_points(run, NULL, &run->copies);
    for (uint64_t i = run->share.count; i < places; i++)
        run->labels[i] = -1;
    status = plait_kmeans_agree(run, plait_kmeans_open_device(run) ? PLAIT_OK : PLAIT_E_MEMORY);
    if (status != PLAIT_OK) {
        plait_kmeans_close(run);
        return status;
    }
    *opened = run;
    return PLAIT_OK;
}

void plait_kmeans_close(struct plait_kmeans_run *run) {
    if (!run)
        return;
    plait_kmeans_close_device(run);
    void *const arrays[] = {run->scales.to_whole,
                            run->scales.from_whole,
                            run->origin,
                            run->copies.a,
                            run->copies.squares,
                            run->tiles.b,
                            run->tiles.h,
                            run->centroids,
                            run->before,
                            run->labels,
                            run->places,
                            run->counts,
                            run->sums,
                            run->stale,
                            run->message,
                            run->drift,
                            run->packed,
                            run->workers,
                            run->gaps};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        free(arrays[k]);
    for (int t = 0; run->deltas && t < run->delta_count; t++) {
        free(run->deltas[t].rows);
        free(run->deltas[t].touched);
        if (run->deltas[t].lock)
            omp_destroy_lock(run->deltas[t].lock);
        free(run->deltas[t].lock);
    }
    free(run->deltas);
    free(run);
}

/* -- labels -------------------------------------------------------------------------------------
 */

/* What threads share while they label. */
struct kmeans_labelling {
    struct plait_kmeans_run *run;
    struct plait_kmeans_floats floats;
    bool use_gaps, keep_gaps;
    uint64_t known; /* blocks whose labels a device has found */
    uint64_t unit;  /* blocks of a task */
};

/* The points that changed their label, which the sums have not seen yet. */
static void kmeans_make_moves(struct kmeans_labeller *own) {
    const struct plait_kmeans_run *run = own->labelling->run;
    const struct plait_kmeans_sums sums = {run->kmeans.dims,    run->delta_width,
                                           run->delta_integers, run->scales.to_whole,
                                           own->delta->rows,    own->delta->touched};
    if (own->delta->lock)
        omp_set_lock(own->delta->lock);
    if (!run->places)
        run->path->move(&sums, run->share.values, own->moves, own->moved);
    else
        for (int k = 0; k < own->moved; k++)
            plait_kmeans_move_weight(run, own->delta, own->moves[k].point, own->moves[k].from,
                                     own->moves[k].to);
    if (own->delta->lock)
        omp_unset_lock(own->delta->lock);
    own->moved = 0;
}

/* Few points change their label, and their values lie far apart: they are asked for long before
 * they are looked at. */
static inline void kmeans_ask_for(const struct plait_kmeans_run *run, uint64_t row) {
    const uint32_t dims = run->kmeans.dims;
    const double *x = run->share.values + row * dims;
    for (uint32_t d = 0; d < dims; d += 8)
        __builtin_prefetch(x + d);
    __builtin_prefetch(x + dims - 1);
}

static inline void kmeans_plan_move(struct kmeans_labeller *own, uint64_t row, int32_t to) {
    struct plait_kmeans_run *run = own->labelling->run;
    kmeans_ask_for(run, row);
    if (own->moved == KMEANS_MOVES_MAX)
        kmeans_make_moves(own);
    own->moves[own->moved++] = (struct plait_kmeans_move){(uint32_t)row, run->labels[row], to};
    run->labels[row] = to;
    own->changed += kmeans_weight_of(run, row);
}

/* Labels points by a block of their copies: those of rows[some], or if rows is NULL those from
 * `first` on. Moves the points that changed theirs. */
static inline __attribute__((always_inline)) void
kmeans_label_points(struct kmeans_labeller *own, const float *a, const float *squares,
                    const uint64_t *rows, uint64_t first, int some) {
    struct plait_kmeans_run *run = own->labelling->run;
    const struct plait_kmeans_path *path = run->path;
    const uint32_t dims = run->kmeans.dims, clusters = run->kmeans.clusters;
    struct plait_kmeans_scores scores;
#define ROW(p) (rows ? rows[p] : first + (uint64_t)(p))
    path->filter(&own->labelling->floats, a, squares, &scores);
    if (some < BLOCK)
        scores.doubt &= (UINT32_C(1) << some) - 1;
    if (own->labelling->keep_gaps) {
        float drift[BLOCK] = {0}, gaps[BLOCK];
        for (int p = 0; p < some; p++)
            drift[p] = (float)run->drift[scores.label[p]];
        path->gaps(&own->labelling->floats, squares, &scores, drift, gaps);
        for (int p = 0; p < some; p++)
            run->gaps[ROW(p)] = scores.doubt >> p & 1 ? -1e30f : gaps[p];
    }
    for (uint32_t doubt = scores.doubt; doubt != 0; doubt &= doubt - 1) {
        const int p = __builtin_ctz(doubt);
        scores.label[p] =
            path->label(run->share.values + ROW(p) * dims, run->centroids, clusters, dims);
        own->doubts++;
    }
    for (int p = 0; p < some; p++)
        if (scores.label[p] != run->labels[ROW(p)])
            kmeans_plan_move(own, ROW(p), scores.label[p]);
#undef ROW
}

static void kmeans_label_waiting(struct kmeans_labeller *own, int some) {
    float squares[BLOCK];
    plait_kmeans_pack_block(own->labelling->run, own->rows, some, own->packed, squares);
    kmeans_label_points(own, own->packed, squares, own->rows, 0, some);
    own->waiting -= some;
    memmove(own->rows, own->rows + some, (size_t)own->waiting * sizeof *own->rows);
}

static void kmeans_label_block(struct kmeans_labeller *own, uint64_t block) {
    const struct plait_kmeans_run *run = own->labelling->run;
    const uint64_t first = block * BLOCK, left = run->share.count - first;
    const int some = left < BLOCK ? (int)left : BLOCK;
    uint32_t moving = UINT32_MAX;
    if (own->labelling->use_gaps) {
        moving = plait_kmeans_moving(run, block, (uint64_t)some);
        const int count = __builtin_popcount(moving);
        own->skipped += (uint64_t)(some - count);
        if (count < BLOCK / 2) {
            for (; moving != 0; moving &= moving - 1) {
                const uint64_t row = first + (uint64_t)__builtin_ctz(moving);
                kmeans_ask_for(run, row);
                own->rows[own->waiting++] = row;
            }
            if (own->waiting >= BLOCK)
                kmeans_label_waiting(own, BLOCK);
            return;
        }
    }
    kmeans_label_points(own, run->copies.a + first * run->kmeans.dims, run->copies.squares + first,
                        NULL, first, some);
}

/* The same for blocks that follow one another, where nobody keeps bounds. */
static void kmeans_label_blocks(struct kmeans_labeller *own, uint64_t block, uint32_t blocks) {
    const struct plait_kmeans_run *run = own->labelling->run;
    const uint32_t dims = run->kmeans.dims;
    const uint64_t first = block * BLOCK, left = run->share.count - first;
    struct plait_kmeans_news news;
    run->path->scan(&own->labelling->floats, run->copies.a + first * dims,
                    run->copies.squares + first, run->labels + first, blocks, &news);
    if (left < blocks * BLOCK) { /* points that are not there */
        const uint32_t there = (UINT32_C(1) << left % BLOCK) - 1;
        news.doubt[blocks - 1] &= there;
        news.changed[blocks - 1] &= there;
    }
    for (uint32_t b = 0; b < blocks; b++)
        for (uint32_t doubt = news.doubt[b]; doubt != 0; doubt &= doubt - 1) {
            const uint32_t bit = doubt & -doubt, at = b * BLOCK + (uint32_t)__builtin_ctz(doubt);
            const double *x = run->share.values + (first + at) * dims;
            news.label[at] = run->path->label(x, run->centroids, run->kmeans.clusters, dims);
            news.changed[b] |= bit;
            if (news.label[at] == run->labels[first + at])
                news.changed[b] ^= bit;
            own->doubts++;
        }
    /* Two blocks at a time: each end of a loop over bits comes as a surprise. */
    for (uint32_t b = 0; b < blocks; b += 2) {
        uint64_t changed = news.changed[b];
        if (b + 1 < blocks)
            changed |= (uint64_t)news.changed[b + 1] << BLOCK;
        for (; changed != 0; changed &= changed - 1) {
            const uint32_t at = b * BLOCK + (uint32_t)__builtin_ctzll(changed);
            kmeans_plan_move(own, first + at, news.label[at]);
        }
    }
}

/* Takes the labels of a block that a device has found, but for those in doubt. */
static void kmeans_take_block(struct kmeans_labeller *own, uint64_t block) {
    const struct plait_kmeans_run *run = own->labelling->run;
    const uint32_t dims = run->kmeans.dims, clusters = run->kmeans.clusters;
    const uint64_t first = block * BLOCK, left = run->share.count - first;
    const size_t some = left < BLOCK ? (size_t)left : BLOCK;
    const int32_t *found = run->found + first, *labels = run->labels + first;
    /* As most are in the end; at the beginning, no label is -1 and in doubt about cluster 0 too. */
    if (labels[0] >= 0 && memcmp(found, labels, some * sizeof *found) == 0)
        return;
    for (size_t p = 0; p < some; p++) {
        int32_t label = found[p];
        if (label < 0) {
            label = run->path->label(run->share.values + (first + p) * dims, run->centroids,
                                     clusters, dims);
            own->doubts++;
        }
        if (label != labels[p])
            kmeans_plan_move(own, first + p, label);
    }
}

/* The next unit of a thread: of its own part of the points as long as there are any, the same part
 * in each step, whose copies, labels and bounds it has last seen and which lie in its part of the
 * memory; then it helps others. There is one for each call: all parts together have as many as
 * there are tasks. */
static uint64_t kmeans_take_unit(struct kmeans_labeller *own) {
    const struct plait_kmeans_run *run = own->labelling->run;
    for (;; own->part = own->part + 1 < run->exec.threads ? own->part + 1 : 0) {
        struct kmeans_worker *owner = &run->workers[own->part];
        const uint64_t unit = atomic_fetch_add(&owner->next, 1);
        if (unit < owner->end)
            return unit;
    }
}

/* A task: some blocks. Returns their points, where a device has not counted them. */
static uint64_t kmeans_label_unit(void *context, uint64_t task, int thread) {
    const struct kmeans_labelling *labelling = context;
    const struct plait_kmeans_run *run = labelling->run;
    struct kmeans_labeller own = run->workers[thread].labeller;
    uint64_t first = kmeans_take_unit(&own) * labelling->unit;
    (void)task;
    const uint64_t blocks = run->copies.blocks - first;
    const uint64_t end = first + (blocks < labelling->unit ? blocks : labelling->unit);
    for (; first < end && first < labelling->known; first++)
        kmeans_take_block(&own, first);
    if (labelling->keep_gaps)
        for (uint64_t b = first; b < end; b++)
            kmeans_label_block(&own, b);
    else
        for (uint64_t b = first; b < end; b += PLAIT_KMEANS_SCAN)
            kmeans_label_blocks(
                &own, b, end - b < PLAIT_KMEANS_SCAN ? (uint32_t)(end - b) : PLAIT_KMEANS_SCAN);
    run->workers[thread].labeller = own;
    const uint64_t points = end * BLOCK < run->share.count ? end * BLOCK : run->share.count;
    return first < end ? points - first * BLOCK : 0;
}

/* What a thread has left when there are no more tasks. */
static void kmeans_end_labelling(void *context, int thread) {
    const struct kmeans_labelling *labelling = context;
    struct kmeans_labeller *own = &labelling->run->workers[thread].labeller;
    if (own->waiting > 0)
        kmeans_label_waiting(own, own->waiting);
    kmeans_make_moves(own);
}

/* Long enough to be worth taking. */
static uint64_t kmeans_unit_blocks(const struct plait_kmeans_run *run, bool bounded) {
    const uint64_t block_work =
        (uint64_t)run->kmeans.clusters * (run->kmeans.dims + 4) * (uint64_t)BLOCK;
    const uint64_t blocks = UNIT_WORK / block_work + 1;
    if (bounded && blocks < UNIT_BLOCKS_BOUNDED_MIN)
        return UNIT_BLOCKS_BOUNDED_MIN;
    return blocks < UNIT_BLOCKS_MAX ? blocks : UNIT_BLOCKS_MAX;
}

static void kmeans_begin_workers(const struct kmeans_labelling *labelling, uint64_t units) {
    struct plait_kmeans_run *run = labelling->run;
    const uint64_t threads = (uint64_t)run->exec.threads;
    for (uint64_t t = 0; t < threads; t++) {
        struct kmeans_worker *worker = &run->workers[t];
        atomic_store(&worker->next, units * t / threads);
        worker->end = units * (t + 1) / threads;
        worker->labeller = (struct kmeans_labeller){
            .labelling = labelling,
            .delta = &run->deltas[t % (uint64_t)run->delta_count],
            .packed = run->packed + t * run->kmeans.dims * BLOCK,
            .rows = worker->rows,
            .moves = worker->moves,
            .part = (int)t,
        };
    }
}

static void kmeans_count_changes(struct plait_kmeans_run *run) {
    run->changed = run->doubts = run->skipped = 0;
    for (int t = 0; t < run->exec.threads; t++) {
        const struct kmeans_labeller *labeller = &run->workers[t].labeller;
        run->changed += labeller->changed;
        run->doubts += labeller->doubts;
        run->skipped += labeller->skipped;
    }
}

/* New labels of all points, and the sums that they give: by the device if there is one, and what it
 * leaves by the path. */
static enum plait_status kmeans_find_labels(struct plait_kmeans_run *run) {
    const double error = plait_kmeans_score_error(run, run->path->roundings, true);
    const double begun = omp_get_wtime();
    struct kmeans_labelling labelling = {.run = run};
    enum plait_status status = plait_kmeans_find_by_device(run, &labelling.known);
    const bool all_known = labelling.known == run->copies.blocks;
    if (!all_known) { /* distances of at most 64, with the points' |a| of at most sqrt(dims) */
        const double farthest = plait_kmeans_copy_centroids(
            run, run->centroids, run->kmeans.clusters, error, &run->tiles);
        run->within_reach = farthest <= 1.001 * run->kmeans.dims;
    }
    labelling.floats = (struct plait_kmeans_floats){
        run->kmeans.dims, run->tiles.tiles, run->tiles.b, run->tiles.h, (float)(4.05 * error)};
    labelling.keep_gaps = labelling.known == 0 && plait_kmeans_wants_gaps(run);
    labelling.use_gaps = run->gaps_known && labelling.keep_gaps;
    labelling.unit = all_known ? UNIT_BLOCKS_MAX : kmeans_unit_blocks(run, labelling.use_gaps);
    struct plait_rest rest = {&run->exec, labelling.known * BLOCK, run->share.count};
    const struct plait_exec exec = labelling.known > 0 ? plait_rest_exec(&rest) : run->exec;
    if (rest.before > rest.total)
        rest.before = rest.total;
    const uint64_t units = (run->copies.blocks + labelling.unit - 1) / labelling.unit;
    const struct plait_tasks tasks = {
        .run = kmeans_label_unit,
        .end = kmeans_end_labelling,
        .context = &labelling,
        .count = units,
        .threads =
            units < (uint64_t)run->exec.threads ? (int)units + (units == 0) : run->exec.threads,
        .total = run->share.count,
        .unit = 1,
    };
    if (!labelling.use_gaps)
        memset(run->drift, 0, run->kmeans.clusters * sizeof *run->drift);
    kmeans_begin_workers(&labelling, tasks.count);
    if (status == PLAIT_OK)
        status = plait_tasks_run(&tasks, &exec);
    run->label_seconds += omp_get_wtime() - begun;
    kmeans_count_changes(run);
    run->gaps_known = labelling.keep_gaps;
    return plait_kmeans_add_deltas(run, status != PLAIT_OK);
}

enum plait_status plait_kmeans_begin(struct plait_kmeans_run *run, const double *centroids) {
    const size_t values = (size_t)run->kmeans.clusters * run->kmeans.dims;
    memcpy(run->centroids, centroids, values * sizeof *centroids);
    memset(run->sums, 0, values * sizeof *run->sums);
    memset(run->counts, 0, run->kmeans.clusters * sizeof *run->counts);
    for (uint64_t i = 0; i < run->share.count; i++)
        run->labels[i] = -1;
    run->steps = 0;
    run->gaps_known = false;
    return kmeans_find_labels(run);
}

enum plait_status plait_kmeans_resume(struct plait_kmeans_run *run, const double *centroids,
                                      uint32_t steps, uint64_t changed) {
    const enum plait_status status = plait_kmeans_begin(run, centroids);
    run->steps = steps;
    if (steps > 0)
        run->changed = changed;
    return status;
}

enum plait_status plait_kmeans_step(struct plait_kmeans_run *run) {
    const enum plait_status status = plait_kmeans_update(run);
    if (status != PLAIT_OK)
        return status;
    run->steps++;
    if (run->gaps_known)
        plait_kmeans_add_drift(run);
    return kmeans_find_labels(run);
}

bool plait_kmeans_is_done(const struct plait_kmeans_run *run) {
    return run->steps >= run->kmeans.steps_max ||
           (run->steps > 0 && run->changed <= run->kmeans.changed_max);
}

void plait_kmeans_get_result(const struct plait_kmeans_run *run,
                             struct plait_kmeans_result *result) {
    *result = (struct plait_kmeans_result){.centroids = run->centroids,
                                           .labels = run->labels,
                                           .counts = run->counts,
                                           .steps = run->steps,
                                           .changed = run->changed,
                                           .doubts = run->doubts,
                                           .skipped = run->skipped,
                                           .label_seconds = run->label_seconds};
}

int32_t plait_kmeans_reference(const struct plait_kmeans_run *run, uint64_t row) {
    return plait_kmeans_reference_label(run->share.values + row * run->kmeans.dims, run->centroids,
                                        run->kmeans.clusters, run->kmeans.dims);
}

/* -- results ------------------------------------------------------------------------------------
 */

void plait_kmeans_sum_inertia(struct plait_kmeans_run *run, struct plait_kmeans_inertia *inertia) {
    enum { UNIT = 256 };
    const uint32_t dims = run->kmeans.dims;
    const uint64_t count = run->share.count, units = (count + UNIT - 1) / UNIT;
    const double unit = power_of_two(run->scales.potential);
    uint64_t high = 0, low = 0; /* sum = high 2^30 + low: neither reaches 2^62 */
#pragma omp parallel for num_threads(run->exec.threads) schedule(dynamic, 16) reduction(+ : high, low)
    for (uint64_t u = 0; u < units; u++) {
        double w[UNIT];
        const uint64_t first = u * UNIT, left = count - first;
        const struct plait_kmeans_pairs pairs = {dims,
                                                 left < UNIT ? (uint32_t)left : UNIT,
                                                 run->share.values + first * dims,
                                                 run->centroids,
                                                 run->labels + first,
                                                 NULL};
        run->path->distances(&pairs, w);
        for (uint32_t p = 0; p < pairs.count; p++) {
            const struct wide part = wide_multiply((uint64_t)kmeans_potential(w[p], unit),
                                                   kmeans_weight_of(run, first + p));
            high += part.high << 34 | part.low >> 30;
            low += part.low & ((1 << 30) - 1);
        }
    }
    int64_t parts[3];
    wide_split(wide_add(wide_shift((struct wide){0, high}, 30), (struct wide){0, low}), parts);
    plait_kmeans_team_sum(run, parts, 3);
    const struct wide sum = wide_join(parts);
    *inertia = (struct plait_kmeans_inertia){
        .high = sum.high,
        .low = sum.low,
        .scale = run->scales.potential,
        .value = wide_value(sum) * power_of_two(-run->scales.potential),
    };
}

static uint64_t kmeans_fnv_labels(uint64_t hash, const int32_t *labels, uint64_t count) {
    for (uint64_t i = 0; i < count; i++)
        hash = fnv_value(hash, (uint32_t)labels[i], 4);
    return hash;
}

/* Blocks that lie whole in one share are hashed there at once; a block on a border, and the hash
 * over all digests, are handed from rank to rank. */
uint64_t plait_kmeans_checksum(struct plait_kmeans_run *run) {
    const uint64_t block = UINT64_C(1) << 16;
    const uint64_t first = run->share.first, end = first + run->share.count;
    const uint64_t whole = (first + block - 1) / block; /* the first block that begins here */
    const uint64_t blocks = end / block > whole ? end / block - whole : 0;
    uint64_t *digests = malloc((blocks + 1) * sizeof *digests);
#pragma omp parallel for num_threads(run->exec.threads) schedule(dynamic) if (digests)
    for (uint64_t b = 0; b < blocks; b++)
        if (digests)
            digests[b] =
                kmeans_fnv_labels(FNV_OFFSET, run->labels + (whole + b) * block - first, block);

    int64_t state[2] = {(int64_t)FNV_OFFSET, (int64_t)FNV_OFFSET}; /* of the block, of all */
    for (int rank = 0; rank < run->team.ranks; rank++) {
        uint64_t part = (uint64_t)state[0], all = (uint64_t)state[1];
        for (uint64_t i = first; rank == run->team.rank && i < end;) {
            const uint64_t stop = (i / block + 1) * block < end ? (i / block + 1) * block : end;
            const uint64_t b = i / block - whole;
            const bool known = digests && i % block == 0 && stop - i == block;
            part =
                known ? digests[b] : kmeans_fnv_labels(part, run->labels + (i - first), stop - i);
            i = stop;
            if (i % block == 0 || i == run->kmeans.points) {
                all = fnv_value(all, part, 8);
                part = FNV_OFFSET;
            }
        }
        const bool own = rank == run->team.rank;
        state[0] = own ? (int64_t)part : 0;
        state[1] = own ? (int64_t)all : 0;
        plait_kmeans_team_sum(run, state, 2);
    }
    free(digests);
    return (uint64_t)state[1];
}
