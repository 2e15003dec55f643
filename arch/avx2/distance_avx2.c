/* SPDX-License-Identifier: MIT
 * The AVX2 path of the distances: the escape kernel, whose orbits have a derivative. */
#include "escape_words_avx2.h"

enum { DEEP_VECS = 3, C_IN_MEMORY = 1, UNROLL = 1, GROUP_VECS = 3, BLOCK = 48 };
#define ESCAPE_DISTANCE 1
#define ESCAPE_TILE plait_distance_tile_avx2
#include "../escape_body.h"
