/* SPDX-License-Identifier: MIT
 * A path: one set of instructions, with one function per kernel. Paths are const tables; the one in
 * use is an argument that is passed down, never a writable pointer. */
#ifndef PLAIT_ARCH_PATH_H
#define PLAIT_ARCH_PATH_H

#include "darts.h"
#include "escape.h"
#include "kmeans.h"
#include "smooth.h"

#include <stdint.h>

struct plait_path {
    const char *name; /* what --path and PLAIT_PATH take */
    uint32_t needs;   /* PLAIT_CPU_* bits, all of which the machine must have */
    uint32_t lanes;   /* doubles in one vector */
    plait_escape_tile_fn *escape_tile;
    plait_smooth_row_fn *smooth_row;
    plait_darts_hits_fn *darts_hits;
    const struct plait_kmeans_path *kmeans;
};

#endif
