/* SPDX-License-Identifier: MIT
 * Every device that this machine has: it passes its trial, gives all known answers, and on random
 * pictures and darts what the scalar path gives. Exit status 77, skipped, where there is none,
 * unless PLAIT_REQUIRE_DEVICE is set. */
#include "check.h"
#include "random_draw.h"

#include "plait/plait.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VIEWS = 300, RANGES = 60, SIDE_MAX = 160 };

static struct plait_exec on_device, on_threads;
static uint64_t random_state;

static double draw_between(double low, double high) {
    return low + (high - low) * ((double)(random_draw(&random_state) >> 11) * 0x1p-53);
}

static uint32_t draw_below(uint32_t bound) {
    return (uint32_t)((random_draw(&random_state) >> 32) * bound >> 32);
}

/* -- known answers ----------------------------------------------------------------------------- */

static FILE *open_golden(const char *name) {
    FILE *file = fopen(name, "r");
    CHECK(file != NULL);
    return file;
}

static void compare_picture(const struct plait_escape *escape, uint64_t fnv1a) {
    int32_t *counts = malloc((size_t)escape->width * escape->height * sizeof *counts);
    uint64_t *digests = malloc(escape->height * sizeof *digests);
    if (CHECK(counts && digests)) {
        CHECK_INT(PLAIT_OK, plait_escape_rows(escape, &on_device, 0, escape->height, counts));
        plait_digest_rows(&on_threads, counts, escape->height, escape->width, digests);
        CHECK_HEX(fnv1a, plait_digest_picture(digests, escape->height));
    }
    free(counts);
    free(digests);
}

static void test_known_pictures(void) {
    char line[512];
    int lines = 0;
    FILE *file = open_golden(PLAIT_GOLDEN_DIR "/escape.txt");
    while (file && fgets(line, sizeof line, file)) {
        struct plait_escape e = {.kind = PLAIT_MANDELBROT};
        char kind[16];
        double region[4];
        unsigned long long fnv1a;
        if (line[0] == '#' ||
            sscanf(line, "%15s %u %u %lf %lf %lf %lf %d %lf %lf %lf %*d %*d %llx", kind, &e.width,
                   &e.height, &region[0], &region[1], &region[2], &region[3], &e.maxit, &e.cre,
                   &e.cim, &e.bailout, &fnv1a) != 12)
            continue;
        lines++;
        if (strcmp(kind, "julia") == 0)
            e.kind = PLAIT_JULIA;
        CHECK_INT(PLAIT_OK,
                  plait_escape_set_region(&e, region[0], region[1], region[2], region[3]));
        compare_picture(&e, fnv1a);
        e.brute = true;
        compare_picture(&e, fnv1a);
    }
    CHECK_INT(12, lines);
    if (file)
        fclose(file);
}

static void test_known_darts(void) {
    char line[256];
    int lines = 0;
    FILE *file = open_golden(PLAIT_GOLDEN_DIR "/darts.txt");
    while (file && fgets(line, sizeof line, file)) {
        char generator[16];
        struct plait_darts_range range = {.first = 0};
        uint64_t expected, hits = 0, rest = 0;
        if (line[0] == '#' ||
            sscanf(line, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, generator,
                   &range.seed, &range.run, &range.count, &expected) != 5)
            continue;
        lines++;
        range.generator = strcmp(generator, "pcg32") == 0 ? PLAIT_PCG32 : PLAIT_RXS64;
        CHECK_INT(PLAIT_OK, plait_darts_hits(&range, &on_device, &hits));
        CHECK_INT((int64_t)expected, (int64_t)hits);
        /* In two parts, the second of which begins at an odd dart. */
        const uint64_t all = range.count;
        range.count = (all / 3) | 1;
        if (range.count < all) {
            CHECK_INT(PLAIT_OK, plait_darts_hits(&range, &on_device, &hits));
            range.first = range.count;
            range.count = all - range.first;
            CHECK_INT(PLAIT_OK, plait_darts_hits(&range, &on_device, &rest));
            CHECK_INT((int64_t)expected, (int64_t)(hits + rest));
        }
    }
    CHECK_INT(34, lines);
    if (file)
        fclose(file);
}

/* -- random ------------------------------------------------------------------------------------ */

static struct plait_escape draw_view(void) {
    static const double places[][2] = {{-2, 0},     {-1.99, 0},        {-0.75, 0},
                                       {0.25, 0},   {-1.25, 0},        {0, 0},
                                       {-0.5, 0.5}, {-0.7436, 0.1318}, {1e100, 1e99}};
    const bool julia = draw_below(3) == 0;
    struct plait_escape e = plait_escape_default(julia ? PLAIT_JULIA : PLAIT_MANDELBROT);
    const double *place = places[draw_below(sizeof places / sizeof *places)];
    const double side = exp(draw_between(log(1e-7), log(6)));
    e.width = 1 + draw_below(SIDE_MAX);
    e.height = 1 + draw_below(SIDE_MAX / 2);
    e.maxit = 1 + (int32_t)draw_below(draw_below(8) ? 400 : 5000);
    e.brute = draw_below(4) == 0;
    e.cx = place[0] + draw_between(-1, 1) * (draw_below(2) ? 0 : side);
    e.cy = place[1] + draw_between(-1, 1) * (draw_below(2) ? 0 : side);
    e.dx = fmax(side, fabs(e.cx) * 1e-9) / e.width;
    e.dy = draw_below(3) ? e.dx : fmax(side, fabs(e.cy) * 1e-9) / e.height;
    if (!julia && draw_below(2))
        e.bailout = draw_below(2) ? draw_between(2, 2.02) : exp(draw_between(log(2), log(1e10)));
    if (julia) {
        e.bailout = exp(draw_between(log(0.5), log(draw_below(8) ? 100 : 1e150)));
        e.cre = draw_between(-2.2, 2.2);
        e.cim = draw_below(4) ? draw_between(-1.5, 1.5) : 0;
    }
    return e;
}

static void test_random_views(void) {
    static int32_t expected[SIDE_MAX * SIDE_MAX], got[SIDE_MAX * SIDE_MAX];
    uint64_t pixels = 0, different = 0;
    for (int k = 0; k < VIEWS; k++) {
        const struct plait_escape e = draw_view();
        const uint32_t first = draw_below(e.height), rows = 1 + draw_below(e.height - first);
        const size_t size = (size_t)rows * e.width;
        if (plait_escape_check(&e) != PLAIT_OK)
            continue;
        memset(got, 0x55, sizeof got);
        CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &on_threads, first, rows, expected));
        CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &on_device, first, rows, got));
        CHECK_INT(0x55555555, got[size]);
        for (size_t p = 0; p < size; p++)
            if (expected[p] != got[p] && different++ == 0)
                check_that(false, __FILE__, __LINE__,
                           "view %d, %s %" PRIu32 "x%" PRIu32
                           " cx %a cy %a dx %a dy %a c %a %a r %a maxit %" PRId32
                           ": pixel %zu of the rows from %" PRIu32 " on has %" PRId32
                           ", expected %" PRId32,
                           k, e.kind == PLAIT_JULIA ? "Julia" : "Mandelbrot", e.width, e.height,
                           e.cx, e.cy, e.dx, e.dy, e.cre, e.cim, e.bailout, e.maxit, p, first,
                           got[p], expected[p]);
        pixels += size;
    }
    printf("%" PRIu64 " pixels\n", pixels);
    CHECK(pixels > 100000);
    CHECK_INT(0, (int64_t)different);
}

/* Many runs together, whose number and length cut launches everywhere. */
static void test_random_darts(void) {
    static uint64_t expected[1 << 11], got[1 << 11];
    uint64_t darts = 0;
    for (int k = 0; k < RANGES; k++) {
        const uint32_t runs = 1 + draw_below(draw_below(2) ? 5 : 2000);
        const struct plait_darts_range range = {
            .generator = draw_below(2) ? PLAIT_PCG32 : PLAIT_RXS64,
            .seed = random_draw(&random_state),
            .run = draw_below(1 << 20),
            .first = random_draw(&random_state) >> (draw_below(40) + 2),
            .count = (1 << 18) / runs + draw_below(runs > 5 ? 1000 : 1 << 20),
        };
        memset(expected, 0, sizeof expected);
        memset(got, 0, sizeof got);
        CHECK_INT(PLAIT_OK, plait_darts_add_hits(&range, runs, &on_threads, expected));
        CHECK_INT(PLAIT_OK, plait_darts_add_hits(&range, runs, &on_device, got));
        CHECK(memcmp(expected, got, sizeof got) == 0);
        darts += range.count * runs;
    }
    printf("%" PRIu64 " darts\n", darts);
}

/* -- progress and stop ------------------------------------------------------------------------- */

struct watcher {
    uint64_t last, calls, stop_at;
    bool fell;
};

static bool watch(void *context, uint64_t done, uint64_t total) {
    struct watcher *watcher = context;
    watcher->fell |= done < watcher->last || done > total;
    watcher->last = done;
    watcher->calls++;
    return watcher->calls != watcher->stop_at;
}

static void test_progress_and_stop(void) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    int32_t *counts = malloc((size_t)e.width * e.height * sizeof *counts);
    struct watcher watcher = {0};
    struct plait_exec exec = on_device;
    exec.progress = watch;
    exec.progress_context = &watcher;
    if (!CHECK(counts != NULL))
        return;
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 0, e.height, counts));
    CHECK(watcher.calls > 0 && !watcher.fell);
    CHECK_INT(e.height, (int64_t)watcher.last);
    watcher = (struct watcher){.stop_at = 2};
    CHECK_INT(PLAIT_E_INTERRUPTED, plait_escape_rows(&e, &exec, 0, e.height, counts));
    /* And the device works on, with nothing left of what was stopped. */
    watcher = (struct watcher){0};
    compare_picture(&e, UINT64_C(0xcc06575c1ed131fb));
    uint64_t hits;
    const struct plait_darts_range range = {.seed = 42, .count = 1 << 28};
    watcher = (struct watcher){.stop_at = 2};
    CHECK_INT(PLAIT_E_INTERRUPTED, plait_darts_hits(&range, &exec, &hits));
    watcher = (struct watcher){0};
    CHECK_INT(PLAIT_OK, plait_darts_hits(&range, &exec, &hits));
    CHECK_INT(210834149, (int64_t)hits);
    CHECK(!watcher.fell);
    CHECK_INT(1 << 28, (int64_t)watcher.last);
    free(counts);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known pictures", test_known_pictures},       {"known darts", test_known_darts},
        {"random views", test_random_views},           {"random darts", test_random_darts},
        {"progress and stop", test_progress_and_stop}, {0}};
    const size_t count = plait_device_count(PLAIT_ALL_DEVICES);
    int status = 0;
    if (count == 0 && !getenv("PLAIT_REQUIRE_DEVICE")) {
        printf("SKIPPED: no device here\n");
        return 77;
    }
    plait_exec_init(&on_threads, "scalar", 0);
    plait_exec_init(&on_device, NULL, 0);
    for (size_t k = 0; k < count || k == 0; k++) {
        struct plait_device_info info;
        char why[PLAIT_DEVICE_WHY_BYTES] = "no device";
        on_device.device = plait_device_open(PLAIT_ALL_DEVICES, k, &info, why);
        if (!on_device.device) {
            printf("device %zu, %s: %s\n", k, info.name, why);
            return 1;
        }
        printf("device %zu, %s, %s: %.3g darts/s, %.3g steps/s\n", k, info.name, info.driver,
               info.darts_per_s, info.steps_per_s);
        random_state = check_seed();
        status |= check_main("device_opencl", tests, argc, argv);
        plait_device_close(on_device.device);
    }
    return status;
}
