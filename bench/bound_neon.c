/* SPDX-License-Identifier: MIT
 * The rates of the neon path's arithmetic units. */
#include "../arch/neon/vec_neon.h"

#define VEC_REGISTER /* of the asm statement */ "w"
#define BOUND_MIX bound_mix_neon
#define BOUND_FMA bound_fma_neon
#define BOUND_ADD bound_add_neon
#include "bound_body.h"
