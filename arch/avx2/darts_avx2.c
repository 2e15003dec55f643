/* SPDX-License-Identifier: MIT
 * The AVX2 path of the darts. */
#include "ivec_avx2.h"

/* A 64-bit multiplication is made of six operations. */
enum { GROUP_VECS = 4, STRIDES = 1 };
#define DARTS_HITS plait_darts_hits_avx2
#include "../darts_body.h"
