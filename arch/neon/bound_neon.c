/* SPDX-License-Identifier: MIT
 * The rates of the neon path's arithmetic units, and how many operations its darts need. */
#include "ivec_neon.h"
#include "vec_neon.h"

#define VEC_REGISTER /* of asm statements */ "w"
#include "../bound_doubles.h"
#include "../bound_integers.h"

const struct plait_bound plait_bound_neon = {
    .mix = bound_mix,
    .fma = bound_fma,
    .add = bound_add,
    .integer_add = bound_integer_add,
    .dart_operations = {21 / 4.0, 48 / 4.0},
};
