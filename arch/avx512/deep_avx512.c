/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the deep counts. */
#define DEEP_TILE plait_deep_tile_avx512
#include "../deep_body.h"
