/* SPDX-License-Identifier: MIT
 * Reads numbers as users write them, and writes them so that they can be read. The shape is checked
 * first, because strtoull and strtod accept blanks, signs, hexadecimal, "inf" and "nan". */
#include "base/number.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

static const char not_whole[] = "is not a whole number such as 10, 4^12 or 1e9";
const char number_too_large[] = "is above 18446744073709551615, the largest count";

/* a * b; reports when that is beyond UINT64_MAX. */
static uint64_t times(uint64_t a, uint64_t b, bool *overflow) {
    if (b != 0 && a > UINT64_MAX / b) {
        *overflow = true;
        return UINT64_MAX;
    }
    return a * b;
}

/* Reads digits and moves *text past them. Returns false if there are none. */
static bool read_digits(const char **text, uint64_t *value, bool *overflow) {
    const size_t length = strspn(*text, DIGITS);
    *value = 0;
    for (const char *c = *text; c < *text + length; c++) {
        const uint64_t digit = (uint64_t)(*c - '0');
        *value = times(*value, 10, overflow);
        if (*value > UINT64_MAX - digit)
            *overflow = true;
        *value = *overflow ? UINT64_MAX : *value + digit;
    }
    *text += length;
    return length > 0;
}

/* factor * base^exponent. The loop ends by overflow after 64 rounds at the latest, since a base of
 * 0 or 1 never enters it. */
static uint64_t raise_by(uint64_t factor, uint64_t base, uint64_t exponent, bool *overflow) {
    if (factor == 0 || (base == 0 && exponent > 0))
        return 0;
    if (base <= 1)
        return factor;
    for (; exponent > 0 && !*overflow; exponent--)
        factor = times(factor, base, overflow);
    return factor;
}

const char *number_count(const char *text, uint64_t *value) {
    const char *rest = text;
    uint64_t number, exponent;
    bool overflow = false;

    if (text[0] == '-' && strspn(text + 1, DIGITS) > 0)
        return "is negative";
    if (!read_digits(&rest, &number, &overflow))
        return not_whole;
    if (*rest == '^' || *rest == 'e' || *rest == 'E') {
        const bool power = *rest++ == '^';
        bool huge_exponent = false; /* is no overflow yet: 1^99999999999999999999 is 1 */
        if (!read_digits(&rest, &exponent, &huge_exponent))
            return not_whole;
        number = power ? raise_by(1, number, exponent, &overflow)
                       : raise_by(number, 10, exponent, &overflow);
    }
    if (*rest != '\0')
        return not_whole;
    if (overflow)
        return number_too_large;
    *value = number;
    return NULL;
}

/* Whether text is [+-] digits [. digits] [e [+-] digits], with a digit before the e. */
static bool is_decimal(const char *text) {
    const char *c = text + (*text == '+' || *text == '-');
    size_t digits = strspn(c, DIGITS);
    c += digits;
    if (*c == '.') {
        const size_t decimals = strspn(++c, DIGITS);
        digits += decimals;
        c += decimals;
    }
    if (digits == 0)
        return false;
    if (*c == 'e' || *c == 'E') {
        c++;
        c += *c == '+' || *c == '-';
        if (strspn(c, DIGITS) == 0)
            return false;
        c += strspn(c, DIGITS);
    }
    return *c == '\0';
}

const char *number_part(const char *text, double *value) {
    const size_t length = strlen(text);
    char number[64];
    double part;
    if (length == 0 || text[length - 1] != '%')
        return number_real(text, value);
    if (length >= sizeof number)
        return "is too long";
    memcpy(number, text, length - 1);
    number[length - 1] = '\0';
    if (number_real(number, &part))
        return "is no part such as 5% or 0.05";
    *value = part / 100;
    return NULL;
}

const char *number_real(const char *text, double *value) {
    if (!is_decimal(text))
        return "is not a finite number such as -0.75 or 1e-3";
    errno = 0;
    const double number = strtod(text, NULL);
    if (errno == ERANGE && (number > 1 || number < -1))
        return "is too large for a double";
    if (errno == ERANGE && number == 0)
        return "is too small for a double";
    *value = number;
    return NULL;
}

void number_text(double value, char text[NUMBER_TEXT_BYTES]) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_TEXT_BYTES, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}
