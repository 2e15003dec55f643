/* SPDX-License-Identifier: MIT
 * A little of everything that the kernels for devices do, without the trial, for a simulator that
 * watches every access to memory (oclgrind) and is a thousand times slower than a device. Prints
 * what it did; exit status 1 if a result is wrong. */
#include "../../arch/darts.h"
#include "../../arch/device_kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 37, ROWS = 11, RUNS = 3 };

static int wrong;

static void try_darts(struct plait_device *device, bool pcg32, uint64_t draws, uint64_t budget) {
    const struct plait_device_darts work = {pcg32, 12345, pcg_leap_of(pcg_run_distance), draws,
                                            RUNS};
    uint64_t hits[RUNS] = {0}, done = 0, state = work.start;
    device->draws_budget = budget; /* launches of some runs, and of parts of a run */
    const enum plait_device_end end =
        plait_device_darts(device, &work, (struct plait_device_progress){NULL, NULL}, hits, &done);
    wrong += end != PLAIT_DEVICE_DONE || done != draws * RUNS;
    for (int run = 0; run < RUNS; run++) {
        const struct plait_darts_job job = {pcg32, false, state, pcg32 ? draws : 2 * draws};
        wrong += hits[run] != plait_darts_reference(&job);
        state = pcg_leap_from(work.to_run, state);
    }
    printf("%" PRIu64 " draws of %s: %s\n", done, pcg32 ? "pcg32" : "rxs64", device->why);
}

static void try_rows(struct plait_device *device, bool julia, bool shortcuts) {
    const struct plait_escape_job job = {
        .cx = -0.6,
        .cy = 0.1,
        .dx = 0.08,
        .dy = 0.2,
        .half_width = WIDTH / 2.0,
        .half_height = ROWS / 2.0,
        .cre = -0.7,
        .cim = 0.2,
        .bailout_squared = julia ? 9 : 4,
        .blind_min_cr = julia ? -INFINITY : -1.99,
        .maxit = 100,
        .julia = julia,
        .shortcuts = shortcuts,
    };
    const struct plait_device_rows work = {&job, 1, ROWS - 1, WIDTH};
    int32_t counts[ROWS * WIDTH];
    uint32_t done = 0;
    device->steps_budget = 1; /* few steps a launch, so that orbits are resumed */
    const enum plait_device_end end =
        plait_device_rows(device, &work, (struct plait_device_progress){NULL, NULL}, counts, &done);
    wrong += end != PLAIT_DEVICE_DONE || done != work.rows;
    for (uint32_t i = 0; i < work.rows; i++)
        for (uint32_t j = 0; j < WIDTH; j++)
            wrong += counts[i * WIDTH + j] != plait_escape_reference(&job, i + 1, j);
    printf("%" PRIu32 " rows: %s\n", done, device->why);
}

int main(void) {
    const struct plait_device_kind *kind = plait_device_kinds[0];
    struct plait_device_facts facts = {.name = ""};
    char why[PLAIT_DEVICE_WHY] = "no device";
    struct plait_device *device = kind && kind->count(PLAIT_CHOOSE_ALL) > 0
                                      ? kind->open(PLAIT_CHOOSE_ALL, 0, &facts, why)
                                      : NULL;
    if (!device) {
        printf("%s\n", why);
        return 1;
    }
    printf("%s, %s\n", facts.name, facts.driver);
    const double abc[] = {1.5, -2, 3, 0x1p-1074, 0.5, -0.0};
    double results[8];
    wrong += !kind->arithmetic(device, 2, abc, results) || results[0] != 0 || results[1] != -3 ||
             results[4] != 0 || results[6] != 0.5;
    try_darts(device, false, 70, 100);
    try_darts(device, false, 250, 100);
    try_darts(device, true, 130, 100);
    try_darts(device, true, 64 * 70, 1 << 20); /* items that share a sum */
    try_rows(device, false, true);
    try_rows(device, true, false);
    kind->close(device);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
