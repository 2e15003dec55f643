/* SPDX-License-Identifier: MIT
 * The orbit of random numbers that all darts come from: PCG's generator "oneseq" (M. E. O'Neill,
 * 2014), s -> 6364136223846793005 s + 1442695040888963407 modulo 2^64, of period 2^64. An output
 * is taken from a state before it steps on. States are plain numbers: to go on, keep one. */
#ifndef PLAIT_PCG_H
#define PLAIT_PCG_H

#include "plait/api.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How outputs are made of states. */
enum plait_generator {
    PLAIT_RXS64, /* RXS-M-XS 64/64, as pcg-cpp's oneseq_rxs_m_xs_64_64: a permutation of the state
                  */
    PLAIT_PCG32, /* XSH-RR 64/32, as pcg-c's pcg32_oneseq: 32 bits a state */
};

/* The first state of a seed, as pcg-c and pcg-cpp seed oneseq. */
PLAIT_API uint64_t plait_pcg_seed(uint64_t seed);

/* The state n steps on, in about 64 multiplications (F. Brown, "Random number generation with
 * arbitrary strides", 1994). n steps back are 2^64 - n steps on. */
PLAIT_API uint64_t plait_pcg_jump(uint64_t state, uint64_t n);

/* The first state of run `run`: 0x9E3779B97F4A7C15 * run steps after the seed's. The factor is odd
 * and close to 2^64 over the golden ratio, which keeps runs far apart, however many there are, and
 * their low bits different: runs a power of two apart would be correlated. */
PLAIT_API uint64_t plait_pcg_run(uint64_t seed, uint64_t run);

/* Writes the outputs of `count` states from `state` on, and returns the state that follows them.
 * Outputs of PLAIT_PCG32 are below 2^32. */
PLAIT_API uint64_t plait_pcg_outputs(enum plait_generator generator, uint64_t state, size_t count,
                                     uint64_t *outputs);

#ifdef __cplusplus
}
#endif

#endif
