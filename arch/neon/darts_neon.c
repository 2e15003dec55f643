/* SPDX-License-Identifier: MIT
 * The NEON path of the darts. */
#include "ivec_neon.h"

enum { GROUP_VECS = 4 };
#define DARTS_HITS plait_darts_hits_neon
#include "../darts_body.h"
