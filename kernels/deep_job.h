/* SPDX-License-Identifier: MIT
 * What the kernels of pictures ask a deep picture. Internal. */
#ifndef PLAIT_KERNELS_DEEP_JOB_H
#define PLAIT_KERNELS_DEEP_JOB_H

#include "../arch/deep.h"
#include "plait/deep.h"

/* Whether the tables are made, and for this picture. */
bool plait_deep_fits(const struct plait_deep *deep, const struct plait_escape *escape);

/* The job of escape->deep, which must fit. */
struct plait_deep_job plait_deep_make_job(const struct plait_escape *escape);

/* The view that it was begun with. */
const struct plait_deep_view *plait_deep_view_of(const struct plait_deep *deep);

#endif
