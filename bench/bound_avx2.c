/* SPDX-License-Identifier: MIT
 * The rates of the avx2 path's arithmetic units. */
#include "../arch/avx2/vec_avx2.h"

#define VEC_REGISTER /* of the asm statement */ "x"
#define BOUND_MIX bound_mix_avx2
#define BOUND_FMA bound_fma_avx2
#define BOUND_ADD bound_add_avx2
#include "bound_body.h"
