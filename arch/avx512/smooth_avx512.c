/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the smooth values. */
#define SMOOTH_ROW plait_smooth_row_avx512
#include "../smooth_body.h"
