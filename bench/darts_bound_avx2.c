/* SPDX-License-Identifier: MIT
 * The rate of the avx2 path's integer units. */
#include "../arch/avx2/ivec_avx2.h"

#define VEC_REGISTER /* of the asm statement */ "x"
#define DARTS_BOUND darts_bound_avx2
#include "darts_bound_body.h"
