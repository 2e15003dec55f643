/* SPDX-License-Identifier: MIT
 * Devices, such as GPUs, on which plait_escape_rows, plait_darts_hits, plait_darts_add_hits and the
 * labels of plait_kmeans_*, and so others, can run: the device of struct plait_exec. Results are
 * the same to the bit; a device is tried against the contract (docs/determinism.md) before it is
 * used, and one that fails in the middle of the work is replaced by the threads of exec.
 *
 * A device is used by one thread at a time, and devices are counted and opened by one at a time.
 * The first call of this header may load OpenCL drivers into the process, which may start threads
 * and replace the actions of signals; a library that was built with -DPLAIT_OPENCL=OFF has no
 * devices. */
#ifndef PLAIT_DEVICE_H
#define PLAIT_DEVICE_H

#include "plait/api.h"
#include "plait/exec.h"
#include "plait/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum plait_device_set {
    PLAIT_GPUS,       /* no driver is loaded where the machine shows no GPU, or has drivers for CPUs
                       * alone: PoCL's takes 60 MiB and replaces the actions of signals */
    PLAIT_ALL_DEVICES /* CPUs that a driver offers as devices, too: meant for tests */
};

/* What a device may compute. */
enum plait_device_job {
    PLAIT_JOB_DARTS, /* hits, of both generators */
    PLAIT_JOB_ROWS,  /* escape counts */
    PLAIT_JOB_LABELS /* the labels of k-means */
};

struct plait_device_info {
    char name[64];         /* as the driver has it */
    char driver[96];       /* its platform and version */
    uint64_t memory_bytes; /* of the device */
    bool gpu;
    bool doubles;          /* has doubles, without which it computes no rows */
    double darts_per_s;    /* of rxs64, as measured when it was opened; 0: not used */
    double steps_per_s;    /* of escape counts; 0: not used, or no rows */
    double products_per_s; /* of labels, points x centroids x columns; 0: not used, or no labels */
};

#define PLAIT_DEVICE_WHY_BYTES 256

/* Whether this library has devices at all: not where it was built with -DPLAIT_OPENCL=OFF. */
PLAIT_API bool plait_device_built(void);

/* The devices of this machine, GPUs first, index 0 .. plait_device_count() - 1. */
PLAIT_API size_t plait_device_count(enum plait_device_set set);

/* Opens a device and tries it: arithmetic, darts, labels and pictures must be right to the bit.
 * That takes some 0.2 s, and a second where the driver compiles the kernels for the first time.
 * NULL if it is not to be used; `why` then says why, in a clause without a full stop. *info is
 * filled either way as far as it is known. plait_device_close, which takes NULL too, ends it. */
PLAIT_API struct plait_device *plait_device_open(enum plait_device_set set, size_t index,
                                                 struct plait_device_info *info,
                                                 char why[PLAIT_DEVICE_WHY_BYTES]);
PLAIT_API void plait_device_close(struct plait_device *device);

/* Whether kernels use the device for the job: it can, and has not failed. */
PLAIT_API bool plait_device_does(const struct plait_device *device, enum plait_device_job job);

/* Has `loss` called once, from within the kernel that notices it, when the device fails: lost, out
 * of memory, stuck. That kernel and all later ones continue on the threads of their exec. */
typedef void plait_device_lost_fn(void *context, const char *why);
PLAIT_API void plait_device_on_loss(struct plait_device *device, plait_device_lost_fn *loss,
                                    void *context);

/* How fast the threads of exec do the job, its device not counted: darts per second, or steps of
 * escape counts on the view, or products of labels of the points, that devices are measured on.
 * Takes some 20 ms, and more on slow machines. 0 without memory. exec->progress is not called. */
PLAIT_API double plait_exec_speed(const struct plait_exec *exec, enum plait_device_job job);

#ifdef __cplusplus
}
#endif

#endif
