/* SPDX-License-Identifier: MIT
 * Samples at multiples of the golden ratio. */
#include "plait/sample.h"

uint64_t plait_sample(uint64_t count, uint64_t k) {
    /* 2^64 over the golden ratio, so that `place` is the multiple modulo 1, in units of 2^-64. */
    const uint64_t place = (k + 1) * UINT64_C(0x9E3779B97F4A7C15);
    /* place * count / 2^64, rounded down, in digits of 32 bits: 32-bit compilers have no 128. */
    const uint64_t p1 = place >> 32, p0 = (uint32_t)place;
    const uint64_t c1 = count >> 32, c0 = (uint32_t)count;
    const uint64_t low = p1 * c0 + (p0 * c0 >> 32);
    const uint64_t middle = p0 * c1 + (uint32_t)low;
    return p1 * c1 + (low >> 32) + (middle >> 32);
}
