/* SPDX-License-Identifier: MIT
 * The rates of the avx512 path's arithmetic units. */
#include "../arch/avx512/vec_avx512.h"

#define VEC_REGISTER /* of the asm statement */ "v"
#define BOUND_MIX bound_mix_avx512
#define BOUND_FMA bound_fma_avx512
#define BOUND_ADD bound_add_avx512
#include "bound_body.h"
