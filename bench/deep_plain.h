/* SPDX-License-Identifier: MIT
 * The baseline that deep kernels are compared with. */
#ifndef PLAIT_BENCH_DEEP_PLAIN_H
#define PLAIT_BENCH_DEEP_PLAIN_H

#include "../arch/deep.h"

/* Whether this CPU has the instructions that the plain loop is compiled for. */
bool deep_plain_is_supported(void);

plait_deep_tile_fn deep_plain_tile;

#endif
