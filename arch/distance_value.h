/* SPDX-License-Identifier: MIT
 * From an orbit that has escaped, and its derivative, to the distance of the pixel from the set: in
 * double operations whose every bit IEEE 754 fixes, without branches. */
#ifndef PLAIT_ARCH_DISTANCE_VALUE_H
#define PLAIT_ARCH_DISTANCE_VALUE_H

#include "smooth_value.h"

#include <math.h>

#define PLAIT_DISTANCE_LN2 0x1.62e42fefa39efp-1
#define PLAIT_DISTANCE_MAX 0x1p+60 /* in pixels: what is farther is as far as that */

/* z and its derivative w: by c for the Mandelbrot set, by the first z for Julia sets. */
struct plait_distance_orbit {
    double x, y, wx, wy;
};

/* One step: w -> 2 z w + one, z -> z * z + c. one is 1 for the Mandelbrot set, 0 for Julia sets. */
static inline struct plait_distance_orbit plait_distance_step(struct plait_distance_orbit o,
                                                              double cr, double ci, double one) {
    const double double_x = o.x + o.x, double_y = o.y + o.y;
    return (struct plait_distance_orbit){
        .x = fma(o.x, o.x, fma(-o.y, o.y, cr)),
        .y = fma(double_x, o.y, ci),
        .wx = fma(double_x, o.wx, fma(-double_y, o.wy, one)),
        .wy = fma(double_x, o.wy, double_y * o.wx),
    };
}

/* |z| ln(|z|^2) / |w| / pitch, in [0, PLAIT_DISTANCE_MAX]: twice |z| ln |z| / |w|, the distance of
 * the pixel as far as one can tell from G / |G'| of the potential G = ln |z_n| / 2^n. By Koebe's
 * theorem the set is no nearer than about a quarter of that, and no farther.
 *
 * 0 where w has overflowed, to infinity or NaN: the orbit then depends on less than a double of the
 * pixel. Also 0 for an orbit that has come back to |z| <= 1. z must be finite. */
static inline double plait_distance_value(struct plait_distance_orbit o, double pitch) {
    const double m = fma(o.x, o.x, o.y * o.y);
    const double scale = m < PLAIT_SMOOTH_FAR ? 1.0 : 0x1p-512;
    const double back = m < PLAIT_SMOOTH_FAR ? 1.0 : 0x1p+512;
    const double shift = m < PLAIT_SMOOTH_FAR ? 0.0 : 1024.0;
    const double x = o.x * scale, y = o.y * scale;
    const double square = fma(x, x, y * y);
    const double outside = m > 1 ? square : 1.0; /* ln 1 = 0 */

    const double size = fabs(o.wx) > fabs(o.wy) ? fabs(o.wx) : fabs(o.wy);
    const double shrink = size < 0x1p+500 ? 1.0 : 0x1p-600;
    const double wx = o.wx * shrink, wy = o.wy * shrink;
    const double derivative = sqrt(fma(wx, wx, wy * wy));

    const double log = (plait_smooth_log2(outside) + shift) * PLAIT_DISTANCE_LN2;
    const double value = sqrt(square) * log / derivative * (shrink * back) / pitch;
    const double positive = value > 0 ? value : 0.0; /* 0 for NaN */
    return positive < PLAIT_DISTANCE_MAX ? positive : PLAIT_DISTANCE_MAX;
}

/* The value of an orbit at the z where it has escaped: after its further steps, each of which is
 * made only where it is allowed (smooth_value.h). */
static inline double plait_distance_finish(struct plait_distance_orbit o, double cr, double ci,
                                           double one, double pitch) {
    for (int s = 0; s < PLAIT_SMOOTH_STEPS; s++) {
        const double m = fma(o.x, o.x, o.y * o.y);
        const struct plait_distance_orbit next = plait_distance_step(o, cr, ci, one);
        o.x = m < PLAIT_SMOOTH_FAR ? next.x : o.x;
        o.y = m < PLAIT_SMOOTH_FAR ? next.y : o.y;
        o.wx = m < PLAIT_SMOOTH_FAR ? next.wx : o.wx;
        o.wy = m < PLAIT_SMOOTH_FAR ? next.wy : o.wy;
    }
    return plait_distance_value(o, pitch);
}

/* The unit of distances: the side of a pixel, the shorter one. */
static inline double plait_distance_pitch(double dx, double dy) {
    return dx < dy ? dx : dy;
}

#endif
