/* SPDX-License-Identifier: MIT
 * Labels of k-means on a device. It does the filter in floats alone, whose margin says which points
 * are in doubt: those, sums and all doubles are the caller's. So a device without doubles will do,
 * and one whose doubles are slow.
 *
 * What the proof of the margin (kernels/kmeans_floats.c) asks of the arithmetic is that sums,
 * products and fused operations of floats are rounded correctly, in any order, which the trial
 * compares. A device may take subnormal floats for 0: with B = |b| that adds at most 2^-115 (1 + B)
 * to the error of a score of 1024 columns, which the 2^-100 in the margin covers where B < 2^-20,
 * and else the fiftieth by which e rounds up what copies lose, above 2^-30 B^2. */
#include "device_flight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = PLAIT_KMEANS_BLOCK, TILE = PLAIT_KMEANS_TILE };

/* The device takes points in groups of that many blocks. */
enum { GROUP = 4 };

/* Of a launch: the budget adapts it to 5 ms, from below, so this is never reached by what is slow.
 */
static const uint64_t products_max = UINT64_C(1) << 36;

/* Points in buffers, of which the first ones stay and the last one takes the others in turn. */
struct plait_device_points {
    struct plait_device *device;
    struct plait_device_copies copies;
    struct device_points_shape shape;
    uint64_t parts;    /* of `shape.blocks` blocks, the last one may be shorter */
    uint64_t resident; /* parts that have a buffer of their own */
    uint64_t sent;     /* resident parts that are there */
    void *memory;      /* of the kind */
};

/* -- memory ------------------------------------------------------------------------------------ */

/* Not for this device: reported once, whatever the number of runs. */
static struct plait_device_points *device_decline(struct plait_device_points *points,
                                                  struct plait_device *device) {
    if (!device->declined && device->loss)
        device->loss(device->loss_context, device->why);
    device->declined = true;
    free(points);
    return NULL;
}

/* Half of the memory is for points and centroids: the rest is for pictures, displays and other
 * ranks. Columns are the largest buffers; squares go with them. */
static bool device_points_fit(struct plait_device_points *points) {
    struct plait_device *device = points->device;
    struct device_points_shape *shape = &points->shape;
    const uint64_t half = device->facts.memory_bytes / 2, quarter = half / 4;
    const uint64_t largest = device_least(device->buffer_bytes, quarter);
    const uint64_t block = BLOCK * sizeof(float); /* of a column, or of the squares */
    const uint64_t tiles = shape->tiles * (uint64_t)TILE * sizeof(float);
    const uint64_t block_bytes = block * (shape->dims + 1), tiles_bytes = tiles * (shape->dims + 1);
    const uint64_t most_blocks =
        device_least(largest / (block * shape->dims), quarter / block_bytes);
    if (tiles * shape->dims > largest || tiles_bytes > quarter || most_blocks < GROUP)
        return plait_device_refuse(device->why,
                                   "its memory is too small for the centroids of this k-means");
    uint64_t blocks = device_least(most_blocks, UINT32_MAX) / GROUP * GROUP;
    if (points->copies.blocks <= blocks)
        blocks = (points->copies.blocks + GROUP - 1) / GROUP * GROUP;
    points->parts = (points->copies.blocks + blocks - 1) / blocks;
    const uint64_t most = (half - tiles_bytes) / (blocks * block_bytes); /* at least 3 */
    points->resident = points->parts <= most ? points->parts : most - 1;
    shape->blocks = (uint32_t)blocks;
    shape->buffers = (uint32_t)(points->parts <= most ? points->parts : most);
    return true;
}

struct plait_device_points *plait_device_points_open(struct plait_device *device,
                                                     const struct plait_device_copies *copies) {
    struct plait_device_points *points = calloc(1, sizeof *points);
    if (device->lost || !points || copies->blocks == 0) {
        free(points);
        return NULL;
    }
    points->device = device;
    points->copies = *copies;
    points->shape.dims = copies->dims;
    points->shape.tiles = copies->tiles;
    if (!device_points_fit(points))
        return device_decline(points, device);
    points->memory = device->kind->points_open(device, &points->shape);
    return points->memory ? points : device_decline(points, device);
}

void plait_device_points_close(struct plait_device_points *points) {
    if (points)
        points->device->kind->points_close(points->device, points->memory);
    free(points);
}

/* -- labels ------------------------------------------------------------------------------------ */

/* What comes next: the tiles, then of each part its points, where they are not there yet, and
 * launches; and what the slots hold. */
struct labels_work {
    struct plait_device_points *points;
    const struct plait_kmeans_floats *centroids;
    struct device_flight flight;
    enum { LABELS_SEND_B, LABELS_SEND_H, LABELS_SEND_A, LABELS_SEND_SQUARES, LABELS_FIND } phase;
    uint64_t sent;         /* floats of this phase */
    uint64_t part, block;  /* and the next block of the part */
    uint32_t blocks, tile; /* of the chunk that is being labelled: 0: none; next tile */
    uint64_t found[PLAIT_DEVICE_SLOTS]; /* blocks whose labels the slot brings */
};

static uint64_t labels_part_blocks(const struct plait_device_points *points, uint64_t part) {
    return device_least(points->shape.blocks, points->copies.blocks - part * points->shape.blocks);
}

/* The floats of the phase: where they lie, and how many. */
static const float *labels_source(const struct labels_work *work, uint64_t *count) {
    const struct plait_device_points *points = work->points;
    const uint64_t dims = points->shape.dims, first = work->part * points->shape.blocks * BLOCK;
    const uint64_t tiles = (uint64_t)work->centroids->tiles * TILE;
    const uint64_t some = labels_part_blocks(points, work->part) * BLOCK;
    switch (work->phase) {
    case LABELS_SEND_B:
        *count = tiles * dims;
        return work->centroids->b;
    case LABELS_SEND_H:
        *count = tiles;
        return work->centroids->h;
    case LABELS_SEND_A:
        *count = some * dims;
        return points->copies.a + first * dims;
    default:
        *count = some;
        return points->copies.squares + first;
    }
}

/* The next piece of what is sent. */
static bool labels_send(struct labels_work *work, int slot) {
    static const enum device_copy copies[] = {DEVICE_COPY_B, DEVICE_COPY_H, DEVICE_COPY_A,
                                              DEVICE_COPY_SQUARES};
    struct plait_device_points *points = work->points;
    uint64_t count;
    const float *source = labels_source(work, &count);
    const struct device_put put = {
        .copy = copies[work->phase],
        .buffer = (uint32_t)device_least(work->part, points->shape.buffers - 1),
        .offset = work->sent,
        .count = (uint32_t)device_least(count - work->sent, PLAIT_DEVICE_PUT),
        .values = source + work->sent,
    };
    work->sent += put.count;
    if (work->sent == count) {
        work->sent = 0;
        if (work->phase == LABELS_SEND_SQUARES && work->part < points->resident)
            points->sent = work->part + 1;
        if (work->phase != LABELS_SEND_H || points->sent <= work->part)
            work->phase++;
        else
            work->phase = LABELS_FIND;
    }
    plait_flight_launched(&work->flight, slot, 0);
    return points->device->kind->put(points->device, points->memory, slot, &put);
}

/* How many blocks a launch takes, and how many tiles: all of them if that is not too long, else
 * some for as many points as keep a device busy. */
static uint32_t labels_chunk(const struct labels_work *work, uint64_t left) {
    const struct plait_device_points *points = work->points;
    const uint64_t tile_products = (uint64_t)BLOCK * TILE * points->shape.dims;
    const uint64_t budget = points->device->products_budget / tile_products; /* blocks x tiles */
    const uint64_t wide = device_least(budget, PLAIT_DEVICE_KEPT);
    const uint64_t whole = device_least(budget / work->centroids->tiles, PLAIT_DEVICE_LABELS);
    const uint64_t most = (wide > whole ? wide : whole) / GROUP * GROUP;
    return (uint32_t)device_least(most > GROUP ? most : GROUP, left);
}

static bool labels_find(struct labels_work *work, int slot) {
    struct plait_device_points *points = work->points;
    struct plait_device *device = points->device;
    const uint64_t all = labels_part_blocks(points, work->part);
    const uint64_t tile_products = (uint64_t)BLOCK * TILE * points->shape.dims;
    if (work->blocks == 0) {
        work->blocks = labels_chunk(work, all - work->block);
        work->tile = 0;
    }
    const uint64_t tiles = device->products_budget / (tile_products * work->blocks);
    const uint32_t left = work->centroids->tiles - work->tile;
    struct device_labels_launch launch = {
        .dims = points->shape.dims,
        .tile = work->tile,
        .tiles = (uint32_t)device_within(tiles, 1, left),
        .begins = work->tile == 0,
        .slope = work->centroids->slope,
        .buffer = (uint32_t)device_least(work->part, points->shape.buffers - 1),
        .first = (uint32_t)work->block,
        .blocks = work->blocks,
    };
    if (launch.blocks > PLAIT_DEVICE_KEPT)
        launch.tiles = left; /* the budget may have fallen since the chunk was chosen */
    launch.ends = launch.tiles == left;
    plait_flight_launched(&work->flight, slot, tile_products * launch.blocks * launch.tiles);
    work->tile += launch.tiles;
    if (launch.ends) {
        work->found[slot] = launch.blocks;
        work->block += launch.blocks;
        work->blocks = 0;
    }
    if (launch.ends && work->block == all) {
        work->part++;
        work->block = 0;
        work->phase = work->part < points->sent ? LABELS_FIND : LABELS_SEND_A;
    }
    return device->kind->label(device, points->memory, slot, &launch);
}

enum plait_device_end plait_device_labels(struct plait_device_points *points,
                                          const struct plait_kmeans_floats *centroids,
                                          struct plait_device_progress progress, int32_t *labels,
                                          uint64_t *done) {
    struct plait_device *device = points->device;
    const uint64_t all = points->copies.blocks;
    struct labels_work work = {.points = points,
                               .centroids = centroids,
                               .flight = plait_flight_begin(device, progress, all)};
    struct device_flight *flight = &work.flight;
    uint64_t launched = 0, harvested = 0; /* launches, which take the slots in turn */
    *done = 0;
    if (device->lost)
        return PLAIT_DEVICE_LOST;
    while (harvested < launched || (*done < all && !flight->stopped)) {
        bool moved = false;
        while (!flight->stopped && work.part < points->parts &&
               launched - harvested < PLAIT_DEVICE_SLOTS) {
            const int slot = (int)(launched++ % PLAIT_DEVICE_SLOTS);
            work.found[slot] = 0;
            if (work.phase == LABELS_FIND ? !labels_find(&work, slot) : !labels_send(&work, slot))
                return plait_device_lose(device);
        }
        const int slot = (int)(harvested % PLAIT_DEVICE_SLOTS);
        const enum device_state state = device->kind->poll(device, slot);
        if (state == DEVICE_FAILED)
            return plait_device_lose(device);
        if (state == DEVICE_ENDED) {
            plait_flight_ended(flight, slot, &device->products_budget, products_max);
            if (work.found[slot] > 0)
                memcpy(labels + *done * BLOCK, device->kind->labels(points->memory, slot),
                       work.found[slot] * BLOCK * sizeof *labels);
            *done += work.found[slot];
            harvested++;
            moved = true;
        }
        if (!plait_flight_wait(flight, moved, *done))
            return plait_device_lose(device);
    }
    return *done < all ? PLAIT_DEVICE_STOPPED : PLAIT_DEVICE_DONE;
}

/* -- reference --------------------------------------------------------------------------------- */

int32_t plait_device_reference_label(const struct plait_kmeans_floats *centroids, const float *a,
                                     float square) {
    float best = 3e38f, second = 3e38f;
    int32_t label = 0;
    for (uint32_t j = 0; j < centroids->tiles * TILE; j++) {
        const float *b = centroids->b + (size_t)(j / TILE) * centroids->dims * TILE + j % TILE;
        float score = centroids->h[j];
        for (size_t d = 0; d < centroids->dims; d++)
            score = fmaf(-a[d * BLOCK], b[d * TILE], score);
        if (score < best) {
            second = best;
            best = score;
            label = (int32_t)j;
        } else if (score < second)
            second = score;
    }
    const float fives = 5 * square, fours = 4 * best, reach = fives + fours;
    const float product = reach * centroids->slope, margin = product + 0x1p-100f;
    const float gap = second - best;
    return margin < gap ? label : ~label;
}
