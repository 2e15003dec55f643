/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the darts. */
#include "ivec_avx512.h"

enum { GROUP_VECS = 4 };
#define DARTS_HITS plait_darts_hits_avx512
#include "../darts_body.h"
