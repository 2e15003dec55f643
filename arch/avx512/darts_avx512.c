/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the darts. */
#include "ivec_avx512.h"

/* (v >> 5 + (v >> 59)) ^ v, the first half of RXS-M-XS */
static inline ivec_t darts_vec_random_xorshift(ivec_t v) {
    const __m512i counts = _mm512_add_epi64(_mm512_srli_epi64(v, 59), _mm512_set1_epi64(5));
    return _mm512_xor_si512(_mm512_srlv_epi64(v, counts), v);
}
/* (v >> 43) ^ v, the last part of RXS-M-XS */
static inline ivec_t darts_vec_xorshift43(ivec_t v) {
    return _mm512_xor_si512(_mm512_srli_epi64(v, 43), v);
}
/* The XSH-RR outputs of the states a in the even lanes of 32 bits, of b in the odd ones. The masked
 * forms merge the two for nothing; a rotation looks at five bits of its count only. */
static inline ivec_t darts_vec_xsh_rr(ivec_t a, ivec_t b) {
    const __mmask16 odd = 0xAAAA;
    const __m512i a_word = _mm512_srli_epi64(_mm512_xor_si512(_mm512_srli_epi64(a, 18), a), 27);
    const __m512i word =
        _mm512_mask_xor_epi32(a_word, odd, _mm512_srli_epi64(b, 13), _mm512_slli_epi64(b, 5));
    const __m512i counts = _mm512_mask_srli_epi32(_mm512_srli_epi64(a, 59), odd, b, 27);
    return _mm512_rorv_epi32(word, counts);
}
/* Per lane of 32 bits: the upper half of x below, the upper half of y above. */
static inline ivec_t darts_vec_upper_halves(ivec_t x, ivec_t y) {
    return _mm512_mask_blend_epi16(0xAAAAAAAA, _mm512_srli_epi32(x, 16), y);
}
/* Per lane of 32 bits: the sum of the squares of its halves, signed; at most 2^31. */
static inline ivec_t darts_vec_sum_of_squares(ivec_t v) {
    return _mm512_madd_epi16(v, v);
}

/* Counts lanes of 32 bits below `near`, and keeps the smallest of the others. */
struct darts_tally {
    uint64_t below;
    ivec_t beyond;
};
static inline struct darts_tally darts_tally_none(void) {
    return (struct darts_tally){0, _mm512_set1_epi32(-1)};
}
/* At most four vectors: their masks are counted in one word, which no compiler takes for an
 * invitation to count bits in vectors. */
static inline void darts_tally_sums(struct darts_tally *tally, const ivec_t *sums, int vecs,
                                    uint32_t near) {
    uint64_t all_beyond = 0;
    for (int v = 0; v < vecs; v++) {
        const __mmask16 beyond = _mm512_cmpge_epu32_mask(sums[v], _mm512_set1_epi32((int)near));
        tally->beyond = _mm512_mask_min_epu32(tally->beyond, beyond, tally->beyond, sums[v]);
        all_beyond = all_beyond << 16 | beyond;
    }
    tally->below += 16 * (unsigned)vecs - (unsigned)__builtin_popcountll(all_beyond);
}
/* Whether a sum since the last call was in [near, far). */
static inline bool darts_tally_take_doubt(struct darts_tally *tally, uint32_t near, uint32_t far) {
    (void)near; /* sums below it are not kept */
    const bool doubt = _mm512_cmplt_epu32_mask(tally->beyond, _mm512_set1_epi32((int)far)) != 0;
    tally->beyond = _mm512_set1_epi32(-1);
    return doubt;
}
static inline uint64_t darts_tally_below(const struct darts_tally *tally) {
    return tally->below;
}
/* Bit k: lane k of 32 bits is in [near, far). */
static inline unsigned darts_vec_doubtful_lanes(ivec_t sums, uint32_t near, uint32_t far) {
    const __m512i beyond = _mm512_sub_epi32(sums, _mm512_set1_epi32((int)near));
    return _mm512_cmplt_epu32_mask(beyond, _mm512_set1_epi32((int)(far - near)));
}

/* vpmullq is one operation on AMD, where strides gain nothing, and three on Intel, where they win
 * (docs/performance-darts.md). */
enum { GROUP_VECS = 4, STRIDES_ALWAYS = 0 };
#define DARTS_HITS plait_darts_hits_avx512
#include "../darts_body.h"
