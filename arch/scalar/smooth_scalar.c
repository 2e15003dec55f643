/* SPDX-License-Identifier: MIT
 * The scalar path of the smooth values. */
#define SMOOTH_ROW plait_smooth_row_scalar
#include "../smooth_body.h"
