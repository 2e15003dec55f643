/* SPDX-License-Identifier: MIT
 * The rates of the avx2 path's arithmetic units, and how many operations its darts need. */
#include "ivec_avx2.h"
#include "vec_avx2.h"

#define VEC_REGISTER /* of asm statements */ "x"
#include "../bound_doubles.h"
#include "../bound_integers.h"

const struct plait_bound plait_bound_avx2 = {
    .mix = bound_mix,
    .fma = bound_fma,
    .add = bound_add,
    .integer_add = bound_integer_add,
    .dart_operations = {19 / 8.0, 46 / 8.0},
};
