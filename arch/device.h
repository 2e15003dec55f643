/* SPDX-License-Identifier: MIT
 * Devices: processors that take whole pieces of work and report when they are done, such as GPUs. A
 * device is no path: a path is a const table whose functions compute on the caller's thread, a
 * device has a handle, takes many rows or darts at once, and lets the caller do something else
 * meanwhile. Its results are those of the paths, bit for bit: whether that is so is tried when a
 * device is opened, and one wrong bit means that it is not used.
 *
 * A handle may be used by one thread at a time. */
#ifndef PLAIT_ARCH_DEVICE_H
#define PLAIT_ARCH_DEVICE_H

#include "escape.h"
#include "kmeans.h"
#include "pcg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plait_device;

/* Which devices count. Their order is the same in all processes of a node, GPUs first. */
enum plait_device_choice {
    PLAIT_CHOOSE_GPUS, /* drivers that have no GPU are not loaded where that can be known before */
    PLAIT_CHOOSE_ALL   /* CPUs that a driver offers as a device, too */
};

enum { PLAIT_DEVICE_WHY = 256 }; /* bytes of a reason */

/* What a device can do, as bits. */
enum { PLAIT_DOES_DARTS = 1, PLAIT_DOES_ROWS = 2, PLAIT_DOES_LABELS = 4 };

struct plait_device_facts {
    char name[64];
    char driver[96];       /* its platform and version */
    uint64_t memory_bytes; /* of the device */
    bool gpu;
    bool doubles;          /* has numbers of 64 bits; without them there are no rows */
    uint32_t jobs;         /* PLAIT_DOES_*, proved by the trial */
    double darts_per_s;    /* measured by the trial; 0: not tried */
    double steps_per_s;    /* of escape counts, steps that the reference makes */
    double products_per_s; /* of labels, points x centroids x columns */
};

/* The number of devices. */
size_t plait_devices(enum plait_device_choice choice);

/* Opens device `index`, below the number of devices, and tries it (device_trial.c). NULL: it is not
 * to be used, and `why`, of PLAIT_DEVICE_WHY bytes, says why in a clause. *facts is filled either
 * way, as far as it is known. */
struct plait_device *plait_device_acquire(enum plait_device_choice choice, size_t index,
                                          struct plait_device_facts *facts, char *why);
void plait_device_release(struct plait_device *device); /* may be NULL */

/* Called once, in the call that notices it, when a device fails: lost, out of memory, stuck. Every
 * later call ends with PLAIT_DEVICE_LOST at once. */
typedef void plait_device_loss_fn(void *context, const char *why);
void plait_device_notify(struct plait_device *device, plait_device_loss_fn *loss, void *context);

/* What the device can do, 0 once it is lost. */
uint32_t plait_device_jobs(const struct plait_device *device);

enum plait_device_end {
    PLAIT_DEVICE_DONE,
    PLAIT_DEVICE_STOPPED, /* by progress */
    PLAIT_DEVICE_LOST     /* the first part of the work is done, see each function */
};

/* Called about every 0.1 ms while the device works, with the part that is done, never falling, as
 * plait_progress_fn. false: stop soon. */
typedef bool plait_device_progress_fn(void *context, uint64_t done, uint64_t total);
struct plait_device_progress {
    plait_device_progress_fn *call; /* NULL: none */
    void *context;
};

/* The same outputs of several runs of the orbit, and the hits of the darts that are made of them:
 * rxs64 two of each output, pcg32 one of every two, so that there is no half an output. */
struct plait_device_darts {
    bool pcg32;
    uint64_t start;         /* state of the first output of the first run */
    struct pcg_leap to_run; /* from there to that of the next run */
    uint64_t draws;         /* of a run: outputs of rxs64, pairs of outputs of pcg32 */
    uint64_t runs;
};

/* Adds the hits of run k to hits[k]. *done is the number of draws that are counted, in the order of
 * the runs: all of them, or with PLAIT_DEVICE_LOST the first ones. progress gets draws. */
enum plait_device_end plait_device_darts(struct plait_device *device,
                                         const struct plait_device_darts *work,
                                         struct plait_device_progress progress, uint64_t *hits,
                                         uint64_t *done);

/* Rows [first, first + rows) of a picture, all `width` columns of it. */
struct plait_device_rows {
    const struct plait_escape_job *job;
    uint32_t first, rows, width;
};

/* Writes counts[rows][width]. *done is the number of rows that are finished: all of them, or with
 * PLAIT_DEVICE_LOST the first ones. progress gets rows. */
enum plait_device_end plait_device_rows(struct plait_device *device,
                                        const struct plait_device_rows *work,
                                        struct plait_device_progress progress, int32_t *counts,
                                        uint32_t *done);

/* The points of a k-means, which a device keeps from one call to the next. */
struct plait_device_points;

/* Copies in floats, as arch/kmeans.h describes them, which must stay where they are: points in
 * blocks, and room for so many tiles of centroids. */
struct plait_device_copies {
    uint32_t dims, tiles;
    uint64_t blocks;
    const float *a;       /* [blocks][dims][BLOCK] */
    const float *squares; /* [blocks][BLOCK]: |a|^2 */
};

/* Takes memory of the device for the copies; they are sent when labels are first asked for. Points
 * that do not fit are sent again each time. NULL: the device cannot have them. The first time that
 * this happens the loss function is called, though the device stays in use for other work. Close
 * the points before the device. */
struct plait_device_points *plait_device_points_open(struct plait_device *device,
                                                     const struct plait_device_copies *copies);
void plait_device_points_close(struct plait_device_points *points); /* may be NULL */

/* Writes labels[blocks][BLOCK]: the label of a point, or ~label where it is in doubt, as
 * plait_kmeans_filter_fn finds them, but for the tags: centroids->slope need not allow for them.
 * *done is the number of blocks that are finished: all of them, or with PLAIT_DEVICE_LOST the first
 * ones. progress gets blocks. */
enum plait_device_end plait_device_labels(struct plait_device_points *points,
                                          const struct plait_kmeans_floats *centroids,
                                          struct plait_device_progress progress, int32_t *labels,
                                          uint64_t *done);

/* What a device must find for a point: a points to its first column, the next ones BLOCK later. */
int32_t plait_device_reference_label(const struct plait_kmeans_floats *centroids, const float *a,
                                     float square);

/* The labels that speeds are measured on, likewise. */
struct plait_device_speed {
    uint32_t dims, tiles;
    uint64_t blocks;
};
struct plait_device_speed plait_device_speed_labels(void);

/* The picture that speeds are measured on, the same for devices and threads: scale^2 times 131072
 * pixels. */
struct plait_device_rows plait_device_speed_rows(struct plait_escape_job *job, uint32_t scale);

#endif
