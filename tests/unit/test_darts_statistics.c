/* SPDX-License-Identifier: MIT
 * That runs are independent, judged by what a study of pi would see: correlations between runs, and
 * the spread of 64 estimates. Seeds are fixed, so a result is right or wrong for ever. */
#include "check.h"

#include "plait/plait.h"

#include "../../arch/darts_exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 64 };

static const double p_hit = 0.78539816339744831; /* pi / 4 */

/* One bit per dart, hit or not, of the first 64 * words darts from `state` on. */
static void throw_bits(uint64_t state, uint64_t *bits, size_t words) {
    for (size_t w = 0; w < words; w++) {
        uint64_t word = 0;
        for (int k = 0; k < 64; k += 2) {
            const uint64_t out = pcg_rxs_m_xs(state);
            word |= (uint64_t)darts_hit_rxs64(out, false) << k;
            word |= (uint64_t)darts_hit_rxs64(out, true) << (k + 1);
            state = pcg_step(state);
        }
        bits[w] = word;
    }
}

static uint64_t count_common(const uint64_t *a, const uint64_t *b, size_t words) {
    uint64_t common = 0;
    for (size_t w = 0; w < words; w++)
        common += (uint64_t)__builtin_popcountll(a[w] & b[w]);
    return common;
}

/* The root mean square, over all pairs of 64 runs spaced `spacing` outputs apart, of the
 * correlation of their darts times sqrt(darts): 1 for independent runs, give or take 0.016. */
static double rms_z_of_pairs(uint64_t spacing, size_t words) {
    const double darts = 64.0 * (double)words;
    uint64_t *bits = malloc(RUNS * words * sizeof *bits);
    double hits[RUNS], squares = 0;
    if (!bits)
        abort();
    for (uint64_t r = 0; r < RUNS; r++) {
        throw_bits(plait_pcg_jump(plait_pcg_seed(42), r * spacing), bits + r * words, words);
        hits[r] = (double)count_common(bits + r * words, bits + r * words, words);
    }
    for (size_t i = 0; i < RUNS; i++)
        for (size_t j = 0; j < i; j++) {
            const double both = (double)count_common(bits + i * words, bits + j * words, words);
            const double z = (both - hits[i] * hits[j] / darts) / (p_hit * (1 - p_hit));
            squares += z * z / darts;
        }
    free(bits);
    return sqrt(squares / (RUNS * (RUNS - 1) / 2.0));
}

static void test_pairs_of_runs(void) {
    const size_t words = check_is_quick() ? 1 << 8 : 1 << 16; /* 2^22 darts */
    const double ours = rms_z_of_pairs(UINT64_C(0x9E3779B97F4A7C15), words);
    printf("rms z of pairs: %.3f\n", ours);
    CHECK(ours >= 0.9 && ours <= 1.1);
    if (check_is_quick()) /* so few darts do not show it */
        return;
    /* The test can see what it looks for: runs a power of two apart share their low bits. */
    const double power = rms_z_of_pairs(UINT64_C(1) << 58, words);
    printf("rms z of pairs 2^58 apart: %.3f\n", power);
    CHECK(power > 2);
}

/* Sum over 64 runs of the squared deviation from the expected hits, in variances: chi-square with
 * 64 degrees of freedom, mean 64, variance 128. */
static double chi_square(enum plait_generator generator, uint64_t seed, uint64_t darts,
                         const struct plait_exec *exec) {
    double sum = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        uint64_t hits = 0;
        const struct plait_darts_range range = {generator, seed, run, 0, darts};
        CHECK_INT(PLAIT_OK, plait_darts_hits(&range, exec, &hits));
        const double deviation = (double)hits - (double)darts * p_hit;
        sum += deviation * deviation / ((double)darts * p_hit * (1 - p_hit));
    }
    return sum;
}

static void check_spread(enum plait_generator generator) {
    enum { SEEDS = 40 };
    const uint64_t darts = check_is_quick() ? 1 << 10 : 1 << 20;
    struct plait_exec exec;
    double sum = 0;
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 0));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const double one = chi_square(generator, seed, darts, &exec);
        CHECK(one > 64 - 4 * sqrt(128) && one < 64 + 6 * sqrt(128));
        sum += one;
    }
    const double z = (sum - SEEDS * RUNS) / sqrt(2.0 * SEEDS * RUNS);
    printf("chi-square over %d seeds: %.1f for %d, z = %.2f\n", SEEDS, sum, SEEDS * RUNS, z);
    CHECK(fabs(z) < 4);
}

static void test_spread_of_runs(void) {
    check_spread(PLAIT_RXS64);
    check_spread(PLAIT_PCG32);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"pairs of runs", test_pairs_of_runs},
        {"spread of runs", test_spread_of_runs},
        {0},
    };
    return check_main("darts_statistics", tests, argc, argv);
}
