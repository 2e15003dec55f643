/* SPDX-License-Identifier: MIT
 * A path: one set of instructions, with a function for each kernel. Paths are const tables; the one
 * in use is an argument that is passed down, never a writable pointer.
 *
 * arch/<name>/path_<name>.c defines plait_path_<name>. */
#ifndef PLAIT_ARCH_PATH_H
#define PLAIT_ARCH_PATH_H

#include "bound.h"
#include "darts.h"
#include "deep.h"
#include "distance.h"
#include "escape.h"
#include "kmeans.h"
#include "smooth.h"

#include <stdint.h>

/* Functions only: tests count the kernels by the size of the struct. */
struct plait_path_kernels {
    plait_escape_tile_fn *escape_tile;
    plait_escape_tile_fn *distance_tile; /* its values are distances (distance.h) */
    plait_smooth_row_fn *smooth_row;
    plait_deep_tile_fn *deep_tile;
    plait_darts_hits_fn *darts_hits;
    plait_kmeans_path_fn *kmeans;
};

struct plait_path {
    const char *name; /* what --path and PLAIT_PATH take: the name of its directory */
    uint32_t needs;   /* PLAIT_CPU_* bits, all of which the machine must have */
    uint32_t lanes;   /* doubles in one vector */
    struct plait_path_kernels kernels; /* NULL: left out, see PLAIT_PATH_KERNEL */
    const struct plait_bound *bound;   /* NULL: not known */
};

/* Has every kernel. */
extern const struct plait_path plait_path_scalar;

/* The function of a path for a kernel, a member of struct plait_path_kernels. A path that leaves it
 * out borrows that of the scalar path; results are the same by contract. Kernels call paths through
 * this, never by the member. */
#define PLAIT_PATH_KERNEL(path, kernel) \
    ((path)->kernels.kernel ? (path)->kernels.kernel : plait_path_scalar.kernels.kernel)

#endif
