/* SPDX-License-Identifier: MIT
 * The contract of k-means (docs/determinism.md) in plain C, never tuned. Exact integers are kept in
 * its own long numbers, so that it shares no arithmetic with the kernel that is compared with it.
 */
#include "../kmeans_reference.h"

#include "../pcg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A whole number: the sum of digit[i] 2^(24 i), digits of either sign. */
struct whole {
    int64_t digit[6];
};

static void whole_add(struct whole *sum, double q) {
    for (int i = 0; i < 6; i++) {
        const double low = fmod(q, 0x1p24); /* exact, with the sign of q */
        sum->digit[i] += (int64_t)low;
        q = (q - low) * 0x1p-24;
    }
}

/* Brings the digits into [0, 2^24), the last one aside, and returns the sign that was taken off. */
static int whole_normalise(struct whole *a) {
    for (int pass = 0; pass < 2; pass++) {
        int64_t carry = 0;
        for (int i = 0; i < 6; i++) {
            const int64_t value = a->digit[i] + carry;
            const int64_t digit = i < 5 ? value & 0xffffff : value;
            carry = i < 5 ? (value - digit) / 0x1000000 : 0;
            a->digit[i] = digit;
        }
        if (a->digit[5] >= 0)
            return pass == 0 ? 1 : -1;
        for (int i = 0; i < 6; i++)
            a->digit[i] = -a->digit[i];
    }
    return 1;
}

/* RN(sum / n), by long division bit for bit. */
static double whole_divide(struct whole sum, uint64_t n) {
    const int sign = whole_normalise(&sum);
    uint64_t quotient = 0, rest = 0;
    int shift = 0;
    for (int bit = 143; bit >= 0; bit--) {
        rest = 2 * rest + (uint64_t)(sum.digit[bit / 24] >> (bit % 24) & 1);
        quotient = 2 * quotient + (rest >= n);
        rest -= rest >= n ? n : 0;
    }
    if (quotient == 0 && rest == 0)
        return 0;
    for (; quotient < UINT64_C(1) << 60; shift++) {
        rest *= 2;
        quotient = 2 * quotient + (rest >= n);
        rest -= rest >= n ? n : 0;
    }
    return sign * ldexp((double)(quotient | (rest != 0)), -shift);
}

/* Sums of potentials: high 2^64 + low. */
struct total {
    uint64_t high, low;
};

static void total_add(struct total *sum, uint64_t value) {
    sum->low += value;
    sum->high += sum->low < value;
}

static bool total_less(struct total a, struct total b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

static struct total kmeans_reference_multiply(uint64_t a, uint64_t b) {
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    struct total product = {a1 * b1, a0 * b0};
    product.high += (a0 * b1 >> 32) + (a1 * b0 >> 32);
    total_add(&product, a0 * b1 << 32);
    total_add(&product, a1 * b0 << 32);
    return product;
}

/* floor(o v / 2^64) */
static struct total kmeans_reference_part_of(uint64_t o, struct total v) {
    struct total part = kmeans_reference_multiply(o, v.high);
    total_add(&part, kmeans_reference_multiply(o, v.low).high);
    return part;
}

static uint64_t kmeans_reference_output(uint64_t seed, uint64_t run, uint64_t n) {
    const uint64_t first = pcg_step(pcg_increment + seed);
    return pcg_rxs_m_xs(pcg_leap_from(pcg_leap_of(run * pcg_run_distance + n), first));
}

static double kmeans_reference_distance(const double *x, const double *c, uint32_t dims) {
    double s = 0;
    for (uint32_t d = 0; d < dims; d++) {
        const double t = x[d] - c[d];
        s = fma(t, t, s);
    }
    return s;
}

int32_t plait_kmeans_reference_label(const double *point, const double *centroids,
                                     uint32_t clusters, uint32_t dims) {
    int32_t label = 0;
    double least = kmeans_reference_distance(point, centroids, dims);
    for (uint32_t j = 1; j < clusters; j++) {
        const double w = kmeans_reference_distance(point, centroids + (size_t)j * dims, dims);
        if (w < least) {
            least = w;
            label = (int32_t)j;
        }
    }
    return label;
}

/* -- scales ------------------------------------------------------------------------------------ */

static int kmeans_reference_exponent_of(double value, int least) {
    int exponent = least;
    if (value > 0)
        frexp(value, &exponent);
    return exponent < least ? least : exponent;
}

/* S_d of each column into shifts; returns T. */
static int kmeans_reference_find_scales(const struct plait_kmeans_reference *run, int *shifts) {
    double u = 0;
    for (uint32_t d = 0; d < run->dims; d++) {
        double most = 0, high = run->values[d], low = high;
        for (uint64_t i = 0; i < run->points; i++) {
            const double x = run->values[i * run->dims + d];
            most = fmax(most, fabs(x));
            high = fmax(high, x);
            low = fmin(low, x);
        }
        for (uint32_t j = 0; run->given && j < run->clusters; j++) {
            const double c = run->given[(size_t)j * run->dims + d];
            high = fmax(high, c);
            low = fmin(low, c);
        }
        shifts[d] = 62 - kmeans_reference_exponent_of(most, -400);
        u = fma(high - low, high - low, u);
    }
    return 50 - kmeans_reference_exponent_of(u, -900);
}

static uint64_t kmeans_reference_potential(double w, int scale) {
    return (uint64_t)rint(ldexp(w, scale));
}

/* -- start ------------------------------------------------------------------------------------- */

static const double *kmeans_reference_sample_point(const struct plait_kmeans_reference *run,
                                                   uint64_t j, uint64_t sample) {
    const uint64_t n = run->points;
    const uint64_t o = kmeans_reference_output(run->seed, 2 * (uint64_t)run->restart, j);
    return run->values + (j * n + kmeans_reference_multiply(o, n).high) / sample * run->dims;
}

/* The place in the sample where the sum of potentials first exceeds z. */
static uint64_t kmeans_reference_drawn_place(const double *nearest, uint64_t sample, int scale,
                                             struct total z) {
    struct total sum = {0, 0};
    for (uint64_t i = 0; i < sample; i++) {
        total_add(&sum, kmeans_reference_potential(nearest[i], scale));
        if (total_less(z, sum))
            return i;
    }
    return sample - 1; /* not met: z is below the whole sum */
}

static bool kmeans_reference_start_plusplus(struct plait_kmeans_reference *run, int scale) {
    const uint64_t m = run->sample, draws = 2 * (uint64_t)run->restart + 1;
    const size_t row = run->dims * sizeof(double);
    double *nearest = malloc(m * sizeof *nearest);
    if (!nearest)
        return false;
    const uint64_t first =
        kmeans_reference_multiply(kmeans_reference_output(run->seed, draws, 0), m).high;
    memcpy(run->centroids, kmeans_reference_sample_point(run, first, m), row);
    for (uint64_t i = 0; i < m; i++)
        nearest[i] = kmeans_reference_distance(kmeans_reference_sample_point(run, i, m),
                                               run->centroids, run->dims);
    for (uint32_t s = 1; s < run->clusters; s++) {
        double *seed = run->centroids + (size_t)s * run->dims;
        const double *best = run->centroids;
        struct total v = {0, 0}, best_score = {UINT64_MAX, UINT64_MAX};
        for (uint64_t i = 0; i < m; i++)
            total_add(&v, kmeans_reference_potential(nearest[i], scale));
        for (uint32_t l = 0; l < run->trials && (v.high | v.low) != 0; l++) {
            const uint64_t o =
                kmeans_reference_output(run->seed, draws, 1 + (s - 1) * (uint64_t)run->trials + l);
            const double *candidate = kmeans_reference_sample_point(
                run,
                kmeans_reference_drawn_place(nearest, m, scale, kmeans_reference_part_of(o, v)), m);
            struct total score = {0, 0};
            for (uint64_t i = 0; i < m; i++) {
                const double w = kmeans_reference_distance(kmeans_reference_sample_point(run, i, m),
                                                           candidate, run->dims);
                total_add(&score, kmeans_reference_potential(fmin(nearest[i], w), scale));
            }
            if (total_less(score, best_score)) {
                best_score = score;
                best = candidate;
            }
        }
        memcpy(seed, best, row);
        for (uint64_t i = 0; i < m; i++)
            nearest[i] =
                fmin(nearest[i], kmeans_reference_distance(kmeans_reference_sample_point(run, i, m),
                                                           seed, run->dims));
    }
    free(nearest);
    return true;
}

static bool kmeans_reference_make_start(struct plait_kmeans_reference *run, int scale) {
    const size_t row = run->dims * sizeof(double);
    if (run->given)
        memcpy(run->centroids, run->given, run->clusters * row);
    else if (run->random)
        for (uint32_t j = 0; j < run->clusters; j++)
            memcpy(run->centroids + (size_t)j * run->dims,
                   kmeans_reference_sample_point(run, j, run->clusters), row);
    else
        return kmeans_reference_start_plusplus(run, scale);
    return true;
}

/* -- iteration --------------------------------------------------------------------------------- */

/* The empty clusters, in ascending order, take the points farthest from their centroids. */
static bool kmeans_reference_fill_empty(struct plait_kmeans_reference *run, const double *before) {
    double *far = malloc(run->points * sizeof *far);
    if (!far)
        return false;
    for (uint64_t i = 0; i < run->points; i++)
        far[i] = kmeans_reference_distance(run->values + i * run->dims,
                                           before + (size_t)run->labels[i] * run->dims, run->dims);
    for (uint32_t j = 0; j < run->clusters; j++) {
        if (run->counts[j] > 0)
            continue;
        uint64_t farthest = 0;
        for (uint64_t i = 1; i < run->points; i++)
            if (far[i] > far[farthest])
                farthest = i;
        if (far[farthest] > 0)
            memcpy(run->centroids + (size_t)j * run->dims, run->values + farthest * run->dims,
                   run->dims * sizeof(double));
        far[farthest] = 0;
    }
    free(far);
    return true;
}

static bool kmeans_reference_update(struct plait_kmeans_reference *run, const int *shifts) {
    const size_t size = (size_t)run->clusters * run->dims;
    double *before = malloc(size * sizeof *before);
    struct whole *sums = calloc(size, sizeof *sums);
    bool empty = false, done = before && sums;
    for (size_t k = 0; done && k < size; k++)
        before[k] = run->centroids[k];
    for (uint64_t i = 0; done && i < run->points; i++)
        for (uint32_t d = 0; d < run->dims; d++)
            whole_add(&sums[(size_t)run->labels[i] * run->dims + d],
                      rint(ldexp(run->values[i * run->dims + d], shifts[d])));
    for (uint32_t j = 0; done && j < run->clusters; j++) {
        empty |= run->counts[j] == 0;
        for (uint32_t d = 0; d < run->dims && run->counts[j] > 0; d++) {
            const size_t k = (size_t)j * run->dims + d;
            run->centroids[k] = ldexp(whole_divide(sums[k], run->counts[j]), -shifts[d]);
        }
    }
    done = done && (!empty || kmeans_reference_fill_empty(run, before));
    free(before);
    free(sums);
    return done;
}

/* New labels and counts; returns how many labels changed. */
static uint64_t kmeans_reference_relabel(struct plait_kmeans_reference *run) {
    uint64_t changed = 0;
    memset(run->counts, 0, run->clusters * sizeof *run->counts);
    for (uint64_t i = 0; i < run->points; i++) {
        const int32_t label = plait_kmeans_reference_label(
            run->values + i * run->dims, run->centroids, run->clusters, run->dims);
        changed += label != run->labels[i];
        run->labels[i] = label;
        run->counts[label]++;
    }
    return changed;
}

bool plait_kmeans_by_reference(struct plait_kmeans_reference *run) {
    int *shifts = malloc(run->dims * sizeof *shifts);
    if (!shifts)
        return false;
    memset(run->labels, 0, run->points * sizeof *run->labels);
    run->scale = kmeans_reference_find_scales(run, shifts);
    bool done = kmeans_reference_make_start(run, run->scale);
    if (done)
        kmeans_reference_relabel(run);
    for (run->steps = 0; done && run->steps < run->steps_max;) {
        run->steps++;
        done = kmeans_reference_update(run, shifts);
        if (done && kmeans_reference_relabel(run) <= run->changed_max)
            break;
    }
    free(shifts);
    struct total inertia = {0, 0};
    for (uint64_t i = 0; done && i < run->points; i++)
        total_add(&inertia, kmeans_reference_potential(
                                kmeans_reference_distance(
                                    run->values + i * run->dims,
                                    run->centroids + (size_t)run->labels[i] * run->dims, run->dims),
                                run->scale));
    run->inertia_high = inertia.high;
    run->inertia_low = inertia.low;
    for (size_t k = 0; k < (size_t)run->clusters * run->dims; k++)
        run->centroids[k] += 0.0; /* -0 becomes 0 */
    return done;
}
