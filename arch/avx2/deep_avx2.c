/* SPDX-License-Identifier: MIT
 * The AVX2 path of the deep counts. */
#define DEEP_TILE plait_deep_tile_avx2
#include "../deep_body.h"
