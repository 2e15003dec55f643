/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the escape counts. */
#include "escape_words_avx512.h"

/* Others for bench/escape_scan.c, which defines them. */
#ifndef ESCAPE_TILE
#define ESCAPE_TILE plait_escape_tile_avx512
enum { DEEP_VECS = 7, BLOCK = 64 };
#endif
enum { C_IN_MEMORY = 0, UNROLL = 1, GROUP_VECS = 4 };
#include "../escape_body.h"
