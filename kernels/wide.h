/* SPDX-License-Identifier: MIT
 * Integers of 128 bits, two's complement, for exact sums: 32-bit compilers have none. Internal. */
#ifndef PLAIT_KERNELS_WIDE_H
#define PLAIT_KERNELS_WIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct wide {
    uint64_t high, low;
};

static inline struct wide wide_of(int64_t value) {
    return (struct wide){value < 0 ? UINT64_MAX : 0, (uint64_t)value};
}

static inline struct wide wide_add(struct wide a, struct wide b) {
    const uint64_t low = a.low + b.low;
    return (struct wide){a.high + b.high + (low < a.low), low};
}

static inline struct wide wide_negate(struct wide a) {
    return (struct wide){~a.high + (a.low == 0), ~a.low + 1};
}

static inline struct wide wide_subtract(struct wide a, struct wide b) {
    return wide_add(a, wide_negate(b));
}

static inline bool wide_is_negative(struct wide a) {
    return a.high >> 63;
}

static inline bool wide_is_zero(struct wide a) {
    return (a.high | a.low) == 0;
}

/* As numbers without a sign. */
static inline bool wide_less(struct wide a, struct wide b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

/* a 2^n, 0 <= n < 128 */
static inline struct wide wide_shift(struct wide a, unsigned n) {
    if (n == 0)
        return a;
    if (n >= 64)
        return (struct wide){a.low << (n - 64), 0};
    return (struct wide){a.high << n | a.low >> (64 - n), a.low << n};
}

static inline unsigned bits_of(uint64_t a) {
    return a == 0 ? 0 : 64 - (unsigned)__builtin_clzll(a);
}

/* Bits of a number without a sign. */
static inline unsigned wide_bits(struct wide a) {
    return a.high != 0 ? 64 + bits_of(a.high) : bits_of(a.low);
}

static inline struct wide wide_multiply(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (struct wide){(uint64_t)(product >> 64), (uint64_t)product};
#else
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t low = a0 * b0, middle = a0 * b1 + (low >> 32), other = a1 * b0;
    const uint64_t carry = (uint32_t)middle + (uint64_t)(uint32_t)other;
    return (struct wide){a1 * b1 + (middle >> 32) + (other >> 32) + (carry >> 32),
                         carry << 32 | (uint32_t)low};
#endif
}

/* floor(a b / 2^64) */
static inline uint64_t multiply_high(uint64_t a, uint64_t b) {
    return wide_multiply(a, b).high;
}

/* floor(a / n) without signs, where that is below 2^64; what is left into *rest. */
static inline uint64_t wide_quotient(struct wide a, uint64_t n, uint64_t *rest) {
#ifdef __SIZEOF_INT128__
    const unsigned __int128 value = (unsigned __int128)a.high << 64 | a.low;
    *rest = (uint64_t)(value % n);
    return (uint64_t)(value / n);
#else
    uint64_t quotient = 0, left = a.high % n;
    for (int bit = 63; bit >= 0; bit--) {
        const bool carry = left >> 63;
        left = left << 1 | (a.low >> bit & 1);
        quotient <<= 1;
        if (carry || left >= n) {
            left -= n;
            quotient |= 1;
        }
    }
    *rest = left;
    return quotient;
#endif
}

/* 2^n, -1022 <= n <= 1023 */
static inline double power_of_two(int n) {
    const uint64_t bits = (uint64_t)(n + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The double nearest to a / n, ties to even; |a| <= n 2^62, 1 <= n <= 2^40. The quotient gets at
 * least 62 bits, the last of which says whether more would follow: enough to round it once. */
static inline double wide_ratio(struct wide a, uint64_t n) {
    const bool negative = wide_is_negative(a);
    const struct wide size = negative ? wide_negate(a) : a;
    if (wide_is_zero(size))
        return 0;
    const unsigned shift = 62 + bits_of(n) - wide_bits(size);
    uint64_t rest;
    const uint64_t quotient = wide_quotient(wide_shift(size, shift), n, &rest);
    const double value = (double)(quotient | (rest != 0)) * power_of_two(-(int)shift);
    return negative ? -value : value;
}

/* The double nearest to a number without a sign, ties to even. */
static inline double wide_value(struct wide a) {
    const unsigned bits = wide_bits(a);
    if (bits <= 64)
        return (double)a.low;
    const unsigned shift = bits - 64;
    const uint64_t kept = a.high << (64 - shift) | (shift < 64 ? a.low >> shift : 0);
    const bool more = shift < 64 ? a.low << (64 - shift) != 0 : a.low != 0;
    return (double)(kept | more) * power_of_two((int)shift);
}

/* Three parts of 40 bits that can be added over 2^20 ranks without overflow, and back. */
static inline void wide_split(struct wide a, int64_t parts[3]) {
    const uint64_t mask = (UINT64_C(1) << 40) - 1;
    parts[0] = (int64_t)(a.low & mask);
    parts[1] = (int64_t)((a.low >> 40 | a.high << 24) & mask);
    parts[2] = (int64_t)(a.high >> 16) | (int64_t)(wide_is_negative(a) ? ~(UINT64_MAX >> 16) : 0);
}

static inline struct wide wide_join(const int64_t parts[3]) {
    const struct wide upper =
        wide_add(wide_shift(wide_of(parts[2]), 80), wide_shift(wide_of(parts[1]), 40));
    return wide_add(upper, wide_of(parts[0]));
}

#endif
