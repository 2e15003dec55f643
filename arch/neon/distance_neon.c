/* SPDX-License-Identifier: MIT
 * The NEON path of the distances: the escape kernel, whose orbits have a derivative. */
#include "escape_words_neon.h"

enum { DEEP_VECS = 5, C_IN_MEMORY = 1, UNROLL = 1, GROUP_VECS = 4, BLOCK = 32 };
#define ESCAPE_DISTANCE 1
#define ESCAPE_TILE plait_distance_tile_neon
#include "../escape_body.h"
