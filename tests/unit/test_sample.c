/* SPDX-License-Identifier: MIT
 * Samples: in range, spread, and the exact product that they are defined by. */
#include "check.h"
#include "random_draw.h"

#include "plait/sample.h"

/* floor(a b / 2^64) bit by bit. */
static uint64_t upper_half(uint64_t a, uint64_t b) {
    uint64_t high = 0, low = 0;
    for (int bit = 63; bit >= 0; bit--) {
        high = high << 1 | low >> 63;
        low <<= 1;
        if (a >> bit & 1) {
            low += b;
            high += low < b;
        }
    }
    return high;
}

static void samples_are_exact(void) {
    uint64_t random = check_seed();
    for (int n = 0; n < 10000; n++) {
        const uint64_t count = random_draw(&random) >> random_draw(&random) % 64 | 1;
        const uint64_t k = random_draw(&random) >> random_draw(&random) % 64;
        const uint64_t place = (k + 1) * UINT64_C(0x9E3779B97F4A7C15);
        CHECK_HEX(upper_half(place, count), plait_sample(count, k));
    }
    CHECK_INT(648055, (int64_t)plait_sample(1 << 20, 0)); /* 0.6180339... of 1048576 */
    CHECK_INT(247535, (int64_t)plait_sample(1 << 20, 1));
}

/* Few or many, of any number of things: in range, and no gap is much longer than another. */
static void samples_are_spread(void) {
    const uint64_t counts[] = {1, 2, 401, 1 << 20, (UINT64_C(1) << 62) - 1, UINT64_MAX};
    for (int c = 0; c < 6; c++)
        for (uint64_t k = 0; k < 1000; k++)
            CHECK(plait_sample(counts[c], k) < counts[c]);
    int32_t quarters[4] = {0};
    for (uint64_t k = 0; k < 16; k++)
        quarters[plait_sample(1 << 20, k) >> 18]++;
    for (int q = 0; q < 4; q++)
        CHECK(quarters[q] >= 3 && quarters[q] <= 5);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"samples are exact", samples_are_exact},
        {"samples are spread", samples_are_spread},
        {0},
    };
    return check_main("sample", tests, argc, argv);
}
