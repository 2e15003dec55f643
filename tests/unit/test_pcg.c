/* SPDX-License-Identifier: MIT
 * The orbit: seeds, jumps forward and back, run starts, outputs. test_pcg_oracle.cpp
 * compares many more with those of PCG's own code. */
#include "check.h"
#include "random_draw.h"

#include "plait/plait.h"

static void test_first_outputs(void) {
    static const uint64_t rxs64[] = {UINT64_C(0x27a53829edf003a9), UINT64_C(0xdf28458e5c04c31c),
                                     UINT64_C(0x2756dc550bc36037)};
    static const uint64_t pcg32[] = {0xc2f57bd6, 0x6b07c4a9, 0x72b7b29b, 0x44215383};
    uint64_t outputs[4];
    plait_pcg_outputs(PLAIT_RXS64, plait_pcg_seed(42), 3, outputs);
    for (int k = 0; k < 3; k++)
        CHECK_HEX(rxs64[k], outputs[k]);
    plait_pcg_outputs(PLAIT_PCG32, plait_pcg_seed(42), 4, outputs);
    for (int k = 0; k < 4; k++)
        CHECK_HEX(pcg32[k], outputs[k]);
}

/* plait_pcg_outputs returns the next state: n steps one by one. */
static uint64_t walk(uint64_t state, uint64_t n) {
    uint64_t sink[64];
    for (; n > 64; n -= 64)
        state = plait_pcg_outputs(PLAIT_RXS64, state, 64, sink);
    return plait_pcg_outputs(PLAIT_PCG32, state, n, sink);
}

static void test_jump_is_steps(void) {
    uint64_t random = check_seed();
    for (uint64_t n = 0; n < 300; n++) {
        const uint64_t state = random_draw(&random);
        CHECK_HEX(walk(state, n), plait_pcg_jump(state, n));
    }
    for (int k = 0; k < 10; k++) {
        const uint64_t state = random_draw(&random), n = random_draw(&random) % 1000000;
        CHECK_HEX(walk(state, n), plait_pcg_jump(state, n));
    }
}

static void test_jump_back(void) {
    uint64_t random = check_seed();
    for (int k = 0; k < 1000; k++) {
        const uint64_t state = random_draw(&random), n = random_draw(&random),
                       m = random_draw(&random);
        CHECK_HEX(state, plait_pcg_jump(plait_pcg_jump(state, n), 0 - n));
        CHECK_HEX(plait_pcg_jump(state, n + m), plait_pcg_jump(plait_pcg_jump(state, n), m));
        CHECK_HEX(state, plait_pcg_jump(walk(state, 17), UINT64_MAX - 16));
    }
}

static void test_seeds_and_runs(void) {
    static const uint64_t seeds[] = {0, 1, 42, UINT64_MAX};
    const uint64_t g = UINT64_C(0x9E3779B97F4A7C15);
    for (size_t k = 0; k < sizeof seeds / sizeof *seeds; k++) {
        const uint64_t start = plait_pcg_seed(seeds[k]);
        /* A seed is the state after a step from increment + seed. */
        CHECK_HEX(UINT64_C(1442695040888963407) + seeds[k], plait_pcg_jump(start, UINT64_MAX));
        CHECK_HEX(start, plait_pcg_run(seeds[k], 0));
        CHECK_HEX(plait_pcg_jump(start, g), plait_pcg_run(seeds[k], 1));
        CHECK_HEX(plait_pcg_jump(plait_pcg_run(seeds[k], 62), g), plait_pcg_run(seeds[k], 63));
        CHECK_HEX(plait_pcg_jump(start, g << 31), plait_pcg_run(seeds[k], UINT64_C(1) << 31));
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"first outputs", test_first_outputs},
        {"a jump is that many steps", test_jump_is_steps},
        {"jump back", test_jump_back},
        {"seeds and runs", test_seeds_and_runs},
        {0},
    };
    return check_main("pcg", tests, argc, argv);
}
