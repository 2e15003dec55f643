/* SPDX-License-Identifier: MIT
 * The AVX2 path of the darts. */
#include "ivec_avx2.h"

enum { GROUP_VECS = 4 };
#define DARTS_HITS plait_darts_hits_avx2
#include "../darts_body.h"
