/* SPDX-License-Identifier: MIT
 * The NEON path of the deep counts. */
#define DEEP_TILE plait_deep_tile_neon
#include "../deep_body.h"
