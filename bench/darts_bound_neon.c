/* SPDX-License-Identifier: MIT
 * The rate of the neon path's integer units, and how many operations its darts need. */
#include "../arch/neon/ivec_neon.h"

#define VEC_REGISTER /* of the asm statement */ "w"
#include "darts_bound_body.h"

const struct darts_bound darts_bound_neon = {"neon", darts_bound_add, {21 / 4.0, 48 / 4.0}};
