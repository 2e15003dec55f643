/* SPDX-License-Identifier: MIT
 * The AVX2 path of the smooth values. */
#define SMOOTH_ROW plait_smooth_row_avx2
#include "../smooth_body.h"
