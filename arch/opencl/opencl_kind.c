/* SPDX-License-Identifier: MIT
 * Devices of OpenCL: found, opened, and launches on them. All calls return at once but those of
 * opening and of the trial: a slot's last command has an event, which is asked whether it is over.
 */
#include "opencl_kind.h"

#include "opencl_loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const unsigned char plait_opencl_source[]; /* device_kernels.cl, embedded by CMake */
extern const size_t plait_opencl_source_bytes;

enum { PLATFORMS_MAX = 16, DEVICES_MAX = 64, WORK_GROUP = 64, JOB_DOUBLES = 10 };

/* Pixels of a batch at most, and at least for a device to be worth it. */
enum { BATCH_MAX = 1 << 20, BATCH_MIN = 1 << 14 };

enum buffer {
    BUFFER_SUMS,
    BUFFER_PENDING,
    BUFFERS_OF_DARTS,
    BUFFER_JOB = BUFFERS_OF_DARTS,
    BUFFER_X,
    BUFFER_Y,
    BUFFER_COUNTS,
    BUFFER_LIST,
    BUFFER_OTHER_LIST,
    BUFFERS
};

struct opencl_slot {
    cl_mem buffers[BUFFERS];
    cl_event event; /* of the last command; NULL: none */
    uint32_t sums[PLAIT_DEVICE_SUMS];
    uint32_t pending;
    int32_t *counts;         /* [pixels_max] */
    double job[JOB_DOUBLES]; /* as the kernels read it; stays here while it is copied */
    bool swapped;            /* the list that a resume reads is OTHER_LIST */
};

enum {
    KERNEL_DARTS,
    KERNEL_FLOAT_ARITHMETIC,
    KERNEL_FLOAT_FUSED,
    KERNEL_LABELS,
    KERNELS_WITHOUT_DOUBLES,
    KERNEL_ARITHMETIC = KERNELS_WITHOUT_DOUBLES,
    KERNEL_FUSED,
    KERNEL_BEGIN,
    KERNEL_RESUME,
    KERNELS
};
static const char *const kernel_names[KERNELS] = {"darts",      "float_arithmetic", "float_fused",
                                                  "labels",     "arithmetic",       "fused",
                                                  "rows_begin", "rows_resume"};

struct opencl_device {
    struct plait_device device; /* the first member */
    const struct plait_opencl *cl;
    cl_device_id id;
    cl_context context;
    cl_command_queue queue; /* in order */
    cl_program program;
    cl_kernel kernels[KERNELS];
    struct opencl_slot slots[PLAIT_DEVICE_SLOTS];
};

/* -- errors ------------------------------------------------------------------------------------ */

static const char *opencl_error_text(cl_int code) {
    switch (code) {
    case CL_DEVICE_NOT_AVAILABLE:
        return "the device is not available";
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_RESOURCES:
        return "the device is out of memory or was reset";
    case CL_OUT_OF_HOST_MEMORY:
        return "out of memory";
    case CL_BUILD_PROGRAM_FAILURE:
        return "its compiler refuses the kernels";
    default:
        return "the driver reports an error";
    }
}

/* What a driver says of itself, as one line of plain text for people and reports. */
static void opencl_plain(const char *text, char *plain, size_t bytes) {
    size_t length = 0;
    for (text += strspn(text, " "); *text && length + 1 < bytes; text++) {
        const unsigned char c = (unsigned char)*text;
        plain[length++] = c < ' ' ? ' ' : c > '~' ? '?' : (char)c;
    }
    plain[length] = '\0';
}

/* Notes why a call failed; false unless code is CL_SUCCESS. */
static bool opencl_did(char *why, const char *what, cl_int code) {
    if (code != CL_SUCCESS)
        snprintf(why, PLAIT_DEVICE_WHY, "%s (%s, code %d)", opencl_error_text(code), what,
                 (int)code);
    return code == CL_SUCCESS;
}

/* The same of a call that makes something: a driver may report success and make nothing. */
static bool opencl_made(char *why, const char *what, const void *made, cl_int code) {
    return opencl_did(why, what, made || code != CL_SUCCESS ? code : CL_INVALID_VALUE);
}

/* -- which devices there are ------------------------------------------------------------------- */

struct opencl_found {
    cl_device_id ids[DEVICES_MAX];
    cl_platform_id platforms[DEVICES_MAX];
    int count;
};

/* A platform that has CPUs alone starts them when its devices are asked for. */
static bool opencl_is_for_cpus(const struct plait_opencl *cl, cl_platform_id platform) {
    char name[128] = "";
    cl->clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name - 1, name, NULL);
    return strcmp(name, "Portable Computing Language") == 0 || strcmp(name, "Oclgrind") == 0;
}

static void opencl_add(const struct plait_opencl *cl, cl_platform_id platform, cl_device_type type,
                       struct opencl_found *found) {
    cl_uint count = 0;
    const cl_uint space = (cl_uint)(DEVICES_MAX - found->count);
    if (space == 0 ||
        cl->clGetDeviceIDs(platform, type, space, found->ids + found->count, &count) != CL_SUCCESS)
        return;
    /* A count may be larger than what was written. */
    for (cl_uint k = 0; k < count && k < space && found->ids[found->count]; k++)
        found->platforms[found->count++] = platform;
}

/* GPUs of all platforms first, in the order of the loader. */
static struct opencl_found opencl_find(const struct plait_opencl *cl,
                                       enum plait_device_choice choice) {
    static const cl_device_type types[] = {CL_DEVICE_TYPE_GPU, CL_DEVICE_TYPE_ACCELERATOR,
                                           CL_DEVICE_TYPE_CPU};
    struct opencl_found found = {.count = 0};
    cl_platform_id platforms[PLATFORMS_MAX] = {NULL};
    cl_uint count = 0;
    if (cl->clGetPlatformIDs(PLATFORMS_MAX, platforms, &count) != CL_SUCCESS)
        return found;
    for (int t = 0; t < (choice == PLAIT_CHOOSE_GPUS ? 1 : 3); t++)
        for (cl_uint p = 0; p < count && p < PLATFORMS_MAX; p++)
            if (platforms[p] &&
                (choice == PLAIT_CHOOSE_ALL || !opencl_is_for_cpus(cl, platforms[p])))
                opencl_add(cl, platforms[p], types[t], &found);
    return found;
}

/* Where the user has said by a variable which drivers there are, that counts. */
static bool opencl_is_worth_loading(enum plait_device_choice choice) {
    return choice == PLAIT_CHOOSE_ALL || getenv("OCL_ICD_VENDORS") || getenv("OCL_ICD_FILENAMES") ||
           getenv("OPENCL_VENDOR_PATH") || plait_opencl_may_have_gpu("/dev", "/etc/OpenCL/vendors");
}

static int opencl_count(enum plait_device_choice choice) {
    const struct plait_opencl *cl = opencl_is_worth_loading(choice) ? plait_opencl_load() : NULL;
    return cl ? opencl_find(cl, choice).count : 0;
}

/* -- opening ----------------------------------------------------------------------------------- */

static void opencl_forget_program(struct opencl_device *d) {
    for (int k = 0; k < KERNELS; k++) {
        if (d->kernels[k])
            d->cl->clReleaseKernel(d->kernels[k]);
        d->kernels[k] = NULL;
    }
    if (d->program)
        d->cl->clReleaseProgram(d->program);
    d->program = NULL;
}

static void opencl_close(struct plait_device *device) {
    struct opencl_device *d = (struct opencl_device *)device;
    const struct plait_opencl *cl = d->cl;
    for (int s = 0; s < PLAIT_DEVICE_SLOTS && !device->lost; s++) {
        for (int b = 0; b < BUFFERS; b++)
            if (d->slots[s].buffers[b])
                cl->clReleaseMemObject(d->slots[s].buffers[b]);
        if (d->slots[s].event)
            cl->clReleaseEvent(d->slots[s].event);
        free(d->slots[s].counts);
    }
    /* A driver that has lost its device may wait for it for ever, or write to memory once more: all
     * of that stays as it is to the end of the process. */
    if (device->lost)
        return;
    opencl_forget_program(d);
    if (d->queue)
        cl->clReleaseCommandQueue(d->queue);
    if (d->context)
        cl->clReleaseContext(d->context);
    free(d);
}

static void opencl_text(const struct opencl_device *d, cl_device_info what, char *text,
                        size_t bytes) {
    char full[512] = "";
    d->cl->clGetDeviceInfo(d->id, what, sizeof full - 1, full, NULL);
    opencl_plain(full, text, bytes);
}

/* Who has more does not know how much it is. */
static const uint64_t memory_bytes_max = UINT64_C(1) << 48;

static void opencl_describe(struct opencl_device *d, cl_platform_id platform) {
    struct plait_device_facts *facts = &d->device.facts;
    char full[512] = "", name[48] = "", version[40] = "";
    cl_ulong memory = 0;
    cl_device_type type = 0;
    cl_device_fp_config doubles = 0;
    opencl_text(d, CL_DEVICE_NAME, facts->name, sizeof facts->name);
    opencl_text(d, CL_DRIVER_VERSION, version, sizeof version);
    d->cl->clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof full - 1, full, NULL);
    opencl_plain(full, name, sizeof name);
    if (!facts->name[0])
        snprintf(facts->name, sizeof facts->name, "without a name");
    snprintf(facts->driver, sizeof facts->driver, "%s %s", name[0] ? name : "unknown driver",
             version);
    d->cl->clGetDeviceInfo(d->id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL);
    d->cl->clGetDeviceInfo(d->id, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    if (d->cl->clGetDeviceInfo(d->id, CL_DEVICE_DOUBLE_FP_CONFIG, sizeof doubles, &doubles, NULL) !=
        CL_SUCCESS)
        doubles = 0;
    facts->memory_bytes = memory <= memory_bytes_max ? memory : 0;
    facts->gpu = (type & CL_DEVICE_TYPE_GPU) != 0;
    facts->doubles = doubles != 0;
}

/* The first line of the compiler's log that says something is the reason. */
static void opencl_explain_build(const struct opencl_device *d, char *why) {
    char log[4096] = "";
    if (d->cl->clGetProgramBuildInfo(d->program, d->id, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log,
                                     NULL) != CL_SUCCESS)
        return;
    const char *line = strstr(log, "error");
    while (line && line > log && line[-1] != '\n')
        line--;
    char plain[160];
    if (!line)
        return;
    log[line - log + (long)strcspn(line, "\n")] = '\0';
    opencl_plain(line, plain, sizeof plain);
    snprintf(why, PLAIT_DEVICE_WHY, "its compiler refuses the kernels: %s", plain);
}

static bool opencl_build(struct opencl_device *d, char *why) {
    const struct plait_opencl *cl = d->cl;
    const char *text = (const char *)plait_opencl_source;
    const char *options =
        d->device.facts.doubles ? "-cl-std=CL1.2 -DPLAIT_DOUBLES" : "-cl-std=CL1.2";
    cl_int code = CL_SUCCESS;
    d->program =
        cl->clCreateProgramWithSource(d->context, 1, &text, &plait_opencl_source_bytes, &code);
    if (!opencl_made(why, "clCreateProgramWithSource", d->program, code))
        return false;
    if (!opencl_did(why, "clBuildProgram",
                    cl->clBuildProgram(d->program, 1, &d->id, options, NULL, NULL))) {
        opencl_explain_build(d, why);
        return false;
    }
    for (int k = 0; k < (d->device.facts.doubles ? KERNELS : KERNELS_WITHOUT_DOUBLES); k++) {
        d->kernels[k] = cl->clCreateKernel(d->program, kernel_names[k], &code);
        if (!opencl_made(why, "clCreateKernel", d->kernels[k], code))
            return false;
    }
    return true;
}

static bool opencl_reserve(struct opencl_device *d, size_t bytes, cl_mem *buffer, char *why) {
    cl_int code = CL_SUCCESS;
    *buffer = d->cl->clCreateBuffer(d->context, CL_MEM_READ_WRITE, bytes, NULL, &code);
    return opencl_made(why, "clCreateBuffer", *buffer, code);
}

/* As many pixels as may take an eighth of the device's memory, over all slots. */
static uint32_t opencl_batch(const struct plait_device_facts *facts) {
    const uint64_t pixel_bytes = 2 * sizeof(double) + sizeof(int32_t) + 2 * sizeof(uint32_t);
    const uint64_t most = facts->memory_bytes / 8 / PLAIT_DEVICE_SLOTS / pixel_bytes;
    uint32_t pixels = BATCH_MAX;
    while (pixels > BATCH_MIN && pixels > most)
        pixels /= 2;
    return pixels;
}

static bool opencl_reserve_slot(struct opencl_device *d, struct opencl_slot *slot, char *why) {
    const size_t pixels = d->device.pixels_max;
    const size_t bytes[BUFFERS] = {
        [BUFFER_SUMS] = sizeof slot->sums,         [BUFFER_PENDING] = sizeof slot->pending,
        [BUFFER_JOB] = sizeof slot->job,           [BUFFER_X] = pixels * sizeof(double),
        [BUFFER_Y] = pixels * sizeof(double),      [BUFFER_COUNTS] = pixels * sizeof(int32_t),
        [BUFFER_LIST] = pixels * sizeof(uint32_t), [BUFFER_OTHER_LIST] = pixels * sizeof(uint32_t),
    };
    for (int b = 0; b < (pixels > 0 ? BUFFERS : BUFFERS_OF_DARTS); b++)
        if (!opencl_reserve(d, bytes[b], &slot->buffers[b], why))
            return false;
    slot->counts = malloc(pixels > 0 ? pixels * sizeof *slot->counts : 1);
    return slot->counts || opencl_did(why, "malloc", CL_OUT_OF_HOST_MEMORY);
}

static struct plait_device *opencl_open(enum plait_device_choice choice, int index,
                                        struct plait_device_facts *facts, char *why) {
    const struct plait_opencl *cl = plait_opencl_load();
    const struct opencl_found found = opencl_find(cl, choice);
    struct opencl_device *d = calloc(1, sizeof *d);
    cl_int code = CL_SUCCESS;
    if (!d || index >= found.count) {
        opencl_did(why, "open", d ? CL_DEVICE_NOT_AVAILABLE : CL_OUT_OF_HOST_MEMORY);
        free(d);
        return NULL;
    }
    d->device.kind = &plait_opencl_kind;
    d->cl = cl;
    d->id = found.ids[index];
    opencl_describe(d, found.platforms[index]);
    *facts = d->device.facts;
    cl_ulong largest = 0;
    cl->clGetDeviceInfo(d->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof largest, &largest, NULL);
    d->device.buffer_bytes = largest;
    d->context = cl->clCreateContext(NULL, 1, &d->id, NULL, NULL, &code);
    bool able = opencl_made(why, "clCreateContext", d->context, code);
    if (able) {
        d->queue = cl->clCreateCommandQueue(d->context, d->id, 0, &code);
        able = opencl_made(why, "clCreateCommandQueue", d->queue, code) && opencl_build(d, why);
        if (!able && d->queue &&
            d->device.facts.doubles) { /* as the driver claims, not the compiler */
            opencl_forget_program(d);
            d->device.facts.doubles = facts->doubles = false;
            able = opencl_build(d, why);
        }
    }
    d->device.pixels_max = facts->doubles ? opencl_batch(facts) : 0;

    for (int s = 0; s < PLAIT_DEVICE_SLOTS && able; s++)
        able = opencl_reserve_slot(d, &d->slots[s], why);
    if (able)
        return &d->device;
    opencl_close(&d->device);
    return NULL;
}

/* -- launches ---------------------------------------------------------------------------------- */

/* The arguments of a kernel, in their order. */
struct opencl_arguments {
    struct opencl_device *d;
    cl_kernel kernel;
    cl_uint count;
    cl_int code; /* the first failure */
};

static void opencl_argument(struct opencl_arguments *a, size_t bytes, const void *value) {
    const cl_int code = a->d->cl->clSetKernelArg(a->kernel, a->count++, bytes, value);
    if (a->code == CL_SUCCESS)
        a->code = code;
}

static void opencl_int(struct opencl_arguments *a, int32_t value) {
    opencl_argument(a, sizeof value, &value);
}

static void opencl_uint(struct opencl_arguments *a, uint32_t value) {
    opencl_argument(a, sizeof value, &value);
}

static void opencl_ulong(struct opencl_arguments *a, uint64_t value) {
    opencl_argument(a, sizeof value, &value);
}

static void opencl_buffer(struct opencl_arguments *a, const cl_mem *buffer) {
    opencl_argument(a, sizeof *buffer, buffer);
}

static bool opencl_run(struct opencl_arguments *a, uint32_t items) {
    struct opencl_device *d = a->d;
    const size_t local = WORK_GROUP, global = ((size_t)items + local - 1) / local * local;
    return opencl_did(d->device.why, "clSetKernelArg", a->code) &&
           opencl_did(d->device.why, "clEnqueueNDRangeKernel",
                      d->cl->clEnqueueNDRangeKernel(d->queue, a->kernel, 1, NULL, &global, &local,
                                                    0, NULL, NULL));
}

/* Written rather than filled: oclgrind 21.10 does not see that a fill gives memory a value. */
static bool opencl_zero(struct opencl_device *d, cl_mem buffer, size_t bytes) {
    static const uint32_t zeros[PLAIT_DEVICE_SUMS] = {0};
    return opencl_did(
        d->device.why, "clEnqueueWriteBuffer",
        d->cl->clEnqueueWriteBuffer(d->queue, buffer, CL_FALSE, 0, bytes, zeros, 0, NULL, NULL));
}

/* The last command of a slot: its event says when all of them are over. */
static bool opencl_read(struct opencl_device *d, struct opencl_slot *slot, cl_mem buffer,
                        size_t bytes, void *memory) {
    if (slot->event)
        d->cl->clReleaseEvent(slot->event);
    slot->event = NULL;
    const cl_int code = d->cl->clEnqueueReadBuffer(d->queue, buffer, CL_FALSE, 0, bytes, memory, 0,
                                                   NULL, &slot->event);
    return opencl_made(d->device.why, "clEnqueueReadBuffer", slot->event, code) &&
           opencl_did(d->device.why, "clFlush", d->cl->clFlush(d->queue));
}

static bool opencl_darts(struct plait_device *device, int index,
                         const struct device_darts_launch *launch) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_slot *slot = &d->slots[index];
    struct opencl_arguments a = {d, d->kernels[KERNEL_DARTS], 0, CL_SUCCESS};
    const size_t bytes = launch->sums * sizeof *slot->sums;
    opencl_int(&a, launch->pcg32);
    opencl_ulong(&a, launch->start);
    opencl_ulong(&a, launch->to_run.multiplier);
    opencl_ulong(&a, launch->to_run.increment);
    opencl_ulong(&a, launch->to_item.multiplier);
    opencl_ulong(&a, launch->to_item.increment);
    opencl_uint(&a, launch->draws);
    opencl_uint(&a, launch->draws_per_item);
    opencl_uint(&a, launch->items_per_run);
    opencl_uint(&a, launch->items);
    opencl_uint(&a, launch->spread);
    opencl_buffer(&a, &slot->buffers[BUFFER_SUMS]);
    return opencl_zero(d, slot->buffers[BUFFER_SUMS], bytes) && opencl_run(&a, launch->items) &&
           opencl_read(d, slot, slot->buffers[BUFFER_SUMS], bytes, slot->sums);
}

/* What both kernels of rows take; the list that a resume reads follows. */
static struct opencl_arguments opencl_rows_arguments(struct opencl_device *d,
                                                     struct opencl_slot *slot, int kernel,
                                                     const struct device_rows_launch *launch,
                                                     uint32_t items, uint32_t steps) {
    struct opencl_arguments a = {d, d->kernels[kernel], 0, CL_SUCCESS};
    opencl_buffer(&a, &slot->buffers[BUFFER_JOB]);
    opencl_int(&a, launch->job->julia);
    opencl_int(&a, launch->job->shortcuts);
    opencl_uint(&a, launch->first);
    opencl_uint(&a, launch->width);
    opencl_uint(&a, launch->begin);
    opencl_uint(&a, items);
    opencl_int(&a, (int32_t)steps);
    opencl_int(&a, launch->job->maxit);
    opencl_buffer(&a, &slot->buffers[BUFFER_X]);
    opencl_buffer(&a, &slot->buffers[BUFFER_Y]);
    opencl_buffer(&a, &slot->buffers[BUFFER_COUNTS]);
    opencl_buffer(&a, &slot->buffers[slot->swapped ? BUFFER_LIST : BUFFER_OTHER_LIST]);
    opencl_buffer(&a, &slot->buffers[BUFFER_PENDING]);
    return a;
}

static bool opencl_rows_launch(struct opencl_arguments *a, struct opencl_slot *slot,
                               uint32_t items) {
    struct opencl_device *d = a->d;
    slot->swapped = !slot->swapped;
    return opencl_zero(d, slot->buffers[BUFFER_PENDING], sizeof slot->pending) &&
           opencl_run(a, items) &&
           opencl_read(d, slot, slot->buffers[BUFFER_PENDING], sizeof slot->pending,
                       &slot->pending);
}

static bool opencl_rows_begin(struct plait_device *device, int index,
                              const struct device_rows_launch *launch, uint32_t steps) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_slot *slot = &d->slots[index];
    const struct plait_escape_job *job = launch->job;
    const double members[JOB_DOUBLES] = {job->cx,          job->cy,         job->dx,
                                         job->dy,          job->half_width, job->half_height,
                                         job->cre,         job->cim,        job->bailout_squared,
                                         job->blind_min_cr};
    memcpy(slot->job, members, sizeof members);
    if (!opencl_did(device->why, "clEnqueueWriteBuffer",
                    d->cl->clEnqueueWriteBuffer(d->queue, slot->buffers[BUFFER_JOB], CL_FALSE, 0,
                                                sizeof slot->job, slot->job, 0, NULL, NULL)))
        return false;
    struct opencl_arguments a =
        opencl_rows_arguments(d, slot, KERNEL_BEGIN, launch, launch->pixels, steps);
    return opencl_rows_launch(&a, slot, launch->pixels);
}

static bool opencl_rows_resume(struct plait_device *device, int index,
                               const struct device_rows_launch *launch, uint32_t steps) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_slot *slot = &d->slots[index];
    struct opencl_arguments a =
        opencl_rows_arguments(d, slot, KERNEL_RESUME, launch, slot->pending, steps);
    opencl_buffer(&a, &slot->buffers[slot->swapped ? BUFFER_OTHER_LIST : BUFFER_LIST]);
    return opencl_rows_launch(&a, slot, slot->pending);
}

static bool opencl_rows_fetch(struct plait_device *device, int index, uint32_t pixels) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_slot *slot = &d->slots[index];
    return opencl_read(d, slot, slot->buffers[BUFFER_COUNTS], pixels * sizeof *slot->counts,
                       slot->counts);
}

static enum device_state opencl_poll(struct plait_device *device, int index) {
    struct opencl_device *d = (struct opencl_device *)device;
    cl_int status = CL_QUEUED;
    const cl_int code = d->cl->clGetEventInfo(
        d->slots[index].event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL);
    if (!opencl_did(device->why, "clGetEventInfo", code) ||
        (status < 0 && !opencl_did(device->why, "a launch", status)))
        return DEVICE_FAILED;
    return status == CL_COMPLETE ? DEVICE_ENDED : DEVICE_RUNNING;
}

/* A kernel of n items that makes of three numbers of `size` bytes each four. */
static bool opencl_try_triples(struct opencl_device *d, int kernel, uint32_t n, size_t size,
                               const void *abc, void *results) {
    struct opencl_arguments a = {d, d->kernels[kernel], 0, CL_SUCCESS};
    const size_t in_bytes = 3 * n * size, out_bytes = 4 * n * size;
    char *why = d->device.why;
    cl_mem in = NULL, out = NULL;
    bool able = opencl_reserve(d, in_bytes, &in, why) && opencl_reserve(d, out_bytes, &out, why);
    if (able) {
        opencl_uint(&a, n);
        opencl_buffer(&a, &in);
        opencl_buffer(&a, &out);
        able = opencl_did(why, "clEnqueueWriteBuffer",
                          d->cl->clEnqueueWriteBuffer(d->queue, in, CL_TRUE, 0, in_bytes, abc, 0,
                                                      NULL, NULL)) &&
               opencl_run(&a, n) &&
               opencl_did(why, "clEnqueueReadBuffer",
                          d->cl->clEnqueueReadBuffer(d->queue, out, CL_TRUE, 0, out_bytes, results,
                                                     0, NULL, NULL));
    }
    if (in)
        d->cl->clReleaseMemObject(in);
    if (out)
        d->cl->clReleaseMemObject(out);
    return able;
}

static bool opencl_arithmetic(struct plait_device *device, uint32_t n, const double *abc,
                              double *results) {
    return opencl_try_triples((struct opencl_device *)device, KERNEL_ARITHMETIC, n, sizeof *abc,
                              abc, results);
}

static bool opencl_floats(struct plait_device *device, uint32_t n, const float *abc,
                          float *results) {
    return opencl_try_triples((struct opencl_device *)device, KERNEL_FLOAT_ARITHMETIC, n,
                              sizeof *abc, abc, results);
}

static bool opencl_fused(struct plait_device *device, bool doubles, uint32_t items,
                         uint32_t steps) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_arguments a = {d, d->kernels[doubles ? KERNEL_FUSED : KERNEL_FLOAT_FUSED], 0,
                                 CL_SUCCESS};
    const uint32_t whole = (items + WORK_GROUP - 1) / WORK_GROUP * WORK_GROUP;
    const double factor = 0.999;
    const float factor_float = 0.999f;
    cl_mem out = NULL;
    if (!opencl_reserve(d, whole * sizeof factor, &out, device->why))
        return false;
    opencl_uint(&a, steps);
    if (doubles)
        opencl_argument(&a, sizeof factor, &factor);
    else
        opencl_argument(&a, sizeof factor_float, &factor_float);
    opencl_buffer(&a, &out);
    const bool able =
        opencl_run(&a, whole) && opencl_did(device->why, "clFinish", d->cl->clFinish(d->queue));
    d->cl->clReleaseMemObject(out);
    return able;
}

/* -- labels ------------------------------------------------------------------------------------ */

/* The kernel's blocks, tiles, and blocks of an item. */
enum { BLOCK = PLAIT_KMEANS_BLOCK, TILE = PLAIT_KMEANS_TILE, GROUP = 4 };

enum { KEPT_BESTS, KEPT_SECONDS, KEPT_FOUND, KEPT };

struct opencl_points {
    struct device_points_shape shape;
    cl_mem *copies[DEVICE_COPY_H + 1]; /* [buffers] of a and of squares, one of b and of h */
    cl_mem kept[KEPT];
    cl_mem labels[PLAIT_DEVICE_SLOTS];
    /* Of a slot, what is sent and what comes back: [LABELS][BLOCK] = [PUT] numbers of 4 bytes. */
    void *memory[PLAIT_DEVICE_SLOTS];
};

static uint32_t opencl_buffers_of(const struct device_points_shape *shape, int copy) {
    return copy == DEVICE_COPY_A || copy == DEVICE_COPY_SQUARES ? shape->buffers : 1;
}

static void opencl_points_close(struct plait_device *device, void *points) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_points *p = points;
    if (device->lost) /* as in opencl_close */
        return;
    for (int copy = 0; copy <= DEVICE_COPY_H; copy++) {
        for (uint32_t k = 0; p->copies[copy] && k < opencl_buffers_of(&p->shape, copy); k++)
            if (p->copies[copy][k])
                d->cl->clReleaseMemObject(p->copies[copy][k]);
        free(p->copies[copy]);
    }
    for (int k = 0; k < KEPT; k++)
        if (p->kept[k])
            d->cl->clReleaseMemObject(p->kept[k]);
    for (int slot = 0; slot < PLAIT_DEVICE_SLOTS; slot++) {
        if (p->labels[slot])
            d->cl->clReleaseMemObject(p->labels[slot]);
        free(p->memory[slot]);
    }
    free(p);
}

static void *opencl_points_open(struct plait_device *device,
                                const struct device_points_shape *shape) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_points *p = calloc(1, sizeof *p);
    const size_t block = BLOCK * sizeof(float), tile = TILE * sizeof(float);
    const size_t bytes[] = {[DEVICE_COPY_A] = shape->blocks * block * shape->dims,
                            [DEVICE_COPY_SQUARES] = shape->blocks * block,
                            [DEVICE_COPY_B] = shape->tiles * tile * shape->dims,
                            [DEVICE_COPY_H] = shape->tiles * tile};
    bool able = p || opencl_did(device->why, "calloc", CL_OUT_OF_HOST_MEMORY);
    if (able)
        p->shape = *shape;
    for (int copy = 0; able && copy <= DEVICE_COPY_H; copy++) {
        const uint32_t buffers = opencl_buffers_of(shape, copy);
        p->copies[copy] = calloc(buffers, sizeof(cl_mem));
        able = p->copies[copy] || opencl_did(device->why, "calloc", CL_OUT_OF_HOST_MEMORY);
        for (uint32_t k = 0; able && k < buffers; k++)
            able = opencl_reserve(d, bytes[copy], &p->copies[copy][k], device->why);
    }
    for (int k = 0; able && k < KEPT; k++)
        able = opencl_reserve(d, PLAIT_DEVICE_KEPT * block, &p->kept[k], device->why);
    for (int slot = 0; able && slot < PLAIT_DEVICE_SLOTS; slot++) {
        p->memory[slot] = malloc(PLAIT_DEVICE_LABELS * block);
        able = (p->memory[slot] || opencl_did(device->why, "malloc", CL_OUT_OF_HOST_MEMORY)) &&
               opencl_reserve(d, PLAIT_DEVICE_LABELS * block, &p->labels[slot], device->why);
    }
    if (able)
        return p;
    if (p)
        opencl_points_close(device, p);
    return NULL;
}

static bool opencl_put(struct plait_device *device, void *points, int index,
                       const struct device_put *put) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_slot *slot = &d->slots[index];
    struct opencl_points *p = points;
    const uint32_t buffer = opencl_buffers_of(&p->shape, put->copy) > 1 ? put->buffer : 0;
    /* From memory that stays if the device is lost on the way. */
    memcpy(p->memory[index], put->values, put->count * sizeof(float));
    if (slot->event)
        d->cl->clReleaseEvent(slot->event);
    slot->event = NULL;
    const cl_int code = d->cl->clEnqueueWriteBuffer(
        d->queue, p->copies[put->copy][buffer], CL_FALSE, put->offset * sizeof(float),
        put->count * sizeof(float), p->memory[index], 0, NULL, &slot->event);
    return opencl_made(device->why, "clEnqueueWriteBuffer", slot->event, code) &&
           opencl_did(device->why, "clFlush", d->cl->clFlush(d->queue));
}

static bool opencl_label(struct plait_device *device, void *points, int index,
                         const struct device_labels_launch *launch) {
    struct opencl_device *d = (struct opencl_device *)device;
    struct opencl_points *p = points;
    struct opencl_arguments a = {d, d->kernels[KERNEL_LABELS], 0, CL_SUCCESS};
    const uint32_t items = (launch->blocks + GROUP - 1) / GROUP * BLOCK;
    opencl_uint(&a, launch->dims);
    opencl_uint(&a, launch->tile);
    opencl_uint(&a, launch->tiles);
    opencl_int(&a, launch->begins);
    opencl_int(&a, launch->ends);
    opencl_argument(&a, sizeof launch->slope, &launch->slope);
    opencl_uint(&a, launch->first);
    opencl_uint(&a, launch->blocks);
    opencl_buffer(&a, &p->copies[DEVICE_COPY_A][launch->buffer]);
    opencl_buffer(&a, &p->copies[DEVICE_COPY_SQUARES][launch->buffer]);
    opencl_buffer(&a, &p->copies[DEVICE_COPY_B][0]);
    opencl_buffer(&a, &p->copies[DEVICE_COPY_H][0]);
    for (int k = 0; k < KEPT; k++)
        opencl_buffer(&a, &p->kept[k]);
    opencl_buffer(&a, &p->labels[index]);
    /* Something is read in any case: the event of that says when the launch is over. */
    const size_t bytes = launch->ends ? launch->blocks * BLOCK * sizeof(int32_t) : sizeof(int32_t);
    return opencl_run(&a, items) &&
           opencl_read(d, &d->slots[index], launch->ends ? p->labels[index] : p->kept[KEPT_FOUND],
                       bytes, p->memory[index]);
}

static const int32_t *opencl_labels(const void *points, int slot) {
    return ((const struct opencl_points *)points)->memory[slot];
}

static const uint32_t *opencl_sums(const struct plait_device *device, int slot) {
    return ((const struct opencl_device *)device)->slots[slot].sums;
}

static uint32_t opencl_pending(const struct plait_device *device, int slot) {
    return ((const struct opencl_device *)device)->slots[slot].pending;
}

static const int32_t *opencl_counts(const struct plait_device *device, int slot) {
    return ((const struct opencl_device *)device)->slots[slot].counts;
}

const struct plait_device_kind plait_opencl_kind = {
    .name = "opencl",
    .count = opencl_count,
    .open = opencl_open,
    .close = opencl_close,
    .arithmetic = opencl_arithmetic,
    .floats = opencl_floats,
    .fused = opencl_fused,
    .darts = opencl_darts,
    .rows_begin = opencl_rows_begin,
    .rows_resume = opencl_rows_resume,
    .rows_fetch = opencl_rows_fetch,
    .points_open = opencl_points_open,
    .points_close = opencl_points_close,
    .put = opencl_put,
    .label = opencl_label,
    .poll = opencl_poll,
    .sums = opencl_sums,
    .pending = opencl_pending,
    .counts = opencl_counts,
    .labels = opencl_labels,
};
