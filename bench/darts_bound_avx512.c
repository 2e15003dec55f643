/* SPDX-License-Identifier: MIT
 * The rate of the avx512 path's integer units. */
#include "../arch/avx512/ivec_avx512.h"

#define VEC_REGISTER /* of the asm statement */ "v"
#define DARTS_BOUND darts_bound_avx512
#include "darts_bound_body.h"
