/* SPDX-License-Identifier: MIT
 * Distances of pixels from the Mandelbrot set or a Julia set: the exterior distance estimate, for
 * pictures that show filaments of any thinness.
 *
 * The orbit of an escaped pixel has a derivative w, which begins with 0 and becomes 2 z w + 1 in
 * each step (Mandelbrot), or begins with 1 and becomes 2 z w (Julia). After as many further steps
 * as smooth values have (plait/smooth.h) the distance is 2 |z| ln |z| / |w|, in units of a pixel's
 * side, the shorter one: J. Milnor, "Dynamics in One Complex Variable"; H.-O. Peitgen and D. Saupe
 * (eds.), "The Science of Fractal Images". By Koebe's theorem the set is hardly farther away than
 * that, and no nearer than about a quarter of it. 0 where the derivative overflows. Every operation
 * is an IEEE 754 double operation in a fixed order (docs/determinism.md): the bits are the same on
 * every machine, for any number of threads and any path. */
#ifndef PLAIT_DISTANCE_H
#define PLAIT_DISTANCE_H

#include "plait/api.h"
#include "plait/escape.h"
#include "plait/exec.h"
#include "plait/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLAIT_DISTANCE_UNIT 256        /* the unit of parts is its inverse */
#define PLAIT_DISTANCE_NEVER INT32_MIN /* the part of a pixel whose count is maxit */

/* Where distances go: [rows][cols], in one or both of two forms. */
struct plait_distance_output {
    double *values; /* 0 .. 2^60 pixels, INFINITY where the count is maxit; NULL: not wanted */
    int32_t *parts; /* in units, rounded down, at most INT32_MAX, or PLAIT_DISTANCE_NEVER; NULL: not
                     * wanted */
};

/* Computes counts[range.rows][width] of the rows of the range and their distances, with cols =
 * width, in one pass. A device is not used. Returns what plait_escape_rows returns,
 * PLAIT_E_ARGUMENT also for a deep picture, or PLAIT_E_MEMORY; exec->progress gets rows. */
PLAIT_API enum plait_status plait_distance_compute(const struct plait_escape *escape,
                                                   const struct plait_exec *exec,
                                                   struct plait_row_range range, int32_t *counts,
                                                   const struct plait_distance_output *output);

/* Finds the distances of the first `cols` pixels of the rows of the range, on the threads of exec,
 * by iterating them again. cols is at most width: all of them, or 1 for the column that has no
 * mirror image. Returns PLAIT_OK, what plait_escape_check returns, PLAIT_E_ARGUMENT for range,
 * cols, exec, a deep picture or counts[range.rows][width] other than those of plait_escape_rows, or
 * PLAIT_E_MEMORY. exec->progress is not called. */
PLAIT_API enum plait_status plait_distance_rows(const struct plait_escape *escape,
                                                const struct plait_exec *exec,
                                                struct plait_row_range range, uint32_t cols,
                                                const int32_t *counts,
                                                const struct plait_distance_output *output);

#ifdef __cplusplus
}
#endif

#endif
