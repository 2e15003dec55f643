/* SPDX-License-Identifier: MIT
 * The view that the queue is measured on: costs of rows that differ, no mirror image.
 */
#ifndef PLAIT_BENCH_SEAHORSE_H
#define PLAIT_BENCH_SEAHORSE_H

#include "plait/escape.h"

/* --size 1200x800 --multiplier M --center -0.743643887,0.131825904 --zoom 20000 --maxit 5000 */
static inline struct plait_escape seahorse(uint32_t multiplier) {
    struct plait_escape escape = plait_escape_default(PLAIT_MANDELBROT);
    escape.width = 1200 * multiplier;
    escape.height = 800 * multiplier;
    escape.maxit = 5000;
    plait_escape_set_center(&escape, -0.743643887, 0.131825904, 20000);
    return escape;
}

#endif
