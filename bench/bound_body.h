/* SPDX-License-Identifier: MIT
 * What the arithmetic units of this machine can do at most, by path: loops without memory, without
 * branches but their own, of independent chains, so that nothing but the units limits them.
 *
 * A step of the escape kernel is four operations: three fused multiply-adds and one addition. Where
 * units that multiply and units that add are apart (Zen 4: one zmm each a cycle, Zen 5: two each),
 * three operations on the first limit it; where one kind does both (Intel, most Arm), all four do.
 * Rather than know, the mix is measured. An including file brings the vocabulary vec_<isa>.h and
 * the names BOUND_MIX, BOUND_FMA and BOUND_ADD of the functions it gets. */
#include "bound.h"

enum {
    CHAINS = 3
}; /* of each of four operations: nine hide 4 cycles on 2 units, 14 registers hold all */

/* Makes the compiler believe that v is used and changed. */
static inline void keep(vec_t *v) {
    __asm__ volatile("" : "+" VEC_REGISTER(*v));
}

/* Rounds of CHAINS times `fmas` multiply-adds and `adds` additions, each chain its own. */
static inline void run_chains(uint64_t rounds, int fmas, int adds) {
    vec_t f[3][CHAINS], a[3][CHAINS];
    vec_t factor = vec_set1(0.5), term = vec_set1(0.25);
    keep(&factor);
    keep(&term);
#pragma GCC unroll 16
    for (int k = 0; k < CHAINS; k++)
        for (int m = 0; m < 3; m++)
            f[m][k] = a[m][k] = term;
    for (uint64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 16
        for (int k = 0; k < CHAINS; k++) {
#pragma GCC unroll 16
            for (int m = 0; m < fmas; m++)
                f[m][k] = vec_fma(f[m][k], factor, term);
#pragma GCC unroll 16
            for (int m = 0; m < adds; m++)
                a[m][k] = vec_add(a[m][k], term);
        }
    }
#pragma GCC unroll 16
    for (int k = 0; k < CHAINS; k++)
        for (int m = 0; m < 3; m++) {
            keep(&f[m][k]);
            keep(&a[m][k]);
        }
}

double BOUND_MIX(uint64_t rounds) {
    run_chains(rounds, 3, 1);
    return (double)rounds * CHAINS * VEC_LANES;
}

double BOUND_FMA(uint64_t rounds) {
    run_chains(rounds, 3, 0);
    return (double)rounds * CHAINS * VEC_LANES * 3;
}

double BOUND_ADD(uint64_t rounds) {
    run_chains(rounds, 0, 3);
    return (double)rounds * CHAINS * VEC_LANES * 3;
}
