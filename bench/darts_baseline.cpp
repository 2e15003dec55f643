/* SPDX-License-Identifier: MIT
 * The baseline of bench_darts: what a careful program does without Plait, PCG's own generator drawn
 * twice per dart and the hit decided in double. */
#include "darts_baseline.h"

#include <pcg_random.hpp>

uint64_t darts_baseline(uint64_t seed, uint64_t darts) {
    pcg32_oneseq random(seed);
    uint64_t hits = 0;
    for (uint64_t k = 0; k < darts; k++) {
        const double x = static_cast<std::int32_t>(random()) * 0x1p-31;
        const double y = static_cast<std::int32_t>(random()) * 0x1p-31;
        hits += x * x + y * y < 1;
    }
    return hits;
}
