/* SPDX-License-Identifier: MIT
 * Numbers as users write them, and as they are written for users. Nothing is skipped, rounded or
 * clipped on the way in: a text is either the number it says, in full, or refused with a reason.
 * Valid in the "C" locale, which Plait never leaves. */
#ifndef PLAIT_DRIVERS_NUMBER_H
#define PLAIT_DRIVERS_NUMBER_H

#include <stdint.h>

/* Reads a whole number: 10, 4^12, 2^20, 1e9. Returns NULL and sets *value, or returns why not, as
 * the rest of a sentence that begins with the quoted text ("is negative"), and leaves *value alone.
 */
const char *number_count(const char *text, uint64_t *value);

/* The reason of a whole number that no uint64_t holds. */
extern const char number_too_large[];

/* Reads a finite decimal double: -2, 0.156, 1e-3. Returns as number_count does; what overflows or
 * vanishes in a double is refused. */
const char *number_real(const char *text, double *value);

/* Reads a part of a whole, 5% or 0.05, as number_real does. */
const char *number_part(const char *text, double *value);

/* Writes a finite double with as few of 15, 16 or 17 digits as read back to the same bits. */
enum { NUMBER_TEXT_BYTES = 32 };
void number_text(double value, char text[NUMBER_TEXT_BYTES]);

#endif
