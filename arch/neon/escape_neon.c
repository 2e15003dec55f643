/* SPDX-License-Identifier: MIT
 * The NEON path of the escape counts. */
#include "escape_words_neon.h"

enum { DEEP_VECS = 8, C_IN_MEMORY = 1, UNROLL = 2, GROUP_VECS = 4, BLOCK = 32 };
#define ESCAPE_TILE plait_escape_tile_neon
#include "../escape_body.h"
