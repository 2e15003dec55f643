/* SPDX-License-Identifier: MIT
 * The vocabulary of integers for AVX2: four lanes of 64 bits, which some words see as eight of 32
 * or sixteen of 16. */
#ifndef PLAIT_ARCH_IVEC_AVX2_H
#define PLAIT_ARCH_IVEC_AVX2_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

enum { IVEC_LANES = 4 };
typedef __m256i ivec_t;

static inline ivec_t ivec_set1(uint64_t v) {
    return _mm256_set1_epi64x((long long)v);
}
static inline ivec_t ivec_load(const uint64_t *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
static inline void ivec_store(uint64_t *p, ivec_t v) {
    _mm256_storeu_si256((__m256i *)p, v);
}
static inline ivec_t ivec_add(ivec_t a, ivec_t b) {
    return _mm256_add_epi64(a, b);
}
/* a * b modulo 2^64 from products of 32 bits: low a * low b, and in the upper half the low bits of
 * both cross products, which one vpmulld gives side by side. */
static inline ivec_t ivec_mul(ivec_t a, ivec_t b) {
    const __m256i swapped = _mm256_shuffle_epi32(b, 0xB1);
    const __m256i cross = _mm256_mullo_epi32(a, swapped);
    const __m256i low = _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64(cross, 32));
    return _mm256_add_epi32(low, _mm256_blend_epi32(_mm256_setzero_si256(), cross, 0xAA));
}

#endif
