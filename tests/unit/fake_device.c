/* SPDX-License-Identifier: MIT
 * A kind of device that tests link instead of OpenCL: it computes by the references, and fails as
 * FAKE_DEVICE says, a list of words:
 *
 *     absent               there is none
 *     two                  there are two, not one
 *     cpu                  it is no GPU
 *     no-doubles           it has none
 * left no-memory            its driver does not say how much it has refused              cannot be
 * opened fast, slow           what the measurement of its speed finds wrong-arithmetic,
 * wrong-darts, wrong-rows, wrong-floats, wrong-labels    one wrong bit endless              orbits
 * that never end lost=N               the N-th launch after the trial fails; with "stuck" it never
 * ends
 *
 * A launch ends when it is looked at for the second time. */
#include "../../arch/device_kind.h"

#include "../../arch/darts_exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FAKE_PIXELS = 4096 };

struct fake_slot {
    uint32_t sums[PLAIT_DEVICE_SUMS];
    int32_t counts[FAKE_PIXELS];
    uint32_t pixels, pending, steps;
    int looks;
    bool fails;
};

struct fake_device {
    struct plait_device device;
    struct fake_slot slots[PLAIT_DEVICE_SLOTS];
    long launches; /* after the trial */
};

static bool fake_is(const char *word) {
    const char *words = getenv("FAKE_DEVICE");
    return words && strstr(words, word) != NULL;
}

static int fake_count(enum plait_device_choice choice) {
    if (fake_is("absent") || (choice == PLAIT_CHOOSE_GPUS && fake_is("cpu")))
        return 0;
    return fake_is("two") ? 2 : 1;
}

static struct plait_device *fake_open(enum plait_device_choice choice, int index,
                                      struct plait_device_facts *facts, char *why) {
    struct fake_device *fake = calloc(1, sizeof *fake);
    (void)choice;
    snprintf(facts->name, sizeof facts->name, "fake %d", index);
    snprintf(facts->driver, sizeof facts->driver, "tests");
    facts->memory_bytes = fake_is("no-memory") ? 0 : UINT64_C(1) << 30;
    facts->gpu = !fake_is("cpu");
    facts->doubles = !fake_is("no-doubles");
    if (!fake || fake_is("refused")) {
        free(fake);
        plait_device_refuse(why, "the driver reports an error (test)");
        return NULL;
    }
    fake->device.kind = plait_device_kinds[0];
    fake->device.facts = *facts;
    fake->device.pixels_max = facts->doubles ? FAKE_PIXELS : 0;
    fake->device.buffer_bytes = facts->memory_bytes / 4;
    return &fake->device;
}

static void fake_close(struct plait_device *device) {
    free(device);
}

static bool fake_arithmetic(struct plait_device *device, uint32_t n, const double *abc,
                            double *results) {
    (void)device;
    for (uint32_t k = 0; k < n; k++) {
        const double a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];
        results[4 * k] = fma(a, b, c);
        results[4 * k + 1] = a * b;
        results[4 * k + 2] = a + b;
        results[4 * k + 3] = fma(-a, a, b);
    }
    if (fake_is("wrong-arithmetic"))
        results[4 * (n / 2)] = -results[4 * (n / 2)];
    return true;
}

/* Counts a launch; the trial, in which the device has no jobs yet, does not count. */
static struct fake_slot *fake_launch(struct plait_device *device, int index) {
    struct fake_device *fake = (struct fake_device *)device;
    struct fake_slot *slot = &fake->slots[index];
    const char *words = getenv("FAKE_DEVICE");
    const char *lost = words ? strstr(words, "lost=") : NULL;
    slot->looks = 0;
    slot->fails = false;
    if (device->facts.jobs != 0 && device->facts.darts_per_s > 0 && device->loss)
        slot->fails = ++fake->launches == (lost ? strtol(lost + 5, NULL, 10) : -1);
    return slot;
}

static bool fake_darts(struct plait_device *device, int index,
                       const struct device_darts_launch *launch) {
    struct fake_slot *slot = fake_launch(device, index);
    memset(slot->sums, 0, launch->sums * sizeof *slot->sums);
    /* The speed is measured on runs without a distance. */
    if (launch->to_run.multiplier == 1 && device->facts.jobs != 0 && !device->loss) {
        if (fake_is("slow"))
            nanosleep(&(struct timespec){1, 0}, NULL);
        return true;
    }
    uint64_t start = launch->start;
    for (uint32_t run = 0; run < launch->sums / launch->spread; run++) {
        struct plait_darts_job job = {.pcg32 = launch->pcg32,
                                      .state = start,
                                      .count = (uint64_t)launch->draws * (launch->pcg32 ? 1 : 2)};
        while (job.count > 0)
            slot->sums[run * launch->spread + job.count % launch->spread] += darts_take_one(&job);
        start = pcg_leap_from(launch->to_run, start);
    }
    if (fake_is("wrong-darts") && launch->draws > 100000)
        slot->sums[0]++;
    return true;
}

static void fake_count_pending(struct fake_slot *slot) {
    slot->pending = 0;
    for (uint32_t k = 0; k < slot->pixels; k++)
        slot->pending += slot->counts[k] > (int32_t)slot->steps || fake_is("endless");
}

static bool fake_rows_begin(struct plait_device *device, int index,
                            const struct device_rows_launch *launch, uint32_t steps) {
    struct fake_slot *slot = fake_launch(device, index);
    const bool measures = device->facts.jobs != 0 && !device->loss && launch->job->maxit == 1000 &&
                          launch->width % 512 == 0 && (fake_is("fast") || fake_is("slow"));
    slot->pixels = launch->pixels;
    slot->steps = steps;
    if (measures && fake_is("slow") && launch->begin == 0)
        nanosleep(&(struct timespec){1, 0}, NULL);
    for (uint32_t k = 0; k < launch->pixels; k++) {
        const uint32_t pixel = launch->begin + k;
        slot->counts[k] =
            measures ? (fake_is("fast") ? 1000000000 : 1)
                     : plait_escape_reference(launch->job, launch->first + pixel / launch->width,
                                              pixel % launch->width);
    }
    fake_count_pending(slot);
    if (measures)
        slot->pending = 0;
    return true;
}

static bool fake_rows_resume(struct plait_device *device, int index,
                             const struct device_rows_launch *launch, uint32_t steps) {
    struct fake_slot *slot = fake_launch(device, index);
    (void)launch;
    slot->steps += steps;
    fake_count_pending(slot);
    return true;
}

static bool fake_rows_fetch(struct plait_device *device, int index, uint32_t pixels) {
    struct fake_slot *slot = fake_launch(device, index);
    if (fake_is("wrong-rows") && pixels > 0)
        slot->counts[pixels - 1]++;
    return true;
}

static bool fake_floats(struct plait_device *device, uint32_t n, const float *abc, float *results) {
    (void)device;
    for (uint32_t k = 0; k < n; k++) {
        const float a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];
        results[4 * k] = fmaf(a, b, c);
        results[4 * k + 1] = a * b;
        results[4 * k + 2] = a + b;
        results[4 * k + 3] = fmaf(-a, a, b);
    }
    if (fake_is("wrong-floats"))
        results[4 * n - 1] = nextafterf(results[4 * n - 1], 0);
    return true;
}

/* Copies of what is sent; the tiles of a launch are compared when the last ones are. */
struct fake_points {
    struct device_points_shape shape;
    float *copies[DEVICE_COPY_H + 1];
    int32_t labels[PLAIT_DEVICE_SLOTS][PLAIT_DEVICE_LABELS * PLAIT_KMEANS_BLOCK];
    uint32_t next_tile;
};

static size_t fake_floats_of(const struct device_points_shape *shape, int copy) {
    const size_t points = (size_t)shape->blocks * PLAIT_KMEANS_BLOCK;
    const size_t centroids = (size_t)shape->tiles * PLAIT_KMEANS_TILE;
    return copy == DEVICE_COPY_A         ? points * shape->dims
           : copy == DEVICE_COPY_SQUARES ? points
           : copy == DEVICE_COPY_B       ? centroids * shape->dims
                                         : centroids;
}

static void *fake_points_open(struct plait_device *device,
                              const struct device_points_shape *shape) {
    struct fake_points *points = calloc(1, sizeof *points);
    if (!points || (fake_is("full") && device->loss)) {
        plait_device_refuse(device->why, "the device is out of memory or was reset (test)");
        free(points);
        return NULL;
    }
    uint64_t all = 0;
    points->shape = *shape;
    for (int copy = 0; copy <= DEVICE_COPY_H; copy++) {
        const size_t bytes = (copy < DEVICE_COPY_B ? shape->buffers : 1) *
                             fake_floats_of(shape, copy) * sizeof(float);
        points->copies[copy] = malloc(bytes);
        all += bytes;
    }
    if (all <= device->facts.memory_bytes / 2)
        return points;
    plait_device_refuse(device->why, "more than half of the memory (test)");
    for (int copy = 0; copy <= DEVICE_COPY_H; copy++)
        free(points->copies[copy]);
    free(points);
    return NULL;
}

static void fake_points_close(struct plait_device *device, void *memory) {
    struct fake_points *points = memory;
    /* The end of the measurement: what came of it depends on what else this machine does. */
    if (device->facts.products_per_s > 0 && !device->loss && (fake_is("fast") || fake_is("slow")))
        device->facts.products_per_s = fake_is("fast") ? 1e18 : 1;
    for (int copy = 0; copy <= DEVICE_COPY_H; copy++)
        free(points->copies[copy]);
    free(points);
}

static bool fake_put(struct plait_device *device, void *memory, int slot,
                     const struct device_put *put) {
    struct fake_points *points = memory;
    const size_t all = fake_floats_of(&points->shape, put->copy);
    fake_launch(device, slot);
    if (put->count > PLAIT_DEVICE_PUT || put->offset + put->count > all)
        return plait_device_refuse(device->why, "beyond the end of a buffer (test)");
    memcpy(points->copies[put->copy] + (put->copy < DEVICE_COPY_B ? put->buffer * all : 0) +
               put->offset,
           put->values, put->count * sizeof(float));
    return true;
}

static bool fake_label(struct plait_device *device, void *memory, int slot,
                       const struct device_labels_launch *launch) {
    struct fake_points *points = memory;
    const uint32_t dims = launch->dims, all = launch->blocks * PLAIT_KMEANS_BLOCK;
    const bool measures = device->facts.jobs != 0 && !device->loss && dims == 32;
    fake_launch(device, slot);
    if (launch->tile != (launch->begins ? 0 : points->next_tile) ||
        launch->first + launch->blocks > points->shape.blocks ||
        launch->blocks > (launch->begins && launch->ends ? PLAIT_DEVICE_LABELS : PLAIT_DEVICE_KEPT))
        return plait_device_refuse(device->why, "no such launch (test)");
    points->next_tile = launch->tile + launch->tiles;
    if (!launch->ends || (measures && (fake_is("fast") || fake_is("slow"))))
        return true;
    const size_t first = (size_t)launch->buffer * points->shape.blocks + launch->first;
    const float *a = points->copies[DEVICE_COPY_A] + first * dims * PLAIT_KMEANS_BLOCK;
    const float *squares = points->copies[DEVICE_COPY_SQUARES] + first * PLAIT_KMEANS_BLOCK;
    const struct plait_kmeans_floats centroids = {dims, points->next_tile,
                                                  points->copies[DEVICE_COPY_B],
                                                  points->copies[DEVICE_COPY_H], launch->slope};
    for (uint32_t p = 0; p < all; p++)
        points->labels[slot][p] = plait_device_reference_label(
            &centroids,
            a + (size_t)p / PLAIT_KMEANS_BLOCK * dims * PLAIT_KMEANS_BLOCK + p % PLAIT_KMEANS_BLOCK,
            squares[p]);
    if (fake_is("wrong-labels"))
        points->labels[slot][all - 1] ^= 1;
    return true;
}

static const int32_t *fake_labels(const void *points, int slot) {
    return ((const struct fake_points *)points)->labels[slot];
}

static enum device_state fake_poll(struct plait_device *device, int index) {
    struct fake_slot *slot = &((struct fake_device *)device)->slots[index];
    if (slot->fails && fake_is("stuck"))
        return DEVICE_RUNNING;
    if (slot->fails) {
        plait_device_refuse(device->why, "the device is out of memory or was reset (test)");
        return DEVICE_FAILED;
    }
    return slot->looks++ == 0 ? DEVICE_RUNNING : DEVICE_ENDED;
}

static const uint32_t *fake_sums(const struct plait_device *device, int slot) {
    return ((const struct fake_device *)device)->slots[slot].sums;
}

static uint32_t fake_pending(const struct plait_device *device, int slot) {
    return ((const struct fake_device *)device)->slots[slot].pending;
}

static const int32_t *fake_counts(const struct plait_device *device, int slot) {
    return ((const struct fake_device *)device)->slots[slot].counts;
}

static const struct plait_device_kind fake_kind = {
    .name = "fake",
    .count = fake_count,
    .open = fake_open,
    .close = fake_close,
    .arithmetic = fake_arithmetic,
    .darts = fake_darts,
    .rows_begin = fake_rows_begin,
    .rows_resume = fake_rows_resume,
    .rows_fetch = fake_rows_fetch,
    .floats = fake_floats,
    .points_open = fake_points_open,
    .points_close = fake_points_close,
    .put = fake_put,
    .label = fake_label,
    .labels = fake_labels,
    .poll = fake_poll,
    .sums = fake_sums,
    .pending = fake_pending,
    .counts = fake_counts,
};

const struct plait_device_kind *const plait_device_kinds[] = {&fake_kind, NULL};
