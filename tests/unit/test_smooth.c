/* SPDX-License-Identifier: MIT
 * Smooth values: the logarithm, every path against the reference byte for byte, the reference
 * against the formula by libm, and what must hold at the ends of the ranges. */
#include "check.h"
#include "random_draw.h"

#include "../../arch/select.h"
#include "../../arch/smooth_value.h"
#include "../../kernels/escape_job.h"
#include "plait/plait.h"

#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state;

static uint64_t draw(void) {
    return random_draw(&random_state);
}

static double draw_between(double low, double high) {
    return low + (high - low) * ((double)(draw() >> 11) * 0x1p-53);
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t checksum(const double *values, size_t count) {
    return plait_digest_bytes((const unsigned char *)values, count * sizeof *values);
}

static struct plait_row_range rows_at(uint32_t first, uint32_t rows) {
    return (struct plait_row_range){first, rows};
}

/* ---- logarithm ---- */

static void check_log2(double a) {
    const double got = plait_smooth_log2(a), expected = log2(a);
    const double slack = 1e-14 + DBL_EPSILON * fabs(expected);
    if (!(fabs(got - expected) <= slack))
        check_that(false, __FILE__, __LINE__, "log2(%a) is %a, not %a", a, got, expected);
}

static void test_log2_against_libm(void) {
    random_state = check_seed();
    for (int k = 0; k < 100000; k++) {
        check_log2(draw_between(0.5, 4));
        check_log2(ldexp(draw_between(1, 2), (int)draw_between(-1022, 1023)));
    }
    for (int e = -1022; e < 1024; e++) {
        CHECK(plait_smooth_log2(ldexp(1, e)) == e);
        if (e > -1022) {
            check_log2(nextafter(ldexp(1, e), 0));
            check_log2(ldexp(sqrt(0.5), e));
        }
        check_log2(nextafter(ldexp(1, e), INFINITY));
        if (e > -1022)
            check_log2(nextafter(ldexp(sqrt(0.5), e), 0));
    }
    check_log2(DBL_MAX);
}

/* Bits that every machine must give, from a program in exact fractions. */
static void test_log2_bits(void) {
    static double values[10000];
    for (int k = 0; k < 10000; k++)
        values[k] = plait_smooth_log2(1 + k * 0x1.3c6ef372fe94fp-3);
    CHECK_HEX(UINT64_C(0x10790656466d5d0f), checksum(values, 10000));
    CHECK_HEX(UINT64_C(0x3ff95c01a39fbd69), bits_of(plait_smooth_log2(3)));
    CHECK_HEX(UINT64_C(0x400a934f0979a371), bits_of(plait_smooth_log2(10)));
}

/* ---- values ---- */

enum { SIDE_MAX = 700 };

struct drawn {
    int32_t *counts;
    double *values;
};

static enum plait_status find_values(const struct plait_escape *e, const struct plait_exec *exec,
                                     struct plait_row_range range, uint32_t cols,
                                     const int32_t *counts, double *values) {
    struct plait_smooth_output output = {.values = values, .range = plait_smooth_range_empty()};
    return plait_smooth_rows(e, exec, range, cols, counts, &output);
}

/* Counts and values of a picture; threads 3. */
static struct drawn draw_picture(const struct plait_escape *e, const char *path) {
    struct plait_exec exec = {0};
    const size_t pixels = (size_t)e->width * e->height;
    struct drawn d = {malloc(pixels * sizeof *d.counts), malloc(pixels * sizeof *d.values)};
    if (!d.counts || !d.values)
        abort();
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, path, 3));
    CHECK_INT(PLAIT_OK, plait_escape_picture(e, &exec, d.counts));
    memset(d.values, 0x55, pixels * sizeof *d.values);
    CHECK_INT(PLAIT_OK, find_values(e, &exec, rows_at(0, e->height), e->width, d.counts, d.values));
    return d;
}

static void free_picture(struct drawn *d) {
    free(d->counts);
    free(d->values);
}

/* What parts and range must be, by their definition. */
static size_t wrong_parts(const struct drawn *d, const int32_t *parts, size_t pixels,
                          struct plait_smooth_range range) {
    size_t wrong = 0;
    struct plait_smooth_range expected = plait_smooth_range_empty();
    for (size_t k = 0; k < pixels; k++) {
        if (d->values[k] == INFINITY) {
            wrong += parts[k] != PLAIT_SMOOTH_NEVER;
            continue;
        }
        const double part = floor((d->values[k] - d->counts[k]) * PLAIT_SMOOTH_UNIT);
        const int64_t value = (int64_t)d->counts[k] * PLAIT_SMOOTH_UNIT + (int64_t)part;
        wrong += parts[k] != part;
        expected.min = value < expected.min ? value : expected.min;
        expected.max = value > expected.max ? value : expected.max;
    }
    return wrong + (range.min != expected.min) + (range.max != expected.max);
}

/* Counts and values in one pass are those of two; parts and range are theirs, with the values,
 * without, or by the counts. */
static void check_one_pass(const struct plait_escape *e, const char *path, const struct drawn *two,
                           const char *what) {
    struct plait_exec exec = {0};
    const size_t pixels = (size_t)e->width * e->height;
    const struct plait_row_range all = rows_at(0, e->height);
    struct drawn one = {malloc(pixels * sizeof *one.counts), malloc(pixels * sizeof *one.values)};
    int32_t *parts = malloc(pixels * sizeof *parts);
    if (!one.counts || !one.values || !parts)
        abort();
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, path, 3));
    memset(one.values, 0x55, pixels * sizeof *one.values);
    const int form = (int)(draw() % 3); /* each of them often: pictures are many */
    struct plait_smooth_output output = {
        .values = form == 1 ? NULL : one.values,
        .parts = parts,
        .range = plait_smooth_range_empty(),
    };
    memset(one.counts, 0x55, pixels * sizeof *one.counts);
    memset(parts, 0x55, pixels * sizeof *parts);
    if (form == 2)
        CHECK_INT(PLAIT_OK, plait_smooth_rows(e, &exec, all, e->width, two->counts, &output));
    else
        CHECK_INT(PLAIT_OK, plait_smooth_compute(e, &exec, all, one.counts, &output));
    const bool same_counts =
        form == 2 || memcmp(one.counts, two->counts, pixels * sizeof *one.counts) == 0;
    const bool same_values =
        form == 1 || memcmp(one.values, two->values, pixels * sizeof *one.values) == 0;
    const size_t wrong = wrong_parts(two, parts, pixels, output.range);
    check_that(same_counts && same_values && wrong == 0, __FILE__, __LINE__,
               "%s, %s, form %d: counts %s, values %s, %zu wrong parts", what, path, form,
               same_counts ? "equal" : "differ", same_values ? "equal" : "differ", wrong);
    free(parts);
    free_picture(&one);
}

/* Every path that this machine has gives the reference's values; they are finite where they should
 * be and near the count. */
static void check_paths(const struct plait_escape *e, const char *what) {
    const struct plait_escape_job job = plait_escape_make_job(e);
    for (size_t p = 0; p < plait_path_count(); p++) {
        const struct plait_path *path = plait_path_at(p);
        if (!plait_path_supported(path))
            continue;
        struct drawn d = draw_picture(e, plait_path_name(path));
        size_t wrong = 0;
        for (uint32_t i = 0; i < e->height; i++)
            for (uint32_t j = 0; j < e->width; j++) {
                const size_t k = (size_t)i * e->width + j;
                const double expected = plait_smooth_reference(&job, i, j, d.counts[k]);
                wrong += bits_of(expected) != bits_of(d.values[k]);
                if (d.counts[k] == e->maxit)
                    wrong += d.values[k] != INFINITY;
                else
                    wrong += !(fabs(d.values[k] - d.counts[k]) < 10);
            }
        check_that(wrong == 0, __FILE__, __LINE__, "%s, %s: %zu wrong values", what,
                   plait_path_name(path), wrong);
        check_one_pass(e, plait_path_name(path), &d, what);
        free_picture(&d);
    }
}

static struct plait_escape view(enum plait_escape_kind kind, uint32_t width, uint32_t height,
                                double xmin, double xmax, double ymin, double ymax, int32_t maxit) {
    struct plait_escape e = plait_escape_default(kind);
    e.width = width;
    e.height = height;
    e.maxit = maxit;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, xmin, xmax, ymin, ymax));
    return e;
}

static void test_paths_on_pictures(void) {
    struct plait_escape e = view(PLAIT_MANDELBROT, 301, 203, -2, 1, -1, 1, 500);
    check_paths(&e, "Mandelbrot");
    e = view(PLAIT_MANDELBROT, 97, 11, -0.7437, -0.7435, 0.1317, 0.1319, 5000);
    check_paths(&e, "seahorses");
    e = view(PLAIT_MANDELBROT, 64, 9, -2.05, -1.95, -0.05, 0.05, 300); /* z = 2 stays at c = -2 */
    check_paths(&e, "the tip");
    e = view(PLAIT_JULIA, 300, 7, -2, 2, -1.5, 1.5, 254);
    check_paths(&e, "Julia");
    for (uint32_t width = 1; width < SIDE_MAX; width = width * 3 / 2 + 1) {
        e = view(PLAIT_MANDELBROT, width, 3, -2, 1, -1, 1.1, 100);
        check_paths(&e, "widths");
    }
    e = view(PLAIT_MANDELBROT, 40, 40, -2, 1, -1, 1, 1); /* all or nothing */
    check_paths(&e, "one step");
}

/* Where squares overflow, and where an orbit comes back after it has escaped. */
static void test_paths_at_the_ends(void) {
    static const double bailouts[] = {1e-300, 0.1, 1, 1.5, 2, 1e3, 1e60, 1e76, 1e149, 1e150};
    static const double sizes[] = {0.5, 2, 1e10, 1e70, 1e100, 4e149};
    static const double constants[][2] = {{0, 0.65}, {-1.2, 0},      {-2, 0},     {0, 0},
                                          {1e75, 1}, {1e150, 1e150}, {-1e150, 0}, {0.25, 1e-9}};
    for (size_t b = 0; b < sizeof bailouts / sizeof *bailouts; b++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t c = 0; c < sizeof constants / sizeof *constants; c++) {
                struct plait_escape e = view(PLAIT_JULIA, 33, 3, -sizes[s], sizes[s] / 2,
                                             -sizes[s] / 3, sizes[s] / 3, 60);
                e.bailout = bailouts[b];
                e.cre = constants[c][0];
                e.cim = constants[c][1];
                check_paths(&e, "Julia at the ends");
            }
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        static const double larger[] = {2, 2.0001, 100, 16384, 1e10};
        struct plait_escape e =
            view(PLAIT_MANDELBROT, 33, 3, -sizes[s], sizes[s] / 2, -sizes[s] / 3, sizes[s] / 3, 60);
        for (size_t b = 0; b < sizeof larger / sizeof *larger; b++) {
            e.bailout = larger[b];
            check_paths(&e, "Mandelbrot at the ends");
        }
    }
}

/* The formula by libm and long double complex numbers, on orbits too short to go astray. */
static void test_formula(void) {
    const struct plait_escape e = view(PLAIT_MANDELBROT, 120, 80, -2, 1, -1, 1.01, 20);
    struct drawn d = draw_picture(&e, "scalar");
    double worst = 0;
    for (uint32_t i = 0; i < e.height; i++)
        for (uint32_t j = 0; j < e.width; j++) {
            const size_t k = (size_t)i * e.width + j;
            if (d.counts[k] == e.maxit)
                continue;
            const long double complex c = (long double)(e.cx + (j - 60.0) * e.dx) +
                                          (long double)(e.cy + (40.0 - i) * e.dy) * I;
            long double complex z = 0;
            for (int n = 0; n < d.counts[k] + 4; n++)
                z = z * z + c;
            const double expected = d.counts[k] + 5 - (double)log2l(logl(cabsl(z)));
            worst = fmax(worst, fabs(d.values[k] - expected));
        }
    check_that(worst < 1e-9, __FILE__, __LINE__, "the formula is missed by %g", worst);
    free_picture(&d);
}

/* Along a line away from the set values fall without jumps, where counts jump. */
static void test_no_bands(void) {
    const struct plait_escape e = view(PLAIT_MANDELBROT, 100000, 1, 0.3, 2.5, -0.1, 0, 1000);
    struct drawn d = draw_picture(&e, "scalar");
    double largest = 0;
    int changes = 0;
    for (uint32_t j = 1; j < e.width; j++) {
        const double step = fabs(d.values[j] - d.values[j - 1]);
        if (!(step <= largest)) /* not fmax, whose vectors gcc 12 for aarch64 fails to make */
            largest = step;
        changes += d.counts[j] != d.counts[j - 1];
    }
    CHECK(changes >= 8);
    check_that(largest < 0.01, __FILE__, __LINE__, "neighbours differ by %g", largest);
    free_picture(&d);
}

/* Bits that every machine must give, from the same program. */
static void test_known_bits(void) {
    struct plait_escape e = view(PLAIT_MANDELBROT, 300, 200, -2, 1, -1, 1, 127);
    struct drawn d = draw_picture(&e, "scalar");
    CHECK_HEX(UINT64_C(0x3927847af76d005), checksum(d.values, 60000));
    free_picture(&d);
    e = view(PLAIT_JULIA, 160, 120, -2, 2, -1.5, 1.5, 254);
    d = draw_picture(&e, "scalar");
    CHECK_HEX(UINT64_C(0xea6c1165c5d827d4), checksum(d.values, 19200));
    free_picture(&d);
}

/* ---- arguments, and bytes that are mirrored ---- */

static void test_arguments(void) {
    struct plait_escape e = view(PLAIT_MANDELBROT, 20, 10, -2, 1, -1, 1, 50);
    struct plait_exec exec = {0};
    int32_t counts[200];
    double values[200];
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 2));
    CHECK_INT(PLAIT_OK, plait_escape_picture(&e, &exec, counts));
    CHECK_INT(PLAIT_OK, find_values(&e, &exec, rows_at(10, 0), 20, counts, values));
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(11, 0), 20, counts, values));
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(1, 10), 20, counts, values));
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(0, 10), 21, counts, values));
    counts[57] = 51;
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(0, 10), 20, counts, values));
    counts[57] = -1;
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(0, 10), 20, counts, values));
    struct plait_smooth_output output = {.range = plait_smooth_range_empty()}; /* only the range */
    CHECK_INT(PLAIT_OK, plait_smooth_compute(&e, &exec, rows_at(0, 10), counts, &output));
    CHECK(output.range.min < output.range.max && output.range.max < 60 * PLAIT_SMOOTH_UNIT);
    CHECK_INT(PLAIT_OK, plait_smooth_compute(&e, &exec, rows_at(10, 0), counts, &output));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_smooth_compute(&e, &exec, rows_at(1, 10), counts, &output));
    exec.threads = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(0, 0), 20, counts, values));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_smooth_compute(&e, &exec, rows_at(0, 0), counts, &output));
    e.maxit = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, find_values(&e, &exec, rows_at(0, 0), 20, counts, values));
}

/* A byte that follows from the value: mirrored ones are those of the rows themselves. */
static void check_bytes(struct plait_escape e, uint32_t left_alone) {
    struct plait_exec exec = {0};
    struct drawn d = draw_picture(&e, NULL);
    const size_t pixels = (size_t)e.width * e.height;
    uint8_t *bytes = malloc(pixels);
    double first;
    size_t wrong = 0, left = 0;
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 2));
    memset(bytes, 0xee, pixels);
    for (size_t k = 0; k < (size_t)plait_escape_distinct_rows(&e) * e.width; k++)
        bytes[k] = (uint8_t)(bits_of(d.values[k]) % 199);
    CHECK_INT(PLAIT_OK, plait_escape_complete_bytes(&e, &exec, bytes));
    for (size_t k = 0; k < pixels; k++)
        if (bytes[k] == 0xee && k % e.width == 0)
            left++;
        else
            wrong += bytes[k] != bits_of(d.values[k]) % 199;
    CHECK_INT(0, wrong);
    CHECK_INT(left_alone, left);
    for (uint32_t i = 0; i < e.height; i++) { /* one column alone */
        CHECK_INT(PLAIT_OK,
                  find_values(&e, &exec, rows_at(i, 1), 1, d.counts + (size_t)i * e.width, &first));
        CHECK_HEX(bits_of(d.values[(size_t)i * e.width]), bits_of(first));
    }
    free(bytes);
    free_picture(&d);
}

static void test_mirrored_bytes(void) {
    check_bytes(view(PLAIT_MANDELBROT, 31, 20, -2, 1, -1, 1, 50), 0);
    check_bytes(view(PLAIT_MANDELBROT, 31, 20, -2, 1, -1, 1.1, 50), 0);
    check_bytes(view(PLAIT_JULIA, 32, 20, -2, 2, -1, 1, 50), 9);
    check_bytes(view(PLAIT_JULIA, 31, 21, -2, 2, -1, 1, 50), 10);
    struct plait_escape e = view(PLAIT_JULIA, 32, 20, -2, 2, -1, 1, 50);
    e.cim = 0;
    e.cre = -1;
    check_bytes(e, 0);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"log2 against libm", test_log2_against_libm},
        {"log2 bits", test_log2_bits},
        {"paths on pictures", test_paths_on_pictures},
        {"paths at the ends", test_paths_at_the_ends},
        {"formula", test_formula},
        {"no bands", test_no_bands},
        {"known bits", test_known_bits},
        {"arguments", test_arguments},
        {"mirrored bytes", test_mirrored_bytes},
        {0},
    };
    return check_main("smooth", tests, argc, argv);
}
