/* SPDX-License-Identifier: MIT
 * A step of the escape kernel is four operations: three fused multiply-adds and one addition. Where
 * units that multiply and units that add are separate (Zen 4: one zmm each per cycle, Zen 5: two
 * each), the multiply-adds alone limit it; where one kind does both (Intel, most Arm), all four do.
 * Rather than know, kernels/limit.c and bench_escape.c compare the mix with the multiply-adds. The
 * mix alone would be no bound: a core may read too few registers in a cycle for three operands of
 * each, of which the kernel finds more on the way from other operations. An including file brings
 * the vocabulary vec_<isa>.h and VEC_REGISTER, and gets bound_mix, bound_fma and bound_add. */
#include "bound.h"

/* Nine chains hide the 4 cycles of an operation on two units, and fit into 16 registers with three
 * more and the two operands. They are written out by macros: in arrays, not every compiler keeps
 * them in registers. */
#define THREE(op) op(0) op(1) op(2)
#define NINE(op) THREE(op) op(3) op(4) op(5) op(6) op(7) op(8)
#define START_F(k)     \
    vec_t f##k = term; \
    keep_double(&f##k);
#define START_A(k)     \
    vec_t a##k = term; \
    keep_double(&a##k);
#define FMA(k) f##k = vec_fma(f##k, factor, term);
#define ADD(k) a##k = vec_add(a##k, term);
#define END_F(k) keep_double(&f##k);
#define END_A(k) keep_double(&a##k);

/* Makes the compiler believe that v is used and changed. Chains that it knew to be equal it would
 * make one of. */
static inline __attribute__((always_inline)) void keep_double(vec_t *v) {
    __asm__ volatile("" : "+" VEC_REGISTER(*v));
}

/* Steps of the escape kernel, as far as arithmetic goes: three multiply-adds and one addition each.
 */
static double bound_mix(uint64_t rounds) {
    vec_t factor = vec_set1(0.5), term = vec_set1(0.25);
    keep_double(&factor);
    keep_double(&term);
    NINE(START_F)
    THREE(START_A)
    for (uint64_t r = 0; r < rounds; r++) {
        FMA(0) FMA(1) FMA(2) ADD(0) FMA(3) FMA(4) FMA(5) ADD(1) FMA(6) FMA(7) FMA(8) ADD(2)
    }
    NINE(END_F)
    THREE(END_A)
    return (double)rounds * 3 * VEC_LANES;
}

static double bound_fma(uint64_t rounds) {
    vec_t factor = vec_set1(0.5), term = vec_set1(0.25);
    keep_double(&factor);
    keep_double(&term);
    NINE(START_F)
    for (uint64_t r = 0; r < rounds; r++) {
        NINE(FMA)
    }
    NINE(END_F)
    return (double)rounds * 9 * VEC_LANES;
}

static double bound_add(uint64_t rounds) {
    vec_t term = vec_set1(0.25);
    keep_double(&term);
    NINE(START_A)
    for (uint64_t r = 0; r < rounds; r++) {
        NINE(ADD)
    }
    NINE(END_A)
    return (double)rounds * 9 * VEC_LANES;
}
