/* SPDX-License-Identifier: MIT
 * Hits of single darts and the bounds that decide most of them, for the scalar path, for the tails
 * of the others and for the rare dart near the circle. static inline only: files with different
 * flags include it. */
#ifndef PLAIT_ARCH_DARTS_EXACT_H
#define PLAIT_ARCH_DARTS_EXACT_H

#include "darts.h"
#include "pcg.h"

/* A dart lies in a cell [v, v + 1) x [u, u + 1) of a grid of 65536 x 65536 cells, where v and u are
 * the upper 16 bits of its coordinates. With sum = v^2 + u^2, at most 2^31: below NEAR the cell
 * lies inside the circle of radius 2^15, from FAR on outside, in between its darts are refined.
 * That holds for both generators and for no narrower bounds (tests/unit/test_darts_paths.c looks at
 * every cell along the circle). */
enum { DARTS_NEAR = 1073649197, DARTS_FAR = 1073834474 };

static inline uint32_t darts_sum_of_squares(uint32_t v, uint32_t u) {
    const int32_t x = (int16_t)v, y = (int16_t)u;
    return (uint32_t)(x * x) + (uint32_t)(y * y);
}

/* x^2 + y^2 < 2^96 for |x|, |y| < 2^48, without numbers of 128 bits, which 32-bit compilers lack:
 * in digits of 24 bits every product has 48, and carries need no more than 50. */
static inline bool darts_is_inside_96(int64_t x, int64_t y) {
    const uint64_t mask = (UINT64_C(1) << 24) - 1;
    const uint64_t a = (uint64_t)(x < 0 ? -x : x), b = (uint64_t)(y < 0 ? -y : y);
    const uint64_t a1 = a >> 24, a0 = a & mask, b1 = b >> 24, b0 = b & mask;
    const uint64_t middle = 2 * (a1 * a0 + b1 * b0) + ((a0 * a0 + b0 * b0) >> 24);
    return a1 * a1 + b1 * b1 + (middle >> 24) < UINT64_C(1) << 48;
}

/* A dart of rxs64 by all its bits: 33 more in each direction, drawn from the output that it came
 * from. */
static inline bool darts_refined_rxs64(uint64_t out, bool odd) {
    const uint64_t key = odd ? UINT64_C(0x9E3779B97F4A7C15) : UINT64_C(0xD1B54A32D192ED03);
    const uint64_t fine = pcg_rxs_m_xs(out + key);
    const uint32_t half = (uint32_t)(odd ? out >> 32 : out);
    const int64_t v = (int16_t)half, u = (int16_t)(half >> 16);
    return darts_is_inside_96(v * (INT64_C(1) << 33) + 2 * (int64_t)(uint32_t)fine + 1,
                              u * (INT64_C(1) << 33) + 2 * (int64_t)(fine >> 32) + 1);
}

static inline bool darts_hit_rxs64(uint64_t out, bool odd) {
    const uint32_t half = (uint32_t)(odd ? out >> 32 : out);
    const uint32_t sum = darts_sum_of_squares(half, half >> 16);
    return sum - DARTS_NEAR < DARTS_FAR - DARTS_NEAR ? darts_refined_rxs64(out, odd)
                                                     : sum < DARTS_NEAR;
}

/* The dart whose first output has this state. The corner (-2^31, -2^31) gives 2^63: unsigned. */
static inline bool darts_hit_pcg32(uint64_t state) {
    const int64_t x = (int32_t)pcg_xsh_rr(state), y = (int32_t)pcg_xsh_rr(pcg_step(state));
    return (uint64_t)(x * x) + (uint64_t)(y * y) < UINT64_C(1) << 62;
}

/* Takes the first dart from a job and returns whether it hits. */
static inline bool darts_take_one(struct plait_darts_job *job) {
    bool hit;
    if (job->pcg32) {
        hit = darts_hit_pcg32(job->state);
        job->state = pcg_step(pcg_step(job->state));
    } else {
        hit = darts_hit_rxs64(pcg_rxs_m_xs(job->state), job->odd);
        job->state = job->odd ? pcg_step(job->state) : job->state;
        job->odd = !job->odd;
    }
    job->count--;
    return hit;
}

#endif
