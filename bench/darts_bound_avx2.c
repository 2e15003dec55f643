/* SPDX-License-Identifier: MIT
 * The rate of the avx2 path's integer units, and how many operations its darts need. */
#include "../arch/avx2/ivec_avx2.h"

#define VEC_REGISTER /* of the asm statement */ "x"
#include "darts_bound_body.h"

const struct darts_bound darts_bound_avx2 = {"avx2", darts_bound_add, {19 / 8.0, 46 / 8.0}};
