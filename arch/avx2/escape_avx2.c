/* SPDX-License-Identifier: MIT
 * The AVX2 path of the escape counts. */
#include "escape_words_avx2.h"

/* Others for bench/escape_scan.c, which defines them. */
#ifndef ESCAPE_TILE
#define ESCAPE_TILE plait_escape_tile_avx2
enum { DEEP_VECS = 7, BLOCK = 48 };
#endif
enum { C_IN_MEMORY = 1, UNROLL = 1, GROUP_VECS = 4 };
#include "../escape_body.h"
