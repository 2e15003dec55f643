/* SPDX-License-Identifier: MIT
 * The deep-zoom kernel as a path sees it: orbits of pixels as small differences from one orbit of
 * high precision, which is computed elsewhere and arrives as doubles. docs/deep-zoom.md has the
 * arithmetic. */
#ifndef PLAIT_ARCH_DEEP_H
#define PLAIT_ARCH_DEEP_H

#include "deep_number.h"
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>

#define PLAIT_DEEP_NONE UINT32_MAX

/* Z_m of a reference orbit: in doubles, also in extended views, where z is not small. Four doubles,
 * which vectors load as one. */
struct plait_deep_place {
    double x, y;
    double s;      /* |Z_m|^2 - r^2, rounded once */
    double radius; /* of the shortest skip that begins here, the largest, rounded up; 0: of none */
};

/* The same in extended views, where z is small. */
struct plait_deep_extended_place {
    struct plait_deep_extended z;
    struct plait_deep_real s;
};

/* A skip: z_{m + length} = A q + B c, q = (2 Z_m + z_m) z_m, valid where sup(q) < radius. */
struct plait_deep_plain_node {
    struct plait_deep_plain a, b;
    double radius;
    uint32_t length;
    uint32_t longer; /* the next longer one that begins at the same m, or none: radii do not grow */
};

struct plait_deep_extended_node {
    struct plait_deep_extended a, b;
    struct plait_deep_real radius;
    uint32_t length;
    uint32_t longer;
};

/* Places that follow the last one of an orbit, for vectors that read beyond it. */
enum { PLAIT_DEEP_SPARE_PLACES = 8 };

/* A reference orbit with its skips, which are of the kind of the view. */
struct plait_deep_orbit {
    uint32_t steps;                        /* N, at least 1 */
    const struct plait_deep_place *places; /* [N + 1 + spare]: the radius at N alone is infinite */
    const uint32_t
        *nodes; /* [N + 1]: the shortest skip of more than one step from there, or none */
    const struct plait_deep_extended_place *extended;      /* [N + 1], or NULL in plain views */
    const struct plait_deep_plain_node *plain_nodes;       /* plain views */
    const struct plait_deep_extended_node *extended_nodes; /* extended views */
};

/* One picture. Built by kernels/deep.c; read-only to the paths. The pixel in row i, column j is
 * ((j - half_width) d, (half_height - i) d) from the centre, one rounding each. */
struct plait_deep_job {
    struct plait_deep_orbit first;    /* where an orbit begins */
    struct plait_deep_orbit critical; /* where it continues after a rebase; Mandelbrot: the same */
    struct plait_deep_real pitch;     /* d */
    double half_width, half_height;   /* in pixels, a multiple of 0.5 */
    double re, im;                    /* c of the centre, for smooth values alone */
    int32_t maxit;                    /* 1 .. INT32_MAX */
    bool julia;
    bool extended;  /* a view beyond the exponents of doubles */
    bool shortcuts; /* orbits that repeat are found, which changes no count */
};

/* Writes the results of each pixel of the tile. */
typedef void plait_deep_tile_fn(const struct plait_deep_job *job,
                                const struct plait_escape_tile *tile,
                                const struct plait_escape_results *to);

/* The reference: the count of one pixel, step by step as the contract says, without shortcuts. Sets
 * *value to the smooth value, unless value is NULL. Every path equals both on every pixel. */
int32_t plait_deep_reference(const struct plait_deep_job *job, uint32_t row, uint32_t col,
                             double *value);

#endif
