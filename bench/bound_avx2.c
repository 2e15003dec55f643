/* SPDX-License-Identifier: MIT
 * The rates of the avx2 path's arithmetic units. */
#include "../arch/avx2/vec_avx2.h"

#define VEC_REGISTER /* of the asm statement */ "x"
#include "bound_body.h"

const struct bound bound_avx2 = {"avx2", bound_mix, bound_fma, bound_add};
