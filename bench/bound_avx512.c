/* SPDX-License-Identifier: MIT
 * The rates of the avx512 path's arithmetic units. */
#include "../arch/avx512/vec_avx512.h"

#define VEC_REGISTER /* of the asm statement */ "v"
#include "bound_body.h"

const struct bound bound_avx512 = {"avx512", bound_mix, bound_fma, bound_add};
