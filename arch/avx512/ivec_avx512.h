/* SPDX-License-Identifier: MIT
 * The vocabulary of integers for AVX-512: eight lanes of 64 bits, which some words see as sixteen
 * of 32 or thirty-two of 16. */
#ifndef PLAIT_ARCH_IVEC_AVX512_H
#define PLAIT_ARCH_IVEC_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

enum { IVEC_LANES = 8 };
typedef __m512i ivec_t;

static inline ivec_t ivec_set1(uint64_t v) {
    return _mm512_set1_epi64((long long)v);
}
static inline ivec_t ivec_load(const uint64_t *p) {
    return _mm512_loadu_si512(p);
}
static inline void ivec_store(uint64_t *p, ivec_t v) {
    _mm512_storeu_si512(p, v);
}
static inline ivec_t ivec_add(ivec_t a, ivec_t b) {
    return _mm512_add_epi64(a, b);
}
static inline ivec_t ivec_mul(ivec_t a, ivec_t b) {
    return _mm512_mullo_epi64(a, b);
}

#endif
