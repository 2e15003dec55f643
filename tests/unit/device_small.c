/* SPDX-License-Identifier: MIT
 * A little of everything that the kernels for devices do, without the trial, for a simulator that
 * watches every access to memory (oclgrind) and is a thousand times slower than a device. Prints
 * what it did; exit status 1 if a result is wrong.
 *     device_small [FAULT]    with a fault in the text of the kernels, to see that it is noticed */
#include "../../arch/darts.h"
#include "../../arch/device_kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 37, ROWS = 11, RUNS = 3 };

/* In place of those that CMake makes of the text. */
enum { SOURCE_BYTES = 65536 };
unsigned char plait_opencl_source[SOURCE_BYTES];
size_t plait_opencl_source_bytes;

static const struct {
    const char *name, *right, *wrong; /* the first place where it stands */
} faults[] = {
    {"overrun", "if (k >= n)\n        return;", ""},
    {"race", "atomic_add(&sums[run * spread + part % spread], hits)",
     "sums[run * spread + part % spread] += hits"},
    {"uninitialised", "if (!begins)", "if (begins)"},
};

/* False: no such fault, or no text. */
static bool read_source(const char *fault) {
    static char text[SOURCE_BYTES];
    FILE *file = fopen(PLAIT_KERNELS, "r");
    const char *place = file && fread(text, 1, SOURCE_BYTES - 64, file) > 0 ? text : NULL;
    const char *wrong = "";
    size_t skip = 0;
    if (file)
        fclose(file);
    for (size_t k = 0; fault && place && k < sizeof faults / sizeof *faults; k++)
        if (strcmp(fault, faults[k].name) == 0) {
            place = strstr(text, faults[k].right);
            wrong = faults[k].wrong;
            skip = strlen(faults[k].right);
        }
    if (place)
        plait_opencl_source_bytes =
            (size_t)snprintf((char *)plait_opencl_source, SOURCE_BYTES, "%.*s%s%s",
                             (int)(place - text), text, wrong, place + skip);
    return place && (!fault || skip > 0);
}

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
        const struct plait_darts_job job = {
            .pcg32 = pcg32, .state = state, .count = pcg32 ? draws : 2 * draws};
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

/* Three groups of blocks, the last of which is not full, and tiles in several launches. */
static void try_labels(struct plait_device *device) {
    enum { DIMS = 3, TILES = 2, BLOCKS = 9, POINTS = BLOCKS * PLAIT_KMEANS_BLOCK };
    static float a[POINTS * DIMS], squares[POINTS];
    static float b[TILES * PLAIT_KMEANS_TILE * DIMS], h[TILES * PLAIT_KMEANS_TILE];
    const struct plait_device_copies copies = {DIMS, TILES, BLOCKS, a, squares};
    const struct plait_kmeans_floats centroids = {DIMS, TILES, b, h, 0x1p-10f};
    int32_t labels[POINTS];
    uint64_t done = 0;
    for (int k = 0; k < POINTS * DIMS; k++)
        a[k] = (float)(k * 37 % 101) / 128;
    for (int k = 0; k < TILES * PLAIT_KMEANS_TILE * DIMS; k++)
        b[k] = (float)(k * 29 % 97) / 128;
    for (int k = 0; k < TILES * PLAIT_KMEANS_TILE; k++)
        h[k] = (float)(k * 5 % 16) / 16;
    device->products_budget = 1;
    struct plait_device_points *points = plait_device_points_open(device, &copies);
    const enum plait_device_end end =
        points ? plait_device_labels(points, &centroids, (struct plait_device_progress){NULL, NULL},
                                     labels, &done)
               : PLAIT_DEVICE_LOST;
    wrong += end != PLAIT_DEVICE_DONE || done != BLOCKS;
    for (int p = 0; end == PLAIT_DEVICE_DONE && p < POINTS; p++)
        wrong += labels[p] != plait_device_reference_label(
                                  &centroids,
                                  a + p / PLAIT_KMEANS_BLOCK * DIMS * PLAIT_KMEANS_BLOCK +
                                      p % PLAIT_KMEANS_BLOCK,
                                  squares[p]);
    plait_device_points_close(points);
    printf("%" PRIu64 " blocks: %s\n", done, device->why);
}

int main(int argc, char **argv) {
    const char *only = argc > 1 ? argv[1] : NULL;
    if (!read_source(only)) {
        printf("no such fault, or no text of the kernels\n");
        return 2;
    }
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
    const float floats[] = {1.5f, -2, 3, 0.25f, 0.5f, -0.0f};
    double results[8];
    float float_results[8];
    wrong += !kind->arithmetic(device, 2, abc, results) || results[0] != 0 || results[1] != -3 ||
             results[4] != 0 || results[6] != 0.5;
    wrong += !kind->floats(device, 2, floats, float_results) || float_results[0] != 0 ||
             float_results[5] != 0.125f;
    if (!only || strcmp(only, "uninitialised") == 0)
        try_labels(device);
    if (!only || strcmp(only, "race") == 0)
        try_darts(device, true, 64 * 70, 1 << 20); /* items that share a sum */
    if (only) {                                    /* the rest would take long */
        kind->close(device);
        return 0;
    }
    try_darts(device, false, 70, 100);
    try_darts(device, false, 250, 100);
    try_darts(device, true, 130, 100);
    try_rows(device, false, true);
    try_rows(device, true, false);
    kind->close(device);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
