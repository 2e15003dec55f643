/* SPDX-License-Identifier: MIT
 * The rates of the avx512 path's arithmetic units, and how many operations its darts need. */
#include "ivec_avx512.h"
#include "vec_avx512.h"

#define VEC_REGISTER /* of asm statements */ "v"
#include "../bound_doubles.h"
#include "../bound_integers.h"

const struct plait_bound plait_bound_avx512 = {
    .mix = bound_mix,
    .fma = bound_fma,
    .add = bound_add,
    .integer_add = bound_integer_add,
    .dart_operations = {12 / 16.0, 31 / 16.0},
};
