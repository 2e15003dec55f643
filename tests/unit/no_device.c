/* SPDX-License-Identifier: MIT
 * No kind of device, as in a library that was built with -DPLAIT_OPENCL=OFF. */
#include "../../arch/device_kind.h"

const struct plait_device_kind *const plait_device_kinds[] = {NULL};
