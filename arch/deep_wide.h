/* SPDX-License-Identifier: MIT
 * Extended numbers in vectors: the operations of deep_number.h in each lane, over the words that
 * deep_block.h names. What plain C does by a branch is a selection here, but for results that are
 * almost never met: subnormal ones, and those next to what becomes zero. The lanes of such a result
 * are set in *odd, and must be computed in plain C. */

struct deep_wide {
    vec_t x, y;
    ivec_t e;
};

struct deep_wide_real {
    vec_t v;
    ivec_t e;
};

/* A normal exponent for a number of that size, and the power of two that scales it to that. */
static inline ivec_t deep_wide_exponent(vec_t size, ivec_t e, vec_t *scale, mask_t *odd) {
    const mask_t zero = vec_equal(size, vec_set1(0));
    const ivec_t shift = deep_ivec_exponent(size), sum = ivec_add(e, shift);
    const mask_t low = deep_ivec_less(sum, ivec_set1((uint64_t)(PLAIT_DEEP_ZERO / 2)));
    const mask_t subnormal = vec_less(size, vec_set1(DBL_MIN));
    *scale = deep_vec_power(deep_ivec_sub(ivec_set1(0), shift));
    *odd = mask_or(*odd, mask_except(mask_or(low, subnormal), zero));
    return deep_ivec_select(zero, ivec_set1((uint64_t)PLAIT_DEEP_ZERO), sum);
}

static inline struct deep_wide deep_wide_normal(vec_t x, vec_t y, ivec_t e, mask_t *odd) {
    vec_t scale;
    const ivec_t normal = deep_wide_exponent(deep_vec_sup(x, y), e, &scale, odd);
    return (struct deep_wide){vec_mul(x, scale), vec_mul(y, scale), normal};
}

static inline struct deep_wide deep_wide_mul(struct deep_wide a, struct deep_wide b, mask_t *odd) {
    return deep_wide_normal(deep_vec_fms(a.x, b.x, vec_mul(a.y, b.y)),
                            vec_fma(a.x, b.y, vec_mul(a.y, b.x)), ivec_add(a.e, b.e), odd);
}

static inline struct deep_wide deep_wide_select(mask_t m, struct deep_wide yes,
                                                struct deep_wide no) {
    return (struct deep_wide){vec_select(m, yes.x, no.x), vec_select(m, yes.y, no.y),
                              deep_ivec_select(m, yes.e, no.e)};
}

static inline struct deep_wide deep_wide_add(struct deep_wide a, struct deep_wide b, mask_t *odd) {
    const mask_t swap = deep_ivec_less(a.e, b.e);
    const struct deep_wide large = deep_wide_select(swap, b, a);
    const struct deep_wide small = deep_wide_select(swap, a, b);
    const ivec_t apart = deep_ivec_sub(small.e, large.e);
    const mask_t far = deep_ivec_less(apart, ivec_set1((uint64_t)PLAIT_DEEP_APART));
    const vec_t scale = deep_vec_power(apart);
    return deep_wide_normal(vec_select(far, large.x, vec_add(large.x, vec_mul(small.x, scale))),
                            vec_select(far, large.y, vec_add(large.y, vec_mul(small.y, scale))),
                            large.e, odd);
}

/* The larger component. */
static inline struct deep_wide_real deep_wide_sup(struct deep_wide a) {
    return (struct deep_wide_real){deep_vec_sup(a.x, a.y), a.e};
}

/* Whether a < b; neither is negative. */
static inline mask_t deep_wide_less(struct deep_wide_real a, struct deep_wide_real b) {
    return mask_or(deep_ivec_less(a.e, b.e),
                   mask_and(deep_ivec_equal(a.e, b.e), vec_less(a.v, b.v)));
}

/* Whether v 2^e + s is negative. */
static inline mask_t deep_wide_sum_is_negative(vec_t v, ivec_t e, struct deep_wide_real s,
                                               mask_t *odd) {
    vec_t scale;
    const ivec_t normal = deep_wide_exponent(deep_vec_sup(v, v), e, &scale, odd);
    const vec_t product = vec_mul(v, scale);
    const mask_t swap = deep_ivec_less(normal, s.e);
    const vec_t large = vec_select(swap, s.v, product), small = vec_select(swap, product, s.v);
    const ivec_t large_e = deep_ivec_select(swap, s.e, normal);
    const ivec_t apart = deep_ivec_sub(deep_ivec_select(swap, normal, s.e), large_e);
    const mask_t far = deep_ivec_less(apart, ivec_set1((uint64_t)PLAIT_DEEP_APART));
    const vec_t sum = vec_add(large, vec_mul(small, deep_vec_power(apart)));
    return vec_less(vec_select(far, large, sum), vec_set1(0));
}
