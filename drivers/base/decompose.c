/* SPDX-License-Identifier: MIT
 * Block decomposition and samples. */
#include "base/decompose.h"

uint64_t decompose_block(uint64_t units, uint64_t parts, uint64_t part) {
    return units / parts + (part < units % parts ? 1 : 0);
}

/* Multiples of the golden ratio, modulo 1 (Knuth, TAOCP vol. 3, 6.4). */
uint64_t decompose_sample(uint64_t units, uint64_t k) {
    const uint64_t place = (k + 1) * UINT64_C(0x9E3779B97F4A7C15);
    const uint64_t unit = (uint64_t)((double)units * ((double)(place >> 11) * 0x1p-53));
    return unit < units ? unit : units - 1; /* a large number is rounded to a double */
}
