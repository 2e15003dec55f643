/* SPDX-License-Identifier: MIT
 * The reference of the darts: the contract of docs/determinism.md in plain C. It is kept as plain
 * as possible, shares no code with the paths and is never tuned; every path is tested against it,
 * and it is tested against known answers that this code did not produce. */
#include "../darts.h"

static uint64_t step(uint64_t s) {
    return UINT64_C(6364136223846793005) * s + UINT64_C(1442695040888963407);
}

static uint64_t rxs(uint64_t s) {
    const uint64_t w = ((s >> ((s >> 59) + 5)) ^ s) * UINT64_C(12605985483714917081);
    return (w >> 43) ^ w;
}

static uint32_t rr(uint64_t s) {
    const uint32_t x = (uint32_t)(((s >> 18) ^ s) >> 27);
    const uint32_t r = (uint32_t)(s >> 59);
    return r == 0 ? x : (x >> r) | (x << (32 - r));
}

/* x^2 + y^2 < 2^96 for |x|, |y| < 2^48, whose squares do not fit 64 bits. Written in digits of 24
 * bits, x = x1 2^24 + x0, the sum is
 *     (x1^2 + y1^2) 2^48  +  2 (x1 x0 + y1 y0) 2^24  +  (x0^2 + y0^2),
 * each bracket below 2^50. Carrying the two lower ones upwards leaves the sum divided by 2^48 and
 * rounded down, which is below 2^48 exactly when the sum is below 2^96. */
static bool is_inside_96(int64_t x, int64_t y) {
    const uint64_t digit = UINT64_C(1) << 24;
    const uint64_t a = (uint64_t)(x < 0 ? -x : x), b = (uint64_t)(y < 0 ? -y : y);
    const uint64_t a1 = a / digit, a0 = a % digit, b1 = b / digit, b0 = b % digit;
    const uint64_t low = a0 * a0 + b0 * b0;
    const uint64_t middle = 2 * (a1 * a0 + b1 * b0) + low / digit;
    const uint64_t high = a1 * a1 + b1 * b1 + middle / digit;
    return high < digit * digit;
}

static struct plait_darts_point rxs64_point(uint64_t state, bool odd) {
    const uint64_t out = rxs(state);
    const uint64_t fine =
        rxs(out + (odd ? UINT64_C(0x9E3779B97F4A7C15) : UINT64_C(0xD1B54A32D192ED03)));
    const uint32_t half = (uint32_t)(odd ? out >> 32 : out);
    const int64_t v = (int16_t)(half & 0xffff), u = (int16_t)(half >> 16);
    struct plait_darts_point p;
    p.x = v * (INT64_C(1) << 33) + 2 * (int64_t)(fine & 0xffffffff) + 1;
    p.y = u * (INT64_C(1) << 33) + 2 * (int64_t)(fine >> 32) + 1;
    p.hit = is_inside_96(p.x, p.y);
    return p;
}

static struct plait_darts_point pcg32_point(uint64_t state) {
    struct plait_darts_point p;
    p.x = (int32_t)rr(state);
    p.y = (int32_t)rr(step(state));
    /* Unsigned: the corner (-2^31, -2^31) has 2^63. */
    p.hit = (uint64_t)(p.x * p.x) + (uint64_t)(p.y * p.y) < UINT64_C(1) << 62;
    return p;
}

struct plait_darts_point plait_darts_reference_point(const struct plait_darts_job *job) {
    return job->pcg32 ? pcg32_point(job->state) : rxs64_point(job->state, job->odd);
}

void plait_darts_reference_next(struct plait_darts_job *job) {
    if (job->pcg32)
        job->state = step(step(job->state));
    else if (job->odd)
        job->state = step(job->state);
    job->odd = !job->pcg32 && !job->odd;
    job->count--;
}

uint64_t plait_darts_reference(const struct plait_darts_job *job) {
    uint64_t hits = 0;
    for (struct plait_darts_job left = *job; left.count > 0; plait_darts_reference_next(&left))
        hits += plait_darts_reference_point(&left).hit;
    return hits;
}
