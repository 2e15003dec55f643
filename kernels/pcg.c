/* SPDX-License-Identifier: MIT
 * The orbit of random numbers: seed, jump, run starts and raw outputs. */
#include "plait/pcg.h"

#include "../arch/pcg.h"

uint64_t plait_pcg_seed(uint64_t seed) {
    return pcg_step(pcg_increment + seed);
}

uint64_t plait_pcg_jump(uint64_t state, uint64_t n) {
    return pcg_leap_from(pcg_leap_of(n), state);
}

uint64_t plait_pcg_run(uint64_t seed, uint64_t run) {
    return plait_pcg_jump(plait_pcg_seed(seed), run * pcg_run_distance);
}

uint64_t plait_pcg_outputs(enum plait_generator generator, uint64_t state, size_t count,
                           uint64_t *outputs) {
    for (size_t k = 0; k < count; k++) {
        outputs[k] = generator == PLAIT_PCG32 ? pcg_xsh_rr(state) : pcg_rxs_m_xs(state);
        state = pcg_step(state);
    }
    return state;
}
