/* SPDX-License-Identifier: MIT
 * The work on devices with one that is made up (fake_device.c): cuts into launches, progress, every
 * launch lost once, stuck ones, and trials that a wrong bit fails. */
#include "check.h"

#include "../../arch/device_kind.h"
#include "plait/plait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The clock that devices are watched by jumps when a test wants it to. */
static long clock_jump_s, clock_offset_s;
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    const int code = __real_clock_gettime(clock, now);
    clock_offset_s += clock_jump_s;
    now->tv_sec += clock_offset_s;
    return code;
}

struct observed {
    uint64_t last, total, losses;
    bool fell;
    char why[PLAIT_DEVICE_WHY_BYTES];
};

static bool observe_progress(void *context, uint64_t done, uint64_t total) {
    struct observed *observed = context;
    observed->fell |=
        done < observed->last || done > total || (observed->total != 0 && observed->total != total);
    observed->last = done;
    observed->total = total;
    return true;
}

static void observe_loss(void *context, const char *why) {
    struct observed *observed = context;
    observed->losses++;
    snprintf(observed->why, sizeof observed->why, "%s", why);
}

/* Opens the device that the words describe. */
static struct plait_device *open_fake(const char *words, struct observed *observed,
                                      struct plait_device_info *info) {
    char why[PLAIT_DEVICE_WHY_BYTES] = "";
    *observed = (struct observed){0};
    setenv("FAKE_DEVICE", words, 1);
    struct plait_device *device = plait_device_open(PLAIT_ALL_DEVICES, 0, info, why);
    if (!device)
        snprintf(observed->why, sizeof observed->why, "%s", why);
    else
        plait_device_on_loss(device, observe_loss, observed);
    if (device) /* so that there are several launches */
        device->draws_budget = device->steps_budget = 1 << 16;
    return device;
}

enum { WIDTH = 150, HEIGHT = 110, RUNS = 3 };

static struct plait_escape small_picture(void) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    e.width = WIDTH;
    e.height = HEIGHT;
    plait_escape_set_region(&e, -2, 1, -1, 1);
    return e;
}

/* Rows and darts on the device that the words describe equal those of threads. Returns how often
 * it was lost. */
static uint64_t compare_rows(const char *words, struct observed *observed) {
    static int32_t expected[HEIGHT * WIDTH], got[HEIGHT * WIDTH];
    const struct plait_escape e = small_picture();
    struct plait_device_info info;
    struct plait_exec exec;
    plait_exec_init(&exec, "scalar", 2);
    plait_escape_rows(&e, &exec, 1, HEIGHT - 1, expected);
    memset(got, 0x55, sizeof got);
    exec.device = open_fake(words, observed, &info);
    exec.progress = observe_progress;
    exec.progress_context = observed;
    if (!CHECK(exec.device != NULL))
        return 0;
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 1, HEIGHT - 1, got));
    CHECK(memcmp(expected, got, (HEIGHT - 1) * WIDTH * sizeof *got) == 0);
    CHECK_INT(0x55555555, got[(HEIGHT - 1) * WIDTH]);
    CHECK(!observed->fell);
    CHECK(observed->total == HEIGHT - 1 || observed->losses > 0); /* threads may report nothing */
    CHECK_INT(observed->losses == 0, plait_device_does(exec.device, PLAIT_JOB_ROWS));
    if (observed->losses > 0) { /* a lost one is left alone */
        memset(got, 0x55, sizeof got);
        observed->last = 0;
        CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 1, HEIGHT - 1, got));
        CHECK(memcmp(expected, got, (HEIGHT - 1) * WIDTH * sizeof *got) == 0);
    }
    plait_device_close(exec.device);
    return observed->losses;
}

static uint64_t compare_darts(const char *words, enum plait_generator generator, uint64_t runs,
                              uint64_t count) {
    static uint64_t expected[1 << 16], got[1 << 16];
    const struct plait_darts_range range = {generator, 42, 7, 12345, count};
    struct observed observed;
    struct plait_device_info info;
    struct plait_exec exec;
    plait_exec_init(&exec, NULL, 2);
    memset(expected, 0, sizeof expected);
    memset(got, 0, sizeof got);
    plait_darts_add_hits(&range, runs, &exec, expected);
    exec.device = open_fake(words, &observed, &info);
    exec.progress = observe_progress;
    exec.progress_context = &observed;
    if (!CHECK(exec.device != NULL))
        return 0;
    CHECK_INT(PLAIT_OK, plait_darts_add_hits(&range, runs, &exec, got));
    CHECK(memcmp(expected, got, sizeof got) == 0);
    CHECK(!observed.fell);
    CHECK(observed.total == count * runs || observed.losses > 0);
    plait_device_close(exec.device);
    return observed.losses;
}

static void test_right(void) {
    struct observed observed;
    CHECK_INT(0, (int64_t)compare_rows("fast", &observed));
    for (int g = 0; g < 2; g++) {
        const enum plait_generator generator = g == 0 ? PLAIT_RXS64 : PLAIT_PCG32;
        CHECK_INT(0, (int64_t)compare_darts("fast", generator, RUNS, 1500001));
        CHECK_INT(0, (int64_t)compare_darts("fast", generator, 1000, 263));
        CHECK_INT(0, (int64_t)compare_darts("fast", generator, 1 << 10, 256));
    }
}

/* A picture of several bands, counted on the device and finished on threads, also if it is lost. */
static void test_smooth(void) {
    enum { SIDE = 1100 };
    static const char *const words[] = {"fast", "fast lost=3", "fast lost=400"};
    struct plait_escape e = plait_escape_default(PLAIT_JULIA);
    e.width = e.height = SIDE;
    e.maxit = 40;
    plait_escape_set_region(&e, -1.5, 1.5, -1.5, 1.5);
    const struct plait_row_range range = {0, SIDE};
    int32_t *memory = malloc(4 * sizeof(int32_t) * SIDE * SIDE);
    int32_t *counts = memory, *parts = memory + SIDE * SIDE;
    int32_t *expected = parts + SIDE * SIDE, *expected_parts = expected + SIDE * SIDE;
    if (!CHECK(memory != NULL))
        return;
    struct plait_exec threads;
    plait_exec_init(&threads, NULL, 2);
    struct plait_smooth_output right = {.parts = expected_parts,
                                        .range = plait_smooth_range_empty()};
    CHECK_INT(PLAIT_OK, plait_smooth_compute(&e, &threads, range, expected, &right));
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        struct observed observed;
        struct plait_device_info info;
        struct plait_exec exec = threads;
        struct plait_smooth_output got = {.parts = parts, .range = plait_smooth_range_empty()};
        memset(memory, 0x55, 2 * sizeof(int32_t) * SIDE * SIDE);
        exec.device = open_fake(words[k], &observed, &info);
        exec.progress = observe_progress;
        exec.progress_context = &observed;
        if (!CHECK(exec.device != NULL))
            continue;
        CHECK_INT(PLAIT_OK, plait_smooth_compute(&e, &exec, range, counts, &got));
        CHECK_INT(k > 0, (int64_t)observed.losses);
        CHECK(memcmp(counts, expected, sizeof(int32_t) * SIDE * SIDE) == 0);
        CHECK(memcmp(parts, expected_parts, sizeof(int32_t) * SIDE * SIDE) == 0);
        CHECK(got.range.min == right.range.min && got.range.max == right.range.max);
        CHECK(!observed.fell);
        CHECK_INT(SIDE, (int64_t)observed.total);
        plait_device_close(exec.device);
    }
    free(memory);
}

static void test_every_launch_lost(void) {
    struct observed observed;
    char words[64];
    int lost = 1;
    for (;; lost++) {
        snprintf(words, sizeof words, "fast lost=%d", lost);
        const uint64_t losses = compare_rows(words, &observed);
        if (losses == 0)
            break;
        CHECK_INT(1, (int64_t)losses);
        CHECK_TEXT("the device is out of memory or was reset (test)", observed.why);
    }
    CHECK(lost > 8);
    for (int g = 0; g < 2; g++) {
        for (lost = 1; lost < 100; lost++) {
            snprintf(words, sizeof words, "fast lost=%d", lost);
            if (compare_darts(words, g == 0 ? PLAIT_RXS64 : PLAIT_PCG32, RUNS, 1500001) == 0)
                break;
        }
        CHECK(lost > 2 && lost < 100);
    }
}

static void test_stuck(void) {
    static int32_t counts[HEIGHT * WIDTH];
    const struct plait_escape e = small_picture();
    struct observed observed;
    struct plait_device_info info;
    struct plait_exec exec;
    plait_exec_init(&exec, NULL, 1);
    exec.device = open_fake("fast stuck lost=3", &observed, &info);
    if (!CHECK(exec.device != NULL))
        return;
    clock_jump_s = 7;
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 0, HEIGHT, counts));
    clock_jump_s = 0;
    CHECK_INT(1, (int64_t)observed.losses);
    CHECK_TEXT("a launch did not end within 60 s", observed.why);
    plait_device_close(exec.device);
}

static void expect_refused(const char *words, const char *why) {
    struct observed observed;
    struct plait_device_info info;
    struct plait_device *device = open_fake(words, &observed, &info);
    CHECK(device == NULL);
    check_that(strstr(observed.why, why) != NULL, __FILE__, __LINE__, "%s: refused because: %s",
               words, observed.why);
    CHECK(info.darts_per_s == 0 && info.steps_per_s == 0);
    plait_device_close(device);
}

static void test_one_wrong_bit(void) {
    expect_refused("wrong-arithmetic", "its arithmetic differs in 1 of 65536 results");
    expect_refused("wrong-darts", "of 1048576 darts of rxs64 it counts 823669 hits");
    expect_refused("wrong-rows", "a Mandelbrot pixel has count");
    expect_refused("wrong-floats", "its arithmetic of floats differs in 1 of 65536 results");
    expect_refused("wrong-labels", "of 9632 labels of k-means");
    expect_refused("endless", "it reports orbits that cannot be");
    expect_refused("refused", "the driver reports an error (test)");
    expect_refused("absent", "there is no such device");
}

static void test_kinds(void) {
    struct observed observed;
    struct plait_device_info info;
    struct plait_device *device = open_fake("fast two no-doubles", &observed, &info);
    if (CHECK(device != NULL)) {
        CHECK(plait_device_does(device, PLAIT_JOB_DARTS));
        CHECK(!plait_device_does(device, PLAIT_JOB_ROWS));
        CHECK(plait_device_does(device, PLAIT_JOB_LABELS));
        CHECK(!info.doubles && info.steps_per_s == 0 && info.darts_per_s > 0 &&
              info.products_per_s > 0);
    }
    plait_device_close(device);
    CHECK(plait_device_built());
    CHECK_INT(2, (int64_t)plait_device_count(PLAIT_GPUS));
    setenv("FAKE_DEVICE", "cpu", 1);
    CHECK_INT(0, (int64_t)plait_device_count(PLAIT_GPUS));
    CHECK_INT(1, (int64_t)plait_device_count(PLAIT_ALL_DEVICES));
    plait_device_close(NULL);
}

static void test_speed_of_threads(void) {
    struct plait_exec exec;
    plait_exec_init(&exec, NULL, 2);
    CHECK(plait_exec_speed(&exec, PLAIT_JOB_DARTS) > 0);
    CHECK(plait_exec_speed(&exec, PLAIT_JOB_ROWS) > 0);
    CHECK(plait_exec_speed(&exec, PLAIT_JOB_LABELS) > 0);
    exec.threads = 0;
    CHECK(!(plait_exec_speed(&exec, PLAIT_JOB_ROWS) > 0));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"right", test_right},
                                              {"smooth", test_smooth},
                                              {"every launch lost", test_every_launch_lost},
                                              {"stuck", test_stuck},
                                              {"one wrong bit", test_one_wrong_bit},
                                              {"kinds", test_kinds},
                                              {"speed of threads", test_speed_of_threads},
                                              {0}};
    return check_main("device", tests, argc, argv);
}
