/* SPDX-License-Identifier: MIT
 * The scalar path of the darts: output by output, refined where the cell does not decide. */
#include "../darts_exact.h"

static uint64_t hits_rxs64(uint64_t state, uint64_t outputs) {
    uint64_t hits = 0;
    for (uint64_t k = 0; k < outputs; k++) {
        const uint64_t out = pcg_rxs_m_xs(state);
        hits += darts_hit_rxs64(out, false);
        hits += darts_hit_rxs64(out, true);
        state = pcg_step(state);
    }
    return hits;
}

static uint64_t hits_pcg32(uint64_t state, uint64_t darts) {
    uint64_t hits = 0;
    for (uint64_t k = 0; k < darts; k++) {
        hits += darts_hit_pcg32(state);
        state = pcg_step(pcg_step(state));
    }
    return hits;
}

plait_darts_hits_fn plait_darts_hits_scalar;

uint64_t plait_darts_hits_scalar(const struct plait_darts_job *job) {
    if (job->pcg32)
        return hits_pcg32(job->state, job->count);
    struct plait_darts_job left = *job;
    uint64_t hits = 0;
    if (left.odd && left.count > 0)
        hits += darts_take_one(&left);
    hits += hits_rxs64(left.state, left.count / 2);
    left.state = pcg_leap_from(pcg_leap_of(left.count / 2), left.state);
    left.count %= 2;
    if (left.count > 0)
        hits += darts_take_one(&left);
    return hits;
}
