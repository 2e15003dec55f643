/* SPDX-License-Identifier: MIT
 * Reads decimal numbers without converting them. */
#include "base/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const int64_t exponent_max = INT64_C(1) << 60;

static size_t decimal_digits(const char *text, size_t length) {
    size_t count = 0;
    while (count < length && text[count] >= '0' && text[count] <= '9')
        count++;
    return count;
}

/* The parts of a number. */
struct decimal_parts {
    bool negative;
    const char *mantissa; /* digits and perhaps a dot */
    size_t bytes;         /* of the mantissa */
    size_t whole;         /* digits before the dot */
    const char *exponent; /* NULL: none; else after the e */
    size_t exponent_bytes;
};

static bool decimal_split(const char *text, size_t length, struct decimal_parts *parts) {
    const char *c = text, *end = text + length;
    *parts = (struct decimal_parts){.negative = length > 0 && *c == '-'};
    c += length > 0 && (*c == '-' || *c == '+');
    parts->mantissa = c;
    parts->whole = decimal_digits(c, (size_t)(end - c));
    c += parts->whole;
    size_t digits = parts->whole;
    if (c < end && *c == '.') {
        c++;
        const size_t decimals = decimal_digits(c, (size_t)(end - c));
        digits += decimals;
        c += decimals;
    }
    parts->bytes = (size_t)(c - parts->mantissa);
    if (digits == 0)
        return false;
    if (c < end && (*c == 'e' || *c == 'E')) {
        parts->exponent = ++c;
        parts->exponent_bytes = (size_t)(end - c);
        c += c < end && (*c == '-' || *c == '+');
        const size_t count = decimal_digits(c, (size_t)(end - c));
        if (count == 0)
            return false;
        c += count;
    }
    return c == end;
}

const char *decimal_check(const char *text, size_t length) {
    struct decimal_parts parts;
    if (length > DECIMAL_BYTES_MAX)
        return "has more than 400000 characters";
    return decimal_split(text, length, &parts) ? NULL
                                               : "is not a finite number such as -0.75 or 1e-3";
}

/* What stands after the e, within +-exponent_max. */
static int64_t decimal_exponent(const struct decimal_parts *parts) {
    const char *c = parts->exponent;
    int64_t value = 0;
    if (!c)
        return 0;
    const bool negative = *c == '-';
    for (c += *c == '-' || *c == '+'; c < parts->exponent + parts->exponent_bytes; c++)
        if (value < exponent_max / 10)
            value = 10 * value + (*c - '0');
        else
            value = exponent_max;
    return negative ? -value : value;
}

struct decimal decimal_of(const char *text, size_t length) {
    struct decimal_parts parts;
    struct decimal decimal = {0};
    if (!decimal_split(text, length, &parts))
        return decimal;
    /* Zeros in front: of the whole part they do not count, of the decimals they lower the exponent.
     */
    size_t at = 0, zeros = 0, last = 0;
    while (at < parts.bytes && (parts.mantissa[at] == '0' || parts.mantissa[at] == '.'))
        zeros += parts.mantissa[at++] == '0';
    if (at == parts.bytes)
        return decimal;
    decimal.sign = parts.negative ? -1 : 1;
    decimal.first = parts.mantissa + at;
    for (size_t digit = 0; at < parts.bytes; at++) {
        if (parts.mantissa[at] == '.')
            continue;
        digit++;
        if (parts.mantissa[at] != '0')
            last = digit;
    }
    decimal.digits = last;
    decimal.exponent = decimal_exponent(&parts);
    if (decimal.exponent > -exponent_max && decimal.exponent < exponent_max)
        decimal.exponent += (int64_t)parts.whole - (int64_t)zeros;
    return decimal;
}

/* The digit after *at, which moves on; dots are left out. */
static char decimal_next(const char **at) {
    if (**at == '.')
        ++*at;
    return *(*at)++;
}

bool decimal_equal(const struct decimal *a, const struct decimal *b) {
    if (a->sign != b->sign || a->digits != b->digits || a->exponent != b->exponent)
        return false;
    const char *left = a->first, *right = b->first;
    for (size_t k = 0; k < a->digits; k++)
        if (decimal_next(&left) != decimal_next(&right))
            return false;
    return true;
}

void decimal_write(const struct decimal *decimal, char *text, size_t bytes) {
    char *to = text;
    const char *from = decimal->first;
    if (decimal->sign == 0) {
        snprintf(text, bytes, "0");
        return;
    }
    if (decimal->sign < 0)
        *to++ = '-';
    for (size_t k = 0; k < decimal->digits; k++)
        *to++ = decimal_next(&from);
    snprintf(to, bytes - (size_t)(to - text), "e%" PRId64,
             decimal->exponent - (int64_t)decimal->digits);
}

size_t decimal_piece(const char *text, size_t index, const char **begin) {
    for (; index > 0; index--) {
        text = strchr(text, ',') + 1;
        text += strspn(text, " ");
    }
    *begin = text;
    return strcspn(text, ",");
}
