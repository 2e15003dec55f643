/* SPDX-License-Identifier: MIT
 * The AVX2 path of the escape counts. */
#include "escape_words_avx2.h"

enum { DEEP_VECS = 7, C_IN_MEMORY = 1, UNROLL = 1, GROUP_VECS = 4, BLOCK = 48 };
#define ESCAPE_TILE plait_escape_tile_avx2
#include "../escape_body.h"
