/* SPDX-License-Identifier: MIT
 * The NEON path of the smooth values. */
#define SMOOTH_ROW plait_smooth_row_neon
#include "../smooth_body.h"
