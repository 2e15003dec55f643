/* SPDX-License-Identifier: MIT
 * The NEON path of the darts. */
#include "ivec_neon.h"

/* A 64-bit multiplication is made of five operations. */
enum { GROUP_VECS = 4, STRIDES = 1 };
#define DARTS_HITS plait_darts_hits_neon
#include "../darts_body.h"
