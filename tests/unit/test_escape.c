/* SPDX-License-Identifier: MIT
 * The contract of plait/escape.h, except the counts themselves (test_escape_golden,
 * test_escape_paths): ranges, views, odd sizes, progress, mirror images, verification. */
#define _GNU_SOURCE /* gettid */
#include "check.h"

#include "plait/plait.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct plait_exec exec_of(int threads) {
    struct plait_exec exec = {0};
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, threads));
    return exec;
}

static int32_t *counts_of(const struct plait_escape *escape, int threads) {
    const struct plait_exec exec = exec_of(threads);
    int32_t *counts = malloc((size_t)escape->width * escape->height * sizeof *counts);
    if (!counts)
        abort();
    memset(counts, 0x55, (size_t)escape->width * escape->height * sizeof *counts);
    CHECK_INT(PLAIT_OK, plait_escape_rows(escape, &exec, 0, escape->height, counts));
    return counts;
}

static struct plait_escape small_mandelbrot(void) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    e.width = 48;
    e.height = 32;
    e.maxit = 50;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, -2, 1, -1, 1));
    return e;
}

static void test_defaults(void) {
    const struct plait_escape m = plait_escape_default(PLAIT_MANDELBROT);
    CHECK(m.width == 1200 && m.height == 800 && m.maxit == 127 && m.bailout == 2 && !m.brute);
    CHECK(m.cx == -0.5 && m.cy == 0 && m.dx == 3.0 / 1200 && m.dy == 2.0 / 800);
    CHECK_INT(PLAIT_OK, plait_escape_check(&m));

    const struct plait_escape j = plait_escape_default(PLAIT_JULIA);
    CHECK(j.width == 640 && j.height == 480 && j.maxit == 254 && j.bailout == 3 && !j.brute);
    CHECK(j.cre == 0 && j.cim == 0.65);
    CHECK(j.cx == 0 && j.cy == 0 && j.dx == 4.0 / 640 && j.dy == 3.0 / 480);
    CHECK_INT(PLAIT_OK, plait_escape_check(&j));
}

/* One member outside its range makes every function refuse; at its bounds none does. `e` starts as
 * a good picture, the statement changes it. */
#define WITH(picture, expected, statement)                                                         \
    do {                                                                                           \
        struct plait_escape e = picture;                                                           \
        statement;                                                                                 \
        check_that(plait_escape_check(&e) == (expected), __FILE__, __LINE__, "%s: %s", #statement, \
                   plait_status_text(plait_escape_check(&e)));                                     \
    } while (0)
#define REFUSED(picture, statement) WITH(picture, PLAIT_E_ARGUMENT, statement)
#define ACCEPTED(picture, statement) WITH(picture, PLAIT_OK, statement)

static void test_ranges_of_the_picture(void) {
    const struct plait_escape m = plait_escape_default(PLAIT_MANDELBROT);
    REFUSED(m, e.kind = (enum plait_escape_kind)2);
    REFUSED(m, e.width = 0);
    REFUSED(m, e.height = 0);
    REFUSED(m, e.width = PLAIT_ESCAPE_SIDE_MAX + 1; e.height = 1);
    REFUSED(m, e.height = PLAIT_ESCAPE_SIDE_MAX + 1; e.width = 1);
    REFUSED(m, e.width = UINT32_MAX);
    REFUSED(m, e.height = UINT32_MAX);
    ACCEPTED(m, e.width = PLAIT_ESCAPE_SIDE_MAX; e.height = 1);
    ACCEPTED(m, e.height = PLAIT_ESCAPE_SIDE_MAX; e.width = 1);
    ACCEPTED(m, e.width = e.height = 131072);
    REFUSED(m, e.width = 131073; e.height = 131072);
    REFUSED(m, e.width = e.height = 1048576);       /* 2^40 */
    ACCEPTED(m, e.width = 65536; e.height = 65536); /* 2^32: 0 in 32 bits */
    /* The sum of all counts fits into 64 bits. */
    ACCEPTED(m, e.width = e.height = 131072; e.maxit = (1 << 30) - 1);
    REFUSED(m, e.width = e.height = 131072; e.maxit = 1 << 30);
    ACCEPTED(m, e.width = 131072; e.height = 65536; e.maxit = INT32_MAX);
    REFUSED(m, e.maxit = 0);
    REFUSED(m, e.maxit = -1);
    REFUSED(m, e.maxit = INT32_MIN);
    ACCEPTED(m, e.maxit = 1);
    ACCEPTED(m, e.maxit = INT32_MAX);
}

static void test_ranges_of_the_view(void) {
    static const double bad_step[] = {-1, NAN, INFINITY, -INFINITY, 1e150};
    static const double bad_centre[] = {NAN, INFINITY, -INFINITY, 1.1e150, -1.1e150};
    const struct plait_escape m = plait_escape_default(PLAIT_MANDELBROT);
    for (size_t k = 0; k < sizeof bad_step / sizeof *bad_step; k++) {
        REFUSED(m, e.dx = bad_step[k]);
        REFUSED(m, e.dy = bad_step[k]);
    }
    /* A distance of 0 is where dividing a tiny region ends: not wrong, but not resolved. */
    WITH(m, PLAIT_E_UNRESOLVED, e.dx = 0);
    WITH(m, PLAIT_E_UNRESOLVED, e.dy = -0.0);
    for (size_t k = 0; k < sizeof bad_centre / sizeof *bad_centre; k++) {
        REFUSED(m, e.cx = bad_centre[k]);
        REFUSED(m, e.cy = bad_centre[k]);
    }
    ACCEPTED(m, e.cx = 1e149; e.dx = e.dy = 1e146);
}

static void test_ranges_of_mandelbrot_and_julia(void) {
    static const double bad_c[] = {NAN, INFINITY, -INFINITY, 1.1e150, -1.1e150};
    static const double bad_bailout[] = {0, -0.0, -3, NAN, INFINITY, -INFINITY, 1.1e150};
    const struct plait_escape m = plait_escape_default(PLAIT_MANDELBROT);
    const struct plait_escape j = plait_escape_default(PLAIT_JULIA);

    REFUSED(m, e.bailout = nextafter(2, 0));
    REFUSED(m, e.bailout = nextafter(1e10, 1e11));
    ACCEPTED(m, e.bailout = nextafter(2, 3));
    ACCEPTED(m, e.bailout = 1e10);
    ACCEPTED(m, e.cre = NAN; e.cim = INFINITY); /* ignored for Mandelbrot */
    for (size_t k = 0; k < sizeof bad_bailout / sizeof *bad_bailout; k++) {
        REFUSED(m, e.bailout = bad_bailout[k]);
        REFUSED(j, e.bailout = bad_bailout[k]);
    }
    for (size_t k = 0; k < sizeof bad_c / sizeof *bad_c; k++) {
        REFUSED(j, e.cre = bad_c[k]);
        REFUSED(j, e.cim = bad_c[k]);
    }
    ACCEPTED(j, e.bailout = 1e150);
    ACCEPTED(j, e.bailout = 1e-300);
    ACCEPTED(j, e.cre = 1e150; e.cim = -1e150);
}

static void test_ranges_of_rows_and_exec(void) {
    const struct plait_escape e = small_mandelbrot();
    int32_t counts[48 * 32], untouched[48 * 32];
    memset(counts, 0x55, sizeof counts);
    memcpy(untouched, counts, sizeof counts);
    struct plait_exec exec = exec_of(2);

    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 0, 0, counts));
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, e.height, 0, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, e.height + 1, 0, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, 0, e.height + 1, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, e.height, 1, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, 1, UINT32_MAX, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, UINT32_MAX, 2, counts));

    static const int bad_threads[] = {0, -1, PLAIT_THREADS_MAX + 1};
    for (size_t k = 0; k < sizeof bad_threads / sizeof *bad_threads; k++) {
        exec.threads = bad_threads[k];
        CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, 0, 1, counts));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_verify(&e, &exec, counts, 1, NULL));
    }
    exec = exec_of(2);
    exec.path = NULL;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, 0, 1, counts));

    struct plait_escape bad = e;
    bad.maxit = 0;
    exec = exec_of(2);
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&bad, &exec, 0, 1, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_verify(&bad, &exec, counts, 1, NULL));
    CHECK(memcmp(counts, untouched, sizeof counts) == 0);
}

static void test_region(void) {
    static const double bad[][4] = {
        {1, 1, -1, 1},         {1, -2, -1, 1},        {-2, 1, 1, 1},         {-2, 1, 1, -1},
        {NAN, 1, -1, 1},       {-2, NAN, -1, 1},      {-2, 1, NAN, 1},       {-2, 1, -1, NAN},
        {-INFINITY, 1, -1, 1}, {-2, INFINITY, -1, 1}, {-2, 1, -INFINITY, 1}, {-2, 1, -1, INFINITY},
        {-1e308, 1e308, -1, 1} /* the width overflows */
    };
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        check_that(plait_escape_set_region(&e, bad[k][0], bad[k][1], bad[k][2], bad[k][3]) ==
                       PLAIT_E_ARGUMENT,
                   __FILE__, __LINE__, "region %g,%g,%g,%g is refused", bad[k][0], bad[k][1],
                   bad[k][2], bad[k][3]);
    e.width = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_set_region(&e, -2, 1, -1, 1));
}

static void test_center(void) {
    static const double bad[][3] = {{NAN, 0, 1},       {0, NAN, 1}, {0, 0, NAN}, {INFINITY, 0, 1},
                                    {0, -INFINITY, 1}, {0, 0, 0},   {0, 0, -1},  {0, 0, INFINITY},
                                    {0, 0, 1e-160} /* the view is too large */};
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        check_that(plait_escape_set_center(&e, bad[k][0], bad[k][1], bad[k][2]) == PLAIT_E_ARGUMENT,
                   __FILE__, __LINE__, "center %g,%g zoom %g is refused", bad[k][0], bad[k][1],
                   bad[k][2]);
    e = plait_escape_default(PLAIT_MANDELBROT);
    CHECK_INT(PLAIT_E_UNRESOLVED, plait_escape_set_center(&e, -0.75, 0.1, 1e17));
    e.width = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_set_center(&e, 0, 0, 1));
}

/* The two forms of a view that describe the same picture give the same numbers. */
static void test_region_and_center_agree(void) {
    struct plait_escape region = plait_escape_default(PLAIT_MANDELBROT), center = region;
    CHECK_INT(PLAIT_OK, plait_escape_set_center(&center, -0.5, 0, 1));
    CHECK(region.cx == center.cx && region.cy == center.cy);
    CHECK(region.dx == center.dx && region.dy == center.dy);

    region = center = plait_escape_default(PLAIT_JULIA);
    CHECK_INT(PLAIT_OK, plait_escape_set_center(&center, 0, 0, 1));
    CHECK(region.cx == center.cx && region.cy == center.cy);
    CHECK(region.dx == center.dx && region.dy == center.dy);

    CHECK_INT(PLAIT_OK, plait_escape_set_region(&region, 0.25, 0.75, -0.4375, -0.0625));
    CHECK_INT(PLAIT_OK, plait_escape_set_center(&center, 0.5, -0.25, 8));
    CHECK(region.cx == center.cx && region.cy == center.cy);
    CHECK(region.dx == center.dx && region.dy == center.dy);
}

/* Views whose largest coordinate M is 1.5 and a bit: one unit in the last place is 2^-52. */
static void test_resolution_around_one(void) {
    const double step = 4 * 0x1p-52;
    struct plait_escape view = plait_escape_default(PLAIT_MANDELBROT);
    view.width = view.height = 2;
    view.cx = 1.5;
    view.cy = 0.25;
    view.dx = view.dy = step;
    CHECK(plait_escape_resolution(&view) == 1);
    CHECK_INT(PLAIT_OK, plait_escape_check(&view));

    WITH(view, PLAIT_E_UNRESOLVED, e.dx = nextafter(step, 0));
    WITH(view, PLAIT_E_UNRESOLVED, e.dy = nextafter(step, 0));
    WITH(view, PLAIT_OK, e.dx = nextafter(step, 1));
    /* M = 2 begins a binade whose units are twice as large; the corner counts, not the centre. */
    WITH(view, PLAIT_E_UNRESOLVED, e.cx = 2 - step);
    WITH(view, PLAIT_E_UNRESOLVED, e.cx = -2 + step);
    WITH(view, PLAIT_E_UNRESOLVED, e.cy = 2 - step);
    WITH(view, PLAIT_OK, e.cx = 2 - 2 * step);
    WITH(view, PLAIT_OK, e.cx = 2 - step; e.dx = e.dy = 2 * step; e.cx -= step);

    view.dx = nextafter(step, 0);
    int32_t counts[4] = {7, 7, 7, 7};
    const struct plait_exec exec = exec_of(1);
    CHECK_INT(PLAIT_E_UNRESOLVED, plait_escape_rows(&view, &exec, 0, 2, counts));
    CHECK_INT(7, counts[0]);
}

/* Every pixel of a thin or tiny picture equals the reference. */
static void check_size(uint32_t width, uint32_t height, int threads) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    e.width = width;
    e.height = height;
    e.maxit = 20;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, -2, 1, -1, 1.25));
    int32_t *counts = counts_of(&e, threads);
    uint64_t wrong = 0;
    for (uint32_t i = 0; i < height; i++)
        for (uint32_t j = 0; j < width; j++)
            wrong += counts[(size_t)i * width + j] != plait_escape_pixel(&e, i, j);
    check_that(wrong == 0, __FILE__, __LINE__, "%u x %u on %d threads: %llu pixels differ", width,
               height, threads, (unsigned long long)wrong);
    free(counts);
}

static void test_odd_sizes(void) {
    static const uint32_t sides[] = {2, 3, 7, 64, 1001};
    for (int threads = 1; threads <= 5; threads += 2) {
        check_size(1, 1, threads);
        for (size_t k = 0; k < sizeof sides / sizeof *sides; k++) {
            check_size(1, sides[k], threads);
            check_size(sides[k], 1, threads);
        }
    }
    const uint32_t longest = check_is_quick() ? 65536 : PLAIT_ESCAPE_SIDE_MAX;
    check_size(longest, 1, 5);
    check_size(1, longest, 5);
}

struct progress_record {
    uint64_t calls, last, total;
    pid_t thread;
    bool wrong;
    uint64_t stop_at; /* the call that asks to stop; 0: none */
};

static bool record_progress(void *context, uint64_t done, uint64_t total) {
    struct progress_record *record = context;
    record->wrong |= done < record->last || done > total || total != record->total;
    record->wrong |= gettid() != record->thread;
    record->last = done;
    return ++record->calls != record->stop_at;
}

static enum plait_status run_with_record(uint32_t width, uint32_t height, int threads,
                                         struct progress_record *record) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    e.width = width;
    e.height = height;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, -2, 1, -1, 1));
    int32_t *counts = malloc((size_t)e.width * e.height * sizeof *counts);
    if (!counts)
        abort();
    struct plait_exec exec = exec_of(threads);
    exec.progress = record_progress;
    exec.progress_context = record;
    record->total = e.height;
    record->thread = gettid();
    const enum plait_status status = plait_escape_rows(&e, &exec, 0, e.height, counts);
    free(counts);
    return status;
}

/* 240 x 160 is large enough to be cut into several tiles per thread. */
static void test_progress(void) {
    for (int threads = 1; threads <= 5; threads += 2) {
        struct progress_record record = {0};
        CHECK_INT(PLAIT_OK, run_with_record(240, 160, threads, &record));
        CHECK(!record.wrong);
        if (threads == 1) /* else another thread may have finished the last rows */
            CHECK_INT((int64_t)record.total, (int64_t)record.last);
    }
}

/* A caller that serves messages from here must not have to wait for a whole row. */
static void test_progress_within_a_row(void) {
    struct progress_record record = {0};
    CHECK_INT(PLAIT_OK, run_with_record(4096, 1, 1, &record));
    CHECK(!record.wrong);
    CHECK(record.calls >= 4);
    CHECK_INT(1, (int64_t)record.last);
}

static void test_progress_can_stop(void) {
    struct progress_record record = {.stop_at = 2};
    CHECK_INT(PLAIT_E_INTERRUPTED, run_with_record(240, 160, 1, &record));
    CHECK_INT(2, (int64_t)record.calls);
    CHECK(record.last < record.total);

    /* With more threads the caller may find no tile left to work on, and so is never asked. */
    record = (struct progress_record){.stop_at = 1};
    const enum plait_status status = run_with_record(240, 160, 5, &record);
    CHECK_INT(record.calls > 0 ? PLAIT_E_INTERRUPTED : PLAIT_OK, status);
    CHECK(record.calls <= 1);
}

/* Row 0 has no mirror image: row H would be its own. */
static void check_mirror(struct plait_escape e, bool point) {
    for (int brute = 0; brute <= 1; brute++) {
        e.brute = brute;
        int32_t *counts = counts_of(&e, 2);
        uint64_t wrong = 0;
        for (uint32_t i = 1; i < e.height; i++)
            for (uint32_t j = point ? 1 : 0; j < e.width; j++) {
                const uint32_t mirror = point ? e.width - j : j;
                wrong += counts[(size_t)i * e.width + j] !=
                         counts[(size_t)(e.height - i) * e.width + mirror];
            }
        CHECK_INT(0, (int64_t)wrong);
        free(counts);
    }
}

/* Rows that are turned into their mirror images, three at a time and what is left, are those that
 * were computed there. */
static void check_mirrored_in_place(const struct plait_escape *e) {
    enum { PART = 3 };
    const size_t width = e->width;
    const uint32_t images = e->height - plait_escape_distinct_rows(e);
    const struct plait_exec exec = exec_of(2);
    int32_t *counts = counts_of(e, 2);
    int32_t *some = malloc(PART * width * sizeof *some);
    if (!some)
        abort();
    for (uint32_t first = 1; first <= images; first += PART) {
        const uint32_t rows = images + 1 - first < PART ? images + 1 - first : PART;
        memcpy(some, counts + first * width, rows * width * sizeof *some);
        CHECK_INT(PLAIT_OK, plait_escape_mirror_rows(e, &exec, first, rows, some));
        const int32_t *expected = counts + (e->height - first - rows + 1) * width;
        CHECK(memcmp(some, expected, rows * width * sizeof *some) == 0);
    }
    CHECK_INT(PLAIT_OK, plait_escape_mirror_rows(e, &exec, images + 1, 0, some));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_mirror_rows(e, &exec, 0, 1, some));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_mirror_rows(e, &exec, images + 1, 1, some));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_mirror_rows(e, &exec, 1, UINT32_MAX, some));
    free(some);
    free(counts);
}

static void test_mirror_rows(void) {
    struct plait_escape m = small_mandelbrot();
    struct plait_escape j = plait_escape_default(PLAIT_JULIA);
    for (m.height = 1; m.height <= 34; m.height++)
        check_mirrored_in_place(&m);
    for (j.height = 1; j.height <= 22; j.height += 7)
        for (j.width = 1; j.width <= 8; j.width++) {
            CHECK_INT(PLAIT_OK, plait_escape_set_region(&j, -2, 2, -1.5, 1.5));
            check_mirrored_in_place(&j);
        }
    j.brute = true;
    CHECK_INT(j.height, plait_escape_distinct_rows(&j));
    check_mirrored_in_place(&j);
}

static void test_mirror_images(void) {
    struct plait_escape m = small_mandelbrot();
    for (m.height = 30; m.height <= 33; m.height++)
        check_mirror(m, false);

    struct plait_escape j = plait_escape_default(PLAIT_JULIA);
    j.width = 61;
    for (j.height = 40; j.height <= 43; j.height++) {
        j.cim = 0.65;
        CHECK_INT(PLAIT_OK, plait_escape_set_region(&j, -2, 2, -1.5, 1.5));
        check_mirror(j, true);
        j.cre = -0.7;
        j.cim = 0;
        CHECK_INT(PLAIT_OK, plait_escape_set_region(&j, -1, 2, -1.5, 1.5));
        check_mirror(j, false);
    }
}

/* The whole picture as users compute it, mirror images and all, is that of the plain loop: views
 * that have an axis or a point in the middle, for which it is or is not an axis of symmetry. */
static void test_whole_pictures(void) {
    static const struct {
        const char *name;
        enum plait_escape_kind kind;
        double cre, cim, region[4];
    } views[] = {
        {"Julia, point in the middle", PLAIT_JULIA, 0, 0.65, {-2, 2, -1.5, 1.5}},
        {"Julia, real axis in the middle", PLAIT_JULIA, 0, 0.65, {-1, 2, -1.5, 1.5}},
        {"Julia, imaginary axis in the middle", PLAIT_JULIA, 0, 0.65, {-2, 2, -1, 1.5}},
        {"Julia, nothing in the middle", PLAIT_JULIA, -0.7, 0.3, {-1, 2, -1, 1.5}},
        {"Julia, real c, real axis", PLAIT_JULIA, -0.7, 0, {-1, 2, -1.5, 1.5}},
        {"Julia, real c, imaginary axis", PLAIT_JULIA, -0.7, 0, {-2, 2, -1, 1.5}},
        {"Mandelbrot, real axis", PLAIT_MANDELBROT, 0, 0, {-2, 1, -1, 1}},
        {"Mandelbrot, origin", PLAIT_MANDELBROT, 0, 0, {-2, 2, -1, 1}},
        {"Mandelbrot, imaginary axis", PLAIT_MANDELBROT, 0, 0, {-2, 2, -1, 1.5}},
    };
    enum { SIDE_MAX = 31 };
    const struct plait_exec exec = exec_of(2);
    for (size_t v = 0; v < sizeof views / sizeof *views; v++)
        for (uint32_t side = SIDE_MAX - 1; side <= SIDE_MAX; side++) {
            struct plait_escape e = plait_escape_default(views[v].kind);
            const double *region = views[v].region;
            int32_t counts[SIDE_MAX * SIDE_MAX];
            uint32_t wrong = 0;
            e.width = e.height = side;
            e.cre = views[v].cre;
            e.cim = views[v].cim;
            CHECK_INT(PLAIT_OK,
                      plait_escape_set_region(&e, region[0], region[1], region[2], region[3]));
            CHECK_INT(PLAIT_OK, plait_escape_picture(&e, &exec, counts));
            for (uint32_t k = 0; k < side * side; k++)
                wrong += counts[k] != plait_escape_pixel(&e, k / side, k % side);
            check_that(wrong == 0, __FILE__, __LINE__, "%s, %u x %u: %u pixels differ",
                       views[v].name, side, side, wrong);
        }
}

static void test_verify(void) {
    const struct plait_escape e = small_mandelbrot();
    const size_t pixels = (size_t)e.width * e.height;
    int32_t *counts = counts_of(&e, 2);
    const struct plait_exec exec = exec_of(5);
    struct plait_escape_difference first = {.expected = -7};

    CHECK_INT(PLAIT_OK, plait_escape_verify(&e, &exec, counts, 1000, &first));
    CHECK_INT(-7, first.expected);

    /* With every pixel wrong the first sample differs, and names a pixel that is sampled. */
    for (size_t k = 0; k < pixels; k++)
        counts[k] = -1 - counts[k];
    CHECK_INT(PLAIT_OK, plait_escape_verify(&e, &exec, counts, 0, &first));
    CHECK_INT(PLAIT_E_MISMATCH, plait_escape_verify(&e, &exec, counts, 1000, &first));
    const struct plait_escape_difference sampled = first;
    for (size_t k = 0; k < pixels; k++)
        counts[k] = -1 - counts[k];

    int32_t *pixel = counts + (size_t)sampled.row * e.width + sampled.col;
    CHECK_INT(plait_escape_pixel(&e, sampled.row, sampled.col), *pixel);
    *pixel += 1;
    CHECK_INT(PLAIT_E_MISMATCH, plait_escape_verify(&e, &exec, counts, 1000, &first));
    CHECK(first.row == sampled.row && first.col == sampled.col);
    CHECK_INT(*pixel - 1, first.expected);
    CHECK_INT(*pixel, first.got);
    free(counts);
}

static struct plait_row_range rows_at(uint32_t first, uint32_t rows) {
    return (struct plait_row_range){first, rows};
}

/* Over a split of the picture each sample is looked at in the part that it lies in, and in no
 * other.
 */
static void test_verify_rows(void) {
    const struct plait_escape e = small_mandelbrot();
    const struct plait_exec exec = exec_of(2);
    int32_t *counts = counts_of(&e, 2);
    struct plait_escape_difference first, part;
    int32_t *row = counts;
    for (uint32_t i = 0; i < e.height; i++, row += e.width) {
        CHECK_INT(PLAIT_OK, plait_escape_verify_rows(&e, &exec, rows_at(i, 1), row, 1000, &first));
        CHECK_INT(PLAIT_OK, plait_escape_verify_rows(&e, &exec, rows_at(i, 0), NULL, 1000, &first));
    }
    for (size_t k = 0; k < (size_t)e.width * e.height; k++)
        counts[k] += 1;
    CHECK_INT(PLAIT_E_MISMATCH, plait_escape_verify(&e, &exec, counts, 1, &first));
    row = counts;
    for (uint32_t i = 0; i < e.height; i++, row += e.width) {
        const enum plait_status expected = i == first.row ? PLAIT_E_MISMATCH : PLAIT_OK;
        CHECK_INT(expected, plait_escape_verify_rows(&e, &exec, rows_at(i, 1), row, 1, &part));
    }
    CHECK(part.row == first.row && part.col == first.col && part.got == first.got);
    CHECK_INT(PLAIT_E_ARGUMENT,
              plait_escape_verify_rows(&e, &exec, rows_at(1, e.height), counts, 1, &part));
    free(counts);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"defaults", test_defaults},
        {"ranges of the picture", test_ranges_of_the_picture},
        {"ranges of the view", test_ranges_of_the_view},
        {"ranges of each kind", test_ranges_of_mandelbrot_and_julia},
        {"ranges of rows and exec", test_ranges_of_rows_and_exec},
        {"region", test_region},
        {"center", test_center},
        {"region and center agree", test_region_and_center_agree},
        {"resolution around one", test_resolution_around_one},
        {"odd sizes", test_odd_sizes},
        {"progress", test_progress},
        {"progress within a row", test_progress_within_a_row},
        {"progress can stop", test_progress_can_stop},
        {"mirror images", test_mirror_images},
        {"mirrored in place", test_mirror_rows},
        {"whole pictures", test_whole_pictures},
        {"verify", test_verify},
        {"verify rows", test_verify_rows},
        {0},
    };
    return check_main("escape", tests, argc, argv);
}
