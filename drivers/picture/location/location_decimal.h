/* SPDX-License-Identifier: MIT
 * Decimal numbers as texts of any length, which no double holds: rewritten, tested and scaled digit
 * by digit. */
#ifndef PLAIT_DRIVERS_LOCATION_DECIMAL_H
#define PLAIT_DRIVERS_LOCATION_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text of a number that is taken, and the largest power of ten. */
enum { DECIMAL_CHARACTERS_MAX = 400000, DECIMAL_POWER_MAX = 999999 };

/* Rewrites a number in place as [-]digits[.digits][e[-]digits], which is what Plait's options take:
 * a point has digits on both sides, a plus is dropped, E is e. Its value and its digits stay. Takes
 * what other programs write too: "+.5E+07", "5.". The text must have space for two more characters
 * than it has. Returns NULL, or why not, as the rest of a sentence that begins with the quoted
 * text. */
const char *decimal_rewrite(char *text);

/* Whether the number, as decimal_rewrite leaves it, is above zero. */
bool decimal_is_positive(const char *text);

/* The decimal exponent of a number above zero: floor(log10(number)). */
int64_t decimal_power(const char *text);

/* Digits of a scaled number, and the bytes of its text, the zero too. */
enum { DECIMAL_SCALED_DIGITS = 45, DECIMAL_SCALED_BYTES = DECIMAL_SCALED_DIGITS + 16 };

/* Writes number * factor / divisor, rounded to DECIMAL_SCALED_DIGITS digits, ties to even: exact if
 * it has no more. The number is one above zero, as decimal_rewrite leaves it; factor and divisor
 * are from 1 to 2^40. False if memory runs out. */
bool decimal_scale(const char *number, uint64_t factor, uint64_t divisor,
                   char text[DECIMAL_SCALED_BYTES]);

#endif
