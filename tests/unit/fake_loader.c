/* SPDX-License-Identifier: MIT
 * A libOpenCL.so.1 whose one driver is broken in the ways that FAKE_LOADER names, for tests of what
 * Plait makes of other people's drivers. Nothing is ever computed.
 *
 *     no-platforms     there are none, which is an error
 *     many             claims more platforms and devices than it writes
 *     no-devices       a platform without devices
 *     nonsense         names of garbage without an end, sizes that nobody has
 *     silent           every question about the device fails
 *     no-context, no-queue, no-program, no-kernel, no-buffer, no-event
 *                      the call reports success and makes nothing
 *     no-compiler      refuses every text, with a log that does not end
 *     false-doubles    claims doubles that its compiler refuses
 *     no-launch        launches fail
 *     lost             launches end with an error
 * Otherwise launches end at once, and what they should have computed is left as it was. */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool loader_is(const char *word) {
    const char *words = getenv("FAKE_LOADER");
    return words && strstr(words, word) != NULL;
}

/* Something for a handle to point to. */
static char handle[8];
#define HANDLE(kind) ((kind)(void *)handle)

static void loader_succeed(cl_int *code) {
    if (code)
        *code = CL_SUCCESS;
}

static cl_int loader_answer(const void *value, size_t bytes, size_t space, void *memory) {
    if (space < bytes)
        return CL_INVALID_VALUE;
    if (memory)
        memcpy(memory, value, bytes);
    return CL_SUCCESS;
}

static cl_int loader_text(const char *text, size_t space, void *memory) {
    if (loader_is("nonsense") && memory) {
        memset(memory, 0x9b, space); /* no end */
        return CL_SUCCESS;
    }
    return loader_answer(text, strlen(text) + 1, space, memory);
}

cl_int clGetPlatformIDs(cl_uint space, cl_platform_id *ids, cl_uint *count) {
    if (loader_is("no-platforms"))
        return -1001;
    if (ids && space > 0)
        ids[0] = HANDLE(cl_platform_id);
    if (count)
        *count = loader_is("many") ? 4000000000U : 1;
    return CL_SUCCESS;
}

cl_int clGetPlatformInfo(cl_platform_id id, cl_platform_info what, size_t space, void *memory,
                         size_t *bytes) {
    (void)id, (void)what, (void)bytes;
    return loader_text("a platform", space, memory);
}

cl_int clGetDeviceIDs(cl_platform_id id, cl_device_type type, cl_uint space, cl_device_id *ids,
                      cl_uint *count) {
    (void)id;
    if (loader_is("no-devices") || type != CL_DEVICE_TYPE_GPU)
        return CL_DEVICE_NOT_FOUND;
    if (ids && space > 0)
        ids[0] = HANDLE(cl_device_id);
    if (count)
        *count = loader_is("many") ? 4000000000U : 1;
    return CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id id, cl_device_info what, size_t space, void *memory,
                       size_t *bytes) {
    const cl_ulong size = loader_is("nonsense") ? ~(cl_ulong)0 : (cl_ulong)1 << 30;
    const cl_device_type type = CL_DEVICE_TYPE_GPU;
    const cl_device_fp_config doubles = CL_FP_FMA;
    (void)id, (void)bytes;
    if (loader_is("silent"))
        return CL_INVALID_DEVICE;
    switch (what) {
    case CL_DEVICE_NAME:
    case CL_DEVICE_VERSION:
    case CL_DRIVER_VERSION:
        return loader_text("broken", space, memory);
    case CL_DEVICE_TYPE:
        return loader_answer(&type, sizeof type, space, memory);
    case CL_DEVICE_DOUBLE_FP_CONFIG:
        return loader_answer(&doubles, sizeof doubles, space, memory);
    default:
        return loader_answer(&size, sizeof size, space, memory);
    }
}

cl_context clCreateContext(const cl_context_properties *properties, cl_uint count,
                           const cl_device_id *ids,
                           void(CL_CALLBACK *call)(const char *, const void *, size_t, void *),
                           void *context, cl_int *code) {
    (void)properties, (void)count, (void)ids, (void)call, (void)context;
    loader_succeed(code);
    return loader_is("no-context") ? NULL : HANDLE(cl_context);
}

cl_command_queue clCreateCommandQueue(cl_context context, cl_device_id id,
                                      cl_command_queue_properties properties, cl_int *code) {
    (void)context, (void)id, (void)properties;
    loader_succeed(code);
    return loader_is("no-queue") ? NULL : HANDLE(cl_command_queue);
}

cl_program clCreateProgramWithSource(cl_context context, cl_uint count, const char **texts,
                                     const size_t *bytes, cl_int *code) {
    (void)context, (void)count, (void)texts, (void)bytes;
    loader_succeed(code);
    return loader_is("no-program") ? NULL : HANDLE(cl_program);
}

cl_int clBuildProgram(cl_program program, cl_uint count, const cl_device_id *ids,
                      const char *options, void(CL_CALLBACK *call)(cl_program, void *),
                      void *context) {
    (void)program, (void)count, (void)ids, (void)call, (void)context;
    return loader_is("no-compiler") ||
                   (loader_is("false-doubles") && strstr(options, "PLAIT_DOUBLES"))
               ? CL_BUILD_PROGRAM_FAILURE
               : CL_SUCCESS;
}

cl_int clGetProgramBuildInfo(cl_program program, cl_device_id id, cl_program_build_info what,
                             size_t space, void *memory, size_t *bytes) {
    (void)program, (void)id, (void)what, (void)bytes;
    memset(memory, '\t', space);
    memcpy(memory, "\nan error", 9);
    return CL_SUCCESS;
}

cl_kernel clCreateKernel(cl_program program, const char *name, cl_int *code) {
    (void)program, (void)name;
    loader_succeed(code);
    return loader_is("no-kernel") ? NULL : HANDLE(cl_kernel);
}

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t bytes, void *memory,
                      cl_int *code) {
    (void)context, (void)flags, (void)bytes, (void)memory;
    loader_succeed(code);
    return loader_is("no-buffer") ? NULL : HANDLE(cl_mem);
}

cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t bytes, const void *value) {
    (void)kernel, (void)index, (void)bytes, (void)value;
    return CL_SUCCESS;
}

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
                              const size_t *offset, const size_t *global, const size_t *local,
                              cl_uint waits, const cl_event *wait, cl_event *event) {
    (void)queue, (void)kernel, (void)dimensions, (void)offset, (void)global, (void)local;
    (void)waits, (void)wait, (void)event;
    return loader_is("no-launch") ? CL_OUT_OF_RESOURCES : CL_SUCCESS;
}

static cl_int loader_event(cl_event *event) {
    if (event)
        *event = loader_is("no-event") ? NULL : HANDLE(cl_event);
    return CL_SUCCESS;
}

cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,
                           size_t bytes, void *memory, cl_uint waits, const cl_event *wait,
                           cl_event *event) {
    (void)queue, (void)buffer, (void)blocking, (void)offset, (void)bytes, (void)memory;
    (void)waits, (void)wait;
    return loader_event(event);
}

cl_int clEnqueueWriteBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,
                            size_t bytes, const void *memory, cl_uint waits, const cl_event *wait,
                            cl_event *event) {
    (void)queue, (void)buffer, (void)blocking, (void)offset, (void)bytes, (void)memory;
    (void)waits, (void)wait;
    return loader_event(event);
}

cl_int clGetEventInfo(cl_event event, cl_event_info what, size_t space, void *memory,
                      size_t *bytes) {
    const cl_int status = loader_is("lost") ? CL_OUT_OF_RESOURCES : CL_COMPLETE;
    (void)event, (void)what, (void)bytes;
    return loader_answer(&status, sizeof status, space, memory);
}

#define NOTHING(name, type)   \
    cl_int name(type value) { \
        (void)value;          \
        return CL_SUCCESS;    \
    }
NOTHING(clReleaseContext, cl_context)
NOTHING(clReleaseCommandQueue, cl_command_queue)
NOTHING(clReleaseProgram, cl_program)
NOTHING(clReleaseKernel, cl_kernel)
NOTHING(clReleaseMemObject, cl_mem)
NOTHING(clReleaseEvent, cl_event)
NOTHING(clFlush, cl_command_queue)
NOTHING(clFinish, cl_command_queue)
