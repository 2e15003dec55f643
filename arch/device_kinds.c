/* SPDX-License-Identifier: MIT
 * The table of kinds, in a file of its own so that tests can link another one. */
#include "device_kind.h"

#ifdef PLAIT_HAVE_OPENCL
#include "opencl/opencl_kind.h"
#endif

const struct plait_device_kind *const plait_device_kinds[] = {
#ifdef PLAIT_HAVE_OPENCL
    &plait_opencl_kind,
#endif
    NULL,
};
