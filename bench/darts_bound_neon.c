/* SPDX-License-Identifier: MIT
 * The rate of the neon path's integer units. */
#include "../arch/neon/ivec_neon.h"

#define VEC_REGISTER /* of the asm statement */ "w"
#define DARTS_BOUND darts_bound_neon
#include "darts_bound_body.h"
