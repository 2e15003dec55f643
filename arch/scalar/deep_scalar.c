/* SPDX-License-Identifier: MIT
 * The scalar path of the deep counts. */
#define DEEP_TILE plait_deep_tile_scalar
#include "../deep_body.h"
