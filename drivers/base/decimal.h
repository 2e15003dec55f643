/* SPDX-License-Identifier: MIT
 * Decimal numbers as texts, of which no digit is lost: for those with more digits or larger
 * exponents than a double holds. */
#ifndef PLAIT_DRIVERS_DECIMAL_H
#define PLAIT_DRIVERS_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_BYTES_MAX = 400000 }; /* of one number */

/* Whether text[length] is a decimal number, [+-] digits [. digits] [e [+-] digits] with a digit
 * before the e, at most DECIMAL_BYTES_MAX long. Returns NULL, or why not, as number_real does. */
const char *decimal_check(const char *text, size_t length);

/* A number that has been checked: its value is sign * 0.d1 d2 ... * 10^exponent, where d1 is not 0.
 * Its first significant digit is *first, and `digits` are significant, without zeros at the end; a
 * dot may stand among them. */
struct decimal {
    int sign; /* -1, 0 or 1 */
    const char *first;
    size_t digits;    /* 0 for 0 */
    int64_t exponent; /* of sizes beyond 2^60 it is 2^60 or -2^60 */
};
struct decimal decimal_of(const char *text, size_t length);

/* Whether two texts are the same number. */
bool decimal_equal(const struct decimal *a, const struct decimal *b);

/* Writes the number in one form, the same for equal ones: "-1234e-5", "0". bytes >= digits + 32. */
void decimal_write(const struct decimal *decimal, char *text, size_t bytes);

/* The `index`th of several numbers between commas, after which spaces may stand: its length and, in
 * *begin, where it begins. The text must have that many. */
size_t decimal_piece(const char *text, size_t index, const char **begin);

#endif
