/* SPDX-License-Identifier: MIT
 * The functions of OpenCL that Plait calls, found by name in the loader of this machine. */
#ifndef PLAIT_ARCH_OPENCL_LOADER_H
#define PLAIT_ARCH_OPENCL_LOADER_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <stdbool.h>

/* row(name) for each of them. */
#define PLAIT_OPENCL_FUNCTIONS(row)                                                                \
    row(clGetPlatformIDs) row(clGetPlatformInfo) row(clGetDeviceIDs) row(clGetDeviceInfo)          \
        row(clCreateContext) row(clReleaseContext) row(clCreateCommandQueue)                       \
            row(clReleaseCommandQueue) row(clCreateProgramWithSource) row(clBuildProgram)          \
                row(clGetProgramBuildInfo) row(clReleaseProgram) row(clCreateKernel)               \
                    row(clReleaseKernel) row(clSetKernelArg) row(clCreateBuffer)                   \
                        row(clReleaseMemObject) row(clEnqueueNDRangeKernel)                        \
                            row(clEnqueueReadBuffer) row(clEnqueueWriteBuffer) row(clGetEventInfo) \
                                row(clReleaseEvent) row(clFlush) row(clFinish)

#define PLAIT_OPENCL_MEMBER(name) __typeof__(name) *name;
struct plait_opencl {
    PLAIT_OPENCL_FUNCTIONS(PLAIT_OPENCL_MEMBER)
};

/* Opens libOpenCL.so.1 once a process; it stays open, since drivers leave threads and handlers
 * behind. NULL where it is not there or lacks a function. Not for several threads at a time. */
const struct plait_opencl *plait_opencl_load(void);

#endif
