/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the escape counts. */
#include "escape_words_avx512.h"

enum { DEEP_VECS = 7, C_IN_MEMORY = 0, UNROLL = 1, GROUP_VECS = 4, BLOCK = 64 };
#define ESCAPE_TILE plait_escape_tile_avx512
#include "../escape_body.h"
