/* SPDX-License-Identifier: MIT
 * Devices of OpenCL 1.2. Nothing is linked: libOpenCL.so.1, the loader that knows the drivers of
 * this machine, is opened when devices are asked for. */
#ifndef PLAIT_ARCH_OPENCL_KIND_H
#define PLAIT_ARCH_OPENCL_KIND_H

#include "../device_kind.h"

extern const struct plait_device_kind plait_opencl_kind;

/* Whether this machine may have a GPU that an OpenCL driver knows, by what can be seen without
 * loading one: a driver made with LLVM, such as PoCL's for CPUs, takes 60 MiB and replaces the
 * actions of signals. There must be a device file of a GPU in `dev`, and no directory `vendors`
 * whose drivers are all known to be for CPUs. Errs towards true. */
bool plait_opencl_may_have_gpu(const char *dev, const char *vendors);

#endif
