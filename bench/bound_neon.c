/* SPDX-License-Identifier: MIT
 * The rates of the neon path's arithmetic units. */
#include "../arch/neon/vec_neon.h"

#define VEC_REGISTER /* of the asm statement */ "w"
#include "bound_body.h"

const struct bound bound_neon = {"neon", bound_mix, bound_fma, bound_add};
