/* SPDX-License-Identifier: MIT
 * The plain loop: the contract's arithmetic, one pixel at a time, as anyone would write it.
 * Compiled by -O3 -mfma in a file of its own, so that fma is one instruction and nothing else is
 * special. */
#include "escape_plain.h"

#include <math.h>

static int32_t count_pixel(double cr, double ci, int32_t maxit) {
    double x = 0, y = 0;
    int32_t count = 0;
    while (count < maxit && fma(x, x, y * y) < 4) {
        const double next_x = fma(x, x, fma(-y, y, cr));
        y = fma(x + x, y, ci);
        x = next_x;
        count++;
    }
    return count;
}

bool escape_plain_is_supported(void) {
#if defined(__x86_64__) && defined(__FMA__)
    return __builtin_cpu_supports("fma");
#else
    return true;
#endif
}

void escape_plain_row(const struct plait_escape *escape, uint32_t row, int32_t *counts) {
    const double ci = fma(escape->height / 2.0 - row, escape->dy, escape->cy);
    for (uint32_t j = 0; j < escape->width; j++) {
        const double cr = fma(j - escape->width / 2.0, escape->dx, escape->cx);
        counts[j] = count_pixel(cr, ci, escape->maxit);
    }
}
