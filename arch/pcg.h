/* SPDX-License-Identifier: MIT
 * The orbit that all darts come from, PCG's "oneseq" generator of 64 bits, and its two output
 * functions (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good
 * Algorithms for Random Number Generation", 2014). All arithmetic is modulo 2^64.
 *
 * static inline only: files with different flags include it. */
#ifndef PLAIT_ARCH_PCG_H
#define PLAIT_ARCH_PCG_H

#include <stdint.h>

static const uint64_t pcg_multiplier = UINT64_C(6364136223846793005);
static const uint64_t pcg_increment = UINT64_C(1442695040888963407);
static const uint64_t pcg_rxs_multiplier = UINT64_C(12605985483714917081);
/* Outputs from the start of a run to that of the next. */
static const uint64_t pcg_run_distance = UINT64_C(0x9E3779B97F4A7C15);

/* Several steps in one: state -> multiplier * state + increment. */
struct pcg_leap {
    uint64_t multiplier, increment;
};

static inline uint64_t pcg_leap_from(struct pcg_leap leap, uint64_t state) {
    return leap.multiplier * state + leap.increment;
}

static inline uint64_t pcg_step(uint64_t state) {
    return pcg_multiplier * state + pcg_increment;
}

/* n steps by square-and-multiply (F. Brown, "Random number generation with arbitrary strides",
 * 1994). The orbit has 2^64 states, so a step back is a leap of 2^64 - 1. */
static inline struct pcg_leap pcg_leap_of(uint64_t n) {
    struct pcg_leap leap = {1, 0};
    struct pcg_leap power = {pcg_multiplier, pcg_increment}; /* 1, 2, 4, ... steps */
    for (; n > 0; n >>= 1) {
        if (n & 1) {
            leap.multiplier *= power.multiplier;
            leap.increment = leap.increment * power.multiplier + power.increment;
        }
        power.increment *= power.multiplier + 1;
        power.multiplier *= power.multiplier;
    }
    return leap;
}

/* Output of RXS-M-XS 64/64. */
static inline uint64_t pcg_rxs_m_xs(uint64_t state) {
    const uint64_t word = ((state >> ((state >> 59) + 5)) ^ state) * pcg_rxs_multiplier;
    return (word >> 43) ^ word;
}

/* Output of XSH-RR 64/32. */
static inline uint32_t pcg_xsh_rr(uint64_t state) {
    const uint32_t word = (uint32_t)(((state >> 18) ^ state) >> 27);
    const uint32_t rotation = (uint32_t)(state >> 59);
    return (word >> rotation) | (word << ((32 - rotation) & 31));
}

#endif
