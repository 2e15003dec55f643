/* SPDX-License-Identifier: MIT
 * The rate of the avx512 path's integer units, and how many operations its darts need. */
#include "../arch/avx512/ivec_avx512.h"

#define VEC_REGISTER /* of the asm statement */ "v"
#include "darts_bound_body.h"

const struct darts_bound darts_bound_avx512 = {"avx512", darts_bound_add, {12 / 16.0, 31 / 16.0}};
