/* SPDX-License-Identifier: MIT
 * k-means whose filter runs on a device, against the reference, to the bit. Linked twice: with the
 * made-up device of fake_device.c, which fails on demand, and with those of this machine
 * (exit status 77, skipped, where there is none, unless PLAIT_REQUIRE_DEVICE is set). */
#include "check.h"
#include "kmeans_draw.h"
#include "kmeans_runs.h"

#include "../../arch/device_kind.h"

#include <stdio.h>
#include <stdlib.h>

static struct plait_exec on_device;
static uint64_t losses, launches;
static char why_lost[PLAIT_DEVICE_WHY_BYTES];

/* The kind of the device, with a count of launches. */
static struct plait_device_kind counting;
static const struct plait_device_kind *counted;

static bool count_label(struct plait_device *device, void *points, int slot,
                        const struct device_labels_launch *launch) {
    launches++;
    return counted->label(device, points, slot, launch);
}

static void note_loss(void *context, const char *why) {
    (void)context;
    losses++;
    snprintf(why_lost, sizeof why_lost, "%s", why);
}

static bool open_device(size_t index, const char *words) {
    struct plait_device_info info;
    char why[PLAIT_DEVICE_WHY_BYTES] = "no device";
    losses = launches = 0;
    why_lost[0] = '\0';
    setenv("FAKE_DEVICE", words, 1);
    on_device.device = plait_device_open(PLAIT_ALL_DEVICES, index, &info, why);
    if (!on_device.device) {
        printf("device %zu, %s: %s\n", index, info.name, why);
        return false;
    }
    plait_device_on_loss(on_device.device, note_loss, NULL);
    counted = on_device.device->kind;
    counting = *counted;
    counting.label = count_label;
    on_device.device->kind = &counting;
    return true;
}

static void close_device(void) {
    if (on_device.device)
        on_device.device->kind = counted;
    plait_device_close(on_device.device);
    on_device.device = NULL;
}

/* The case on the device has the bits of the reference. */
static void compare(const struct kmeans_case *c, const char *what) {
    struct kmeans_outcome expected = kmeans_by_reference(c);
    struct kmeans_outcome got = kmeans_by_library(c, &on_device, 1);
    check_that(kmeans_same(c, &expected, &got), __FILE__, __LINE__,
               "%s: N %llu D %u k %u seed %llu: status %d, %u steps, expected %u", what,
               (unsigned long long)c->kmeans.points, c->kmeans.dims, c->kmeans.clusters,
               (unsigned long long)c->kmeans.seed, got.status, got.steps, expected.steps);
    CHECK_INT(0, (int64_t)got.skipped); /* or threads have done it */
    kmeans_outcome_free(&expected);
    kmeans_outcome_free(&got);
}

static void compare_drawn(enum kind kind, uint64_t points, uint32_t dims, uint32_t clusters,
                          uint64_t *random) {
    struct kmeans_case c = draw_case(points, dims, clusters, random);
    double *values = draw_points(kind, points, dims, random);
    c.values = values;
    c.kmeans.init = PLAIT_KMEANS_RANDOM; /* the start is none of the device's business */
    c.kmeans.steps_max = 1 + (uint32_t)below(random, 3); /* the sums of the reference are slow */
    c.kmeans.bounds = (enum plait_kmeans_bounds)below(random, 3);
    const uint64_t before = launches;
    compare(&c, kind_names[kind]);
    CHECK(launches > before);
    free(values);
}

static void test_random(void) {
    uint64_t random = check_seed() + 20;
    for (int k = 0; k < 4 * KINDS; k++) {
        const uint64_t points = 1 + below(&random, k % 3 == 0 ? 900 : 150);
        const uint32_t dims = 1 + (uint32_t)below(&random, k % 4 == 0 ? 40 : 6);
        const uint32_t clusters = 1 + (uint32_t)below(&random, points < 200 ? points : 200);
        compare_drawn((enum kind)(k % KINDS), points, dims, clusters, &random);
    }
    compare_drawn(UNIFORM, 300, 1024, 9, &random);
    compare_drawn(LATTICE, 5000, 2, 16, &random);
    compare_drawn(CLOSE, 500, 1, 30, &random);
    CHECK_INT(0, (int64_t)losses);
}

/* Points near the middle between two centroids: where the margin is too narrow, or the device adds
 * up otherwise than the margin allows, some get the wrong one. */
static void test_near_ties(void) {
    uint64_t random = check_seed() + 21;
    for (int k = 0; k < 30; k++) {
        static const uint32_t sizes[] = {1, 2, 3, 4, 8, 31, 64, 200};
        const uint32_t dims = sizes[below(&random, 8)];
        const uint32_t clusters = 2 + (uint32_t)below(&random, 90);
        const uint64_t points = 300;
        double *values = malloc(points * dims * sizeof *values);
        double *given = draw_points(UNIFORM, clusters, dims, &random);
        for (uint32_t j = 0; j < clusters; j++) /* some out of sight of a float */
            if (below(&random, 20) == 0)
                given[j * dims] = ldexp(given[j * dims], (int)below(&random, 390));
        for (uint64_t i = 0; i < points; i++) {
            const size_t a = below(&random, clusters), b = below(&random, clusters);
            const double part = 0.5 + ldexp(unit_draw(&random) - 0.5, -(int)below(&random, 54));
            for (uint32_t d = 0; d < dims; d++)
                values[i * dims + d] =
                    given[a * dims + d] + part * (given[b * dims + d] - given[a * dims + d]);
        }
        struct kmeans_case c = {.kmeans = plait_kmeans_default(points, dims, clusters),
                                .values = values,
                                .given = given};
        c.kmeans.steps_max = (uint32_t)below(&random, 2);
        compare(&c, "near ties");
        free(values);
        free(given);
    }
}

/* Launches of all sizes, and buffers that hold a part of the points, some of which are sent again
 * in each step. */
static void test_cuts(void) {
    uint64_t random = check_seed() + 22;
    struct plait_device *device = on_device.device;
    const uint64_t memory = device->facts.memory_bytes, buffer = device->buffer_bytes;
    const uint64_t budget = device->products_budget;
    for (int k = 0; k < 24; k++) {
        const uint32_t dims = 1 + (uint32_t)below(&random, 9);
        const uint64_t block = 4 * PLAIT_KMEANS_BLOCK * dims; /* bytes */
        const uint64_t squares = 4 * PLAIT_KMEANS_BLOCK;      /* of one */
        device->products_budget = UINT64_C(1) << below(&random, 20);
        device->buffer_bytes = 4 * block * (1 + below(&random, 4)) + below(&random, block);
        device->facts.memory_bytes =
            8 * (device->buffer_bytes + 4 * squares) + below(&random, 64 * block);
        compare_drawn(k % 2 ? GROUPS : UNIFORM, 2000 + below(&random, 3000), dims,
                      1 + (uint32_t)below(&random, 60), &random);
    }
    device->facts.memory_bytes = memory;
    device->buffer_bytes = buffer;
    device->products_budget = budget;
    CHECK_INT(0, (int64_t)losses);
}

/* Rows that count several times, or not at all, equal rows that are repeated. */
static void test_weights(void) {
    enum { ROWS = 700, DIMS = 3 };
    uint64_t random = check_seed() + 23, weights[ROWS], all = 0;
    double *values = draw_points(GROUPS, ROWS, DIMS, &random);
    double *repeated = malloc((size_t)3 * ROWS * DIMS * sizeof *repeated);
    for (uint64_t i = 0; i < ROWS; i++) {
        weights[i] = below(&random, 4);
        for (uint64_t w = 0; w < weights[i]; w++, all++)
            memcpy(repeated + all * DIMS, values + i * DIMS, DIMS * sizeof *values);
    }
    struct kmeans_case c = {
        .kmeans = plait_kmeans_default(ROWS, DIMS, 20), .values = values, .weights = weights};
    struct kmeans_case plain = {.kmeans = plait_kmeans_default(all, DIMS, 20), .values = repeated};
    c.kmeans.weight = all;
    struct kmeans_outcome expected = kmeans_by_reference(&plain);
    struct kmeans_outcome got = kmeans_by_library(&c, &on_device, 1);
    CHECK_INT(PLAIT_OK, got.status);
    CHECK_INT(expected.steps, got.steps);
    CHECK_INT((int64_t)expected.inertia.low, (int64_t)got.inertia.low);
    CHECK(memcmp(expected.counts, got.counts, 20 * sizeof *got.counts) == 0);
    kmeans_outcome_free(&expected);
    kmeans_outcome_free(&got);
    free(values);
    free(repeated);
}

/* -- progress and stop ------------------------------------------------------------------------- */

struct watcher {
    uint64_t last, total, calls, stop_at;
    bool fell;
};

static bool watch(void *context, uint64_t done, uint64_t total) {
    struct watcher *watcher = context;
    watcher->fell |=
        done < watcher->last || done > total || (watcher->total && watcher->total != total);
    watcher->last = done;
    watcher->total = total;
    return ++watcher->calls != watcher->stop_at;
}

/* One step: its status. */
static enum plait_status run_watched(const double *values, uint64_t points, uint32_t dims,
                                     struct watcher *watcher) {
    const struct plait_kmeans kmeans = plait_kmeans_default(points, dims, 30);
    const struct plait_kmeans_share share = {values, 0, points, NULL};
    struct plait_exec exec = on_device;
    struct plait_kmeans_run *run = NULL;
    exec.progress = watch;
    exec.progress_context = watcher;
    CHECK_INT(PLAIT_OK, plait_kmeans_open(&kmeans, &share, NULL, &exec, NULL, &run));
    const enum plait_status status = plait_kmeans_begin(run, values);
    plait_kmeans_close(run);
    return status;
}

static void test_progress_and_stop(void) {
    enum { POINTS = 20011, DIMS = 5 };
    uint64_t random = check_seed() + 24;
    double *values = draw_points(UNIFORM, POINTS, DIMS, &random);
    struct watcher watcher = {0};
    on_device.device->products_budget = 1 << 16;
    CHECK_INT(PLAIT_OK, run_watched(values, POINTS, DIMS, &watcher));
    CHECK(!watcher.fell && watcher.calls > 2);
    CHECK_INT(POINTS, (int64_t)watcher.last);
    const uint64_t calls = watcher.calls;
    for (uint64_t stop_at = 1; stop_at < calls && stop_at < 6; stop_at++) {
        watcher = (struct watcher){.stop_at = stop_at};
        on_device.device->products_budget = 1 << 16;
        CHECK_INT(PLAIT_E_INTERRUPTED, run_watched(values, POINTS, DIMS, &watcher));
    }
    /* And the device works on, with nothing left of what was stopped. */
    watcher = (struct watcher){0};
    CHECK_INT(PLAIT_OK, run_watched(values, POINTS, DIMS, &watcher));
    CHECK_INT(0, (int64_t)losses);
    free(values);
}

/* -- a device that fails ----------------------------------------------------------------------- */

static void compare_with_words(const char *words, const struct kmeans_case *c) {
    struct watcher watcher = {0};
    if (!CHECK(open_device(0, words)))
        return;
    on_device.device->products_budget = 1 << 16;
    on_device.progress = watch;
    on_device.progress_context = &watcher;
    struct kmeans_outcome expected = kmeans_by_reference(c);
    struct kmeans_outcome got = kmeans_by_library(c, &on_device, 1);
    check_that(kmeans_same(c, &expected, &got), __FILE__, __LINE__, "%s: status %d", words,
               got.status);
    kmeans_outcome_free(&expected);
    kmeans_outcome_free(&got);
    on_device.progress = NULL;
    close_device();
}

static void test_failing(void) {
    uint64_t random = check_seed() + 25;
    double *values = draw_points(GROUPS, 4000, 6, &random);
    struct kmeans_case c = {.kmeans = plait_kmeans_default(4000, 6, 20), .values = values};
    c.kmeans.init = PLAIT_KMEANS_RANDOM;
    char words[64];
    int lost;
    c.kmeans.steps_max = 2;
    for (lost = 1; lost < 200; lost++) {
        snprintf(words, sizeof words, "fast lost=%d", lost);
        compare_with_words(words, &c);
        if (losses == 0)
            break;
        CHECK_INT(1, (int64_t)losses);
        CHECK_TEXT("the device is out of memory or was reset (test)", why_lost);
    }
    CHECK(lost > 8 && lost < 200);
    printf("lost at each of %d launches\n", lost - 1);

    /* The threads count on from what the device had done. */
    uint64_t lost_ones = 0; /* how many launches there are depends on the speed of this machine */
    for (lost = 5; lost < 8; lost++) {
        struct watcher watcher = {0};
        snprintf(words, sizeof words, "fast lost=%d", lost);
        if (!CHECK(open_device(0, words)))
            return;
        on_device.device->products_budget = 1 << 16;
        CHECK_INT(PLAIT_OK, run_watched(values, 4000, 6, &watcher));
        CHECK(!watcher.fell);
        lost_ones += losses;
        close_device();
    }
    CHECK(lost_ones > 0);

    compare_with_words("fast full", &c);
    CHECK_INT(1, (int64_t)losses);
    CHECK_INT(0, (int64_t)launches);
    compare_with_words("fast no-memory", &c);
    CHECK_INT(0, (int64_t)losses);
    CHECK_INT(0, (int64_t)launches);

    /* Centroids that do not fit: said once, whatever the number of runs. */
    if (CHECK(open_device(0, "fast"))) {
        on_device.device->buffer_bytes = 4096;
        c.kmeans.clusters = 200;
        compare(&c, "no buffer for the centroids");
        compare(&c, "nor for the next run");
        CHECK_INT(1, (int64_t)losses);
        CHECK_TEXT("its memory is too small for the centroids of this k-means", why_lost);
        CHECK_INT(0, (int64_t)launches);
        CHECK(plait_device_does(on_device.device, PLAIT_JOB_DARTS));
    }
    close_device();
    free(values);
}

/* -- all --------------------------------------------------------------------------------------- */

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"random", test_random},
                                              {"near ties", test_near_ties},
                                              {"cuts", test_cuts},
                                              {"weights", test_weights},
                                              {"progress and stop", test_progress_and_stop},
                                              {0}};
    static const struct check_test failing[] = {{"failing", test_failing}, {0}};
    const size_t count = plait_device_count(PLAIT_ALL_DEVICES);
    int status = 0;
    if (count == 0 && !getenv("PLAIT_REQUIRE_DEVICE")) {
        printf("SKIPPED: no device here\n");
        return 77;
    }
    plait_exec_init(&on_device, NULL, 2);
    for (size_t k = 0; k < count || k == 0; k++) {
        if (!open_device(k, "fast"))
            return 1;
        status |= check_main("device_kmeans", tests, argc, argv);
        close_device();
    }
    if (strcmp(plait_device_kinds[0]->name, "fake") == 0)
        status |= check_main("device_kmeans_failing", failing, argc, argv);
    return status;
}
