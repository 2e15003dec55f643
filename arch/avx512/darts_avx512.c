/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the darts. */
#include "ivec_avx512.h"

/* vpmullq is one operation on AMD; on Intel it is three, and strides should win there. */
enum { GROUP_VECS = 4, STRIDES = 0 };
#define DARTS_HITS plait_darts_hits_avx512
#include "../darts_body.h"
