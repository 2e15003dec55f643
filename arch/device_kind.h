/* SPDX-License-Identifier: MIT
 * What a kind of device brings: the devices that it finds, and launches on them. Everything else is
 * the same for all kinds: the trial (device_trial.c), the cut into launches and the waiting
 * (device.c). */
#ifndef PLAIT_ARCH_DEVICE_KIND_H
#define PLAIT_ARCH_DEVICE_KIND_H

#include "device.h"

/* Launches in flight at a time, so that the device need not wait for the caller. */
enum { PLAIT_DEVICE_SLOTS = 2 };

/* Counts of hits that a launch has at most. */
enum { PLAIT_DEVICE_SUMS = 65536 };

/* A launch of darts: `items` work items, items_per_run for each run, each of which takes
 * `draws_per_item` draws, the last one of a run what is left. */
struct device_darts_launch {
    bool pcg32;
    uint64_t start;
    struct pcg_leap to_run, to_item; /* between runs, and between the items of a run */
    uint32_t draws;                  /* of a run, within this launch */
    uint32_t draws_per_item, items_per_run, items;
    uint32_t spread; /* sums of a run: item k adds to sum k % spread */
    uint32_t sums;   /* runs * spread, at most PLAIT_DEVICE_SUMS */
};

/* A batch of pixels: those from number `begin` on, counted along the rows from row `first`. */
struct device_rows_launch {
    const struct plait_escape_job *job;
    uint32_t first, width;
    uint32_t begin, pixels;
};

/* Memory for the points of a k-means, in buffers of `blocks` blocks. */
struct device_points_shape {
    uint32_t dims, tiles;
    uint32_t buffers, blocks;
};

enum device_copy { DEVICE_COPY_A, DEVICE_COPY_SQUARES, DEVICE_COPY_B, DEVICE_COPY_H };

/* `count` floats, at most PLAIT_DEVICE_PUT, to `offset` of what `copy` says; a and squares have
 * several buffers. */
enum { PLAIT_DEVICE_PUT = 1 << 20 };
struct device_put {
    enum device_copy copy;
    uint32_t buffer;
    uint64_t offset;
    uint32_t count;
    const float *values;
};

/* Tiles [tile, tile + tiles) against blocks [first, first + blocks) of a buffer. Where `begins` is
 * false an earlier launch has done the tiles before; where `ends` is false, a later one continues,
 * and there are at most PLAIT_DEVICE_KEPT blocks. */
enum { PLAIT_DEVICE_LABELS = 1 << 15, PLAIT_DEVICE_KEPT = 1 << 11 }; /* blocks of a launch */
struct device_labels_launch {
    uint32_t dims, tile, tiles;
    bool begins, ends;
    float slope;
    uint32_t buffer, first, blocks;
};

enum device_state { DEVICE_RUNNING, DEVICE_ENDED, DEVICE_FAILED };

struct plait_device_kind {
    const char *name;
    int (*count)(enum plait_device_choice choice);
    /* Fills device->facts but for jobs and speeds, and sets device->pixels_max and buffer_bytes.
     * NULL: `why`. */
    struct plait_device *(*open)(enum plait_device_choice choice, int index,
                                 struct plait_device_facts *facts, char *why);
    void (*close)(struct plait_device *device);

    /* Waits for it. abc[3 n], results[4 n]: fma(a, b, c), a * b, a + b, fma(-a, a, b) of each
     * triple. */
    bool (*arithmetic)(struct plait_device *device, uint32_t n, const double *abc, double *results);

    /* The same in floats. */
    bool (*floats)(struct plait_device *device, uint32_t n, const float *abc, float *results);

    /* Waits for it: 8 * steps fused operations of doubles, or of floats, in chains of their own, in
     * each of `items` work items. For benchmarks. */
    bool (*fused)(struct plait_device *device, bool doubles, uint32_t items, uint32_t steps);

    /* These start something on a slot that is free and return at once. false: the device has
     * failed, and device->why says how; so does DEVICE_FAILED. */
    bool (*darts)(struct plait_device *device, int slot, const struct device_darts_launch *launch);
    /* The first `steps` steps of a batch, which the slot then holds. */
    bool (*rows_begin)(struct plait_device *device, int slot,
                       const struct device_rows_launch *launch, uint32_t steps);
    /* `steps` more of those orbits of the batch that have not ended. */
    bool (*rows_resume)(struct plait_device *device, int slot,
                        const struct device_rows_launch *launch, uint32_t steps);
    /* Brings the counts of the batch to the slot's memory. */
    bool (*rows_fetch)(struct plait_device *device, int slot, uint32_t pixels);
    /* Memory on the device for points; NULL: the device has none left, and device->why says so. */
    void *(*points_open)(struct plait_device *device, const struct device_points_shape *shape);
    void (*points_close)(struct plait_device *device, void *points);
    bool (*put)(struct plait_device *device, void *points, int slot, const struct device_put *put);
    bool (*label)(struct plait_device *device, void *points, int slot,
                  const struct device_labels_launch *launch);
    enum device_state (*poll)(struct plait_device *device, int slot);

    /* What has come of it when poll says DEVICE_ENDED, until the next start on the slot. */
    const uint32_t *(*sums)(const struct plait_device *device, int slot);
    uint32_t (*pending)(const struct plait_device *device, int slot); /* orbits not ended */
    const int32_t *(*counts)(const struct plait_device *device, int slot);
    const int32_t *(*labels)(const void *points, int slot); /* [blocks][BLOCK] */
};

/* A device of any kind begins with this. */
struct plait_device {
    const struct plait_device_kind *kind;
    struct plait_device_facts facts;
    uint32_t pixels_max;   /* of a batch; 0: no rows */
    uint64_t buffer_bytes; /* of the largest buffer that it may have */
    uint64_t draws_budget, steps_budget,
        products_budget;        /* of a launch, for it to last about as long as it should */
    char why[PLAIT_DEVICE_WHY]; /* it failed */
    bool lost;
    bool declined; /* that points do not fit has been said */
    plait_device_loss_fn *loss;
    void *loss_context;
};

/* The compiled kinds, ended by NULL. Tests link a table of their own. */
extern const struct plait_device_kind *const plait_device_kinds[];

/* Writes a reason into why[PLAIT_DEVICE_WHY]; always false. */
bool plait_device_refuse(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tries the device and fills jobs and speeds of its facts. false: `why`. */
bool plait_device_try(struct plait_device *device, char *why);

#endif
