/* SPDX-License-Identifier: MIT
 * Additions in independent chains, so that nothing but the number of vector units limits them. Any
 * unit adds; multiplications, shifts and masks have fewer, so the bound is one that no code
 * reaches. An including file brings the vocabulary ivec_<isa>.h and VEC_REGISTER, and gets
 * bound_integer_add. */
#include "bound.h"

enum { CHAINS = 12 }; /* more than units times latency, no more than registers */

/* Makes the compiler believe that v is used and changed. */
static inline void keep_integer(ivec_t *v) {
    __asm__ volatile("" : "+" VEC_REGISTER(*v));
}

static double bound_integer_add(uint64_t rounds) {
    ivec_t chain[CHAINS], term = ivec_set1(1);
    keep_integer(&term);
#pragma GCC unroll 16
    for (int k = 0; k < CHAINS; k++)
        chain[k] = term;
    for (uint64_t done = 0; done < rounds; done++)
#pragma GCC unroll 4
        for (int repeat = 0; repeat < 4; repeat++)
#pragma GCC unroll 16
            for (int k = 0; k < CHAINS; k++) {
                chain[k] = ivec_add(chain[k], term);
                keep_integer(&chain[k]);
            }
    return (double)rounds * 4 * CHAINS;
}
