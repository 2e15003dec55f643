/* SPDX-License-Identifier: MIT
 * A kind of device that tests link instead of OpenCL: it computes by the references, and fails as
 * FAKE_DEVICE says, a list of words:
 *
 *     absent               there is none
 *     two                  there are two, not one
 *     cpu                  it is no GPU
 *     no-doubles           it has none
 *     refused              cannot be opened
 *     fast, slow           what the measurement of its speed finds
 *     wrong-arithmetic, wrong-darts, wrong-rows    one wrong bit
 *     endless              orbits that never end
 *     lost=N               the N-th launch after the trial fails; with "stuck" it never ends
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
    facts->memory_bytes = UINT64_C(1) << 30;
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
    .poll = fake_poll,
    .sums = fake_sums,
    .pending = fake_pending,
    .counts = fake_counts,
};

const struct plait_device_kind *const plait_device_kinds[] = {&fake_kind, NULL};
