/* SPDX-License-Identifier: MIT
 * The AVX2 path of the escape counts. */
#include "../escape.h"
#include "vec_avx2.h"

#include <math.h>

#define ESCAPE_TILE plait_escape_tile_avx2
#include "../escape_body.h"
