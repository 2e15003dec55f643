/* SPDX-License-Identifier: MIT
 * The escape-count kernel as a path sees it: a job (what to iterate), a tile (which pixels) and the
 * scalar functions that every path is measured against. docs/determinism.md has the arithmetic. */
#ifndef PLAIT_ARCH_ESCAPE_H
#define PLAIT_ARCH_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One picture. Built by kernels/escape.c from a checked struct plait_escape; read-only to the
 * paths. The pixel in row i, column j has the coordinates x = fma(j - half_width, dx, cx),  y =
 * fma(half_height - i, dy, cy). Mandelbrot: z = 0, c = pixel. Julia: z = pixel, c = (cre, cim). */
struct plait_escape_job {
    double cx, cy;                  /* coordinates of the picture's centre */
    double dx, dy;                  /* distance of neighbouring pixels, > 0 */
    double half_width, half_height; /* in pixels, a multiple of 0.5 */
    double cre, cim;                /* Julia: the constant c; unused for Mandelbrot */
    double bailout_squared;         /* r * r; a point has escaped when !(x*x + y*y < r*r) */
    double blind_min_cr; /* an orbit whose c has cr >= this never comes back once it has escaped, so
                          * steps may be made without a test; INFINITY where no orbit may */
    int32_t maxit;       /* 1 .. INT32_MAX */
    bool julia;
    bool shortcuts; /* interior test and period detection, which never change a count */
};

/* A rectangle of pixels: rows [row, row + rows), columns [col, col + cols), inside the picture. */
struct plait_escape_tile {
    uint32_t row, col, rows, cols;
};

/* Where the results of a tile's pixels go: those of pixel (row + i, col + j) to [i * stride + j].
 * stride >= cols, in elements; nothing between cols and stride is touched. */
struct plait_escape_results {
    int32_t *counts;
    double *values; /* smooth values (smooth.h), or distances (distance.h), in the same pass; NULL:
                     * not wanted */
    size_t stride;
};

/* Writes the results of each pixel of the tile. */
typedef void plait_escape_tile_fn(const struct plait_escape_job *job,
                                  const struct plait_escape_tile *tile,
                                  const struct plait_escape_results *to);

/* The reference: the count of one pixel by the plain loop, a test at every step and no shortcut,
 * whatever job->shortcuts says. Every path equals it on every pixel. */
int32_t plait_escape_reference(const struct plait_escape_job *job, uint32_t row, uint32_t col);

#endif
