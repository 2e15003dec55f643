/* SPDX-License-Identifier: MIT
 * Decimal texts, digit by digit. */
#include "picture/location/location_decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

static const char not_decimal[] = "is not a decimal number such as -0.75 or 1.5e40";

const char *decimal_rewrite(char *text) {
    if (strlen(text) > DECIMAL_CHARACTERS_MAX)
        return "has more than 400000 characters";
    const char *from = text + (*text == '+' || *text == '-');
    const size_t whole = strspn(from, DIGITS);
    const char *rest = from + whole;
    size_t part = 0;
    const char *fraction = rest;
    if (*rest == '.') {
        fraction = rest + 1;
        part = strspn(fraction, DIGITS);
        rest = fraction + part;
    }
    if (whole + part == 0)
        return not_decimal;
    long power = 0;
    if (*rest == 'e' || *rest == 'E') {
        const char *digits = rest + 1 + (rest[1] == '+' || rest[1] == '-');
        const size_t count = strspn(digits, DIGITS);
        if (count == 0 || digits[count] != '\0')
            return not_decimal;
        for (size_t k = 0; k < count && power <= DECIMAL_POWER_MAX; k++)
            power = 10 * power + (digits[k] - '0');
        if (power > DECIMAL_POWER_MAX)
            return "has an exponent beyond 999999";
        power = rest[1] == '-' ? -power : power;
    } else if (*rest != '\0') {
        return not_decimal;
    }
    /* Digits move by one place at most, and only where a zero is put before the point. */
    const bool negative = *text == '-';
    char *to = text + negative;
    memmove(to + (whole == 0), from, whole + (part > 0) + part);
    if (whole == 0)
        *to = '0';
    to += (whole == 0) + whole + (part > 0 ? 1 + part : 0);
    if (power != 0)
        sprintf(to, "e%ld", power); /* no longer than what it replaces */
    else
        *to = '\0';
    return NULL;
}

bool decimal_is_positive(const char *text) {
    return *text != '-' && strcspn(text, "123456789") < strcspn(text, "e");
}

/* The power of ten of an exponent's text, 0 without one. */
static int64_t decimal_exponent(const char *text) {
    const char *mark = strchr(text, 'e');
    return mark ? strtoll(mark + 1, NULL, 10) : 0;
}

int64_t decimal_power(const char *text) {
    const int64_t point = (int64_t)strcspn(text, ".e"), first = (int64_t)strcspn(text, "123456789");
    return decimal_exponent(text) + (first < point ? point - 1 - first : point - first);
}

/* Rounds digits[0...DECIMAL_SCALED_DIGITS-1] to nearest by the next digit and whether anything but
 * zeros follows that one. Returns whether a carry made it ten times as large: the digits are then
 * 1000... */
static bool decimal_round(uint8_t digits[DECIMAL_SCALED_DIGITS], unsigned next, bool more) {
    size_t place = DECIMAL_SCALED_DIGITS;
    if (next < 5 || (next == 5 && !more && digits[place - 1] % 2 == 0))
        return false;
    while (place > 0 && digits[place - 1] == 9)
        digits[--place] = 0;
    if (place > 0) {
        digits[place - 1]++;
        return false;
    }
    digits[0] = 1;
    return true;
}

bool decimal_scale(const char *number, uint64_t factor, uint64_t divisor,
                   char text[DECIMAL_SCALED_BYTES]) {
    enum { FACTOR_DIGITS = 13, KEPT = DECIMAL_SCALED_DIGITS }; /* of 2^40 */
    /* The digits times the factor, as a whole number; its last one is worth 10^power. */
    const size_t length = strcspn(number, "e");
    uint8_t *product = malloc(length + FACTOR_DIGITS);
    if (!product)
        return false;
    size_t places = length + FACTOR_DIGITS;
    uint64_t carry = 0;
    int64_t power = decimal_exponent(number);
    for (size_t k = length; k > 0; k--) {
        if (number[k - 1] == '.') {
            power -= (int64_t)(length - k);
            continue;
        }
        carry += (uint64_t)(number[k - 1] - '0') * factor;
        product[--places] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    for (; carry > 0; carry /= 10)
        product[--places] = (uint8_t)(carry % 10);

    /* Long division, on beyond the last digit until enough digits are there; what is left then
     * decides how to round. */
    uint8_t digits[KEPT] = {0};
    const size_t end = length + FACTOR_DIGITS;
    uint64_t remainder = 0;
    size_t kept = 0;
    unsigned next = 0;
    bool more = false;
    for (bool full = false; !full || places < end; places++) {
        remainder = 10 * remainder + (places < end ? product[places] : 0);
        const unsigned digit = (unsigned)(remainder / divisor);
        remainder %= divisor;
        if (full) {
            more = more || digit > 0;
            power++;
        } else if (kept == KEPT) {
            next = digit;
            full = true;
            power++;
        } else if (kept > 0 || digit > 0) {
            digits[kept++] = (uint8_t)digit;
        }
        if (places >= end)
            power--;
    }
    free(product);
    power += KEPT - 1 + decimal_round(digits, next, more || remainder > 0);

    size_t last = KEPT;
    while (last > 1 && digits[last - 1] == 0)
        last--;
    char *to = text;
    for (size_t k = 0; k < last; k++) {
        *to++ = (char)('0' + digits[k]);
        if (k == 0 && last > 1)
            *to++ = '.';
    }
    *to = '\0';
    if (power != 0)
        sprintf(to, "e%" PRId64, power);
    return true;
}
