/* SPDX-License-Identifier: MIT
 * Distances from the set: known answers of a program in exact integers, every compiled path against
 * the reference, bit for bit, the formula in long doubles, and sets whose distances are known. */
#include "check.h"
#include "random_draw.h"

#include "../../arch/distance.h"
#include "../../arch/select.h"
#include "../../kernels/escape_job.h"
#include "plait/plait.h"

#include <complex.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLS_MAX = 90, ROWS_MAX = 24, PIXELS_MAX = COLS_MAX * ROWS_MAX };

static uint64_t random_state;

static uint32_t draw_below(uint32_t bound) {
    return (uint32_t)((random_draw(&random_state) >> 32) * bound >> 32);
}

static double draw_between(double low, double high) {
    return low + (high - low) * ((double)(random_draw(&random_state) >> 11) * 0x1p-53);
}

/* Evenly on the logarithmic scale. */
static double draw_scale(double low, double high) {
    return exp(draw_between(log(low), log(high)));
}

/* -- known answers ----------------------------------------------------------------------------- */

/* kind W H xmin xmax ymin ymax maxit re(c) im(c) r: checksum of the counts, and of the parts, 0 for
 * pixels at maxit. */
static void check_known(const char *line, const struct plait_exec *exec) {
    struct plait_escape e = {.kind = PLAIT_MANDELBROT};
    char kind[16];
    double region[4];
    unsigned long long counts_fnv1a, parts_fnv1a;
    static int32_t counts[PIXELS_MAX], parts[PIXELS_MAX];
    uint64_t digests[ROWS_MAX];
    if (!CHECK_INT(13, sscanf(line, "%15s %u %u %lf %lf %lf %lf %d %lf %lf %lf %llx %llx", kind,
                              &e.width, &e.height, &region[0], &region[1], &region[2], &region[3],
                              &e.maxit, &e.cre, &e.cim, &e.bailout, &counts_fnv1a, &parts_fnv1a)))
        return;
    if (strcmp(kind, "julia") == 0)
        e.kind = PLAIT_JULIA;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, region[0], region[1], region[2], region[3]));
    if (!CHECK(e.width <= COLS_MAX && e.height <= ROWS_MAX))
        return;
    const struct plait_distance_output output = {.parts = parts};
    CHECK_INT(PLAIT_OK, plait_distance_compute(&e, exec, (struct plait_row_range){0, e.height},
                                               counts, &output));
    plait_digest_rows(exec, counts, e.height, e.width, digests);
    CHECK_HEX(counts_fnv1a, plait_digest_picture(digests, e.height));
    for (uint32_t k = 0; k < e.width * e.height; k++)
        parts[k] = parts[k] == PLAIT_DISTANCE_NEVER ? 0 : parts[k];
    plait_digest_rows(exec, parts, e.height, e.width, digests);
    check_that(parts_fnv1a == plait_digest_picture(digests, e.height), __FILE__, __LINE__,
               "distances on path %s: %s", plait_path_name(exec->path), line);
}

static void test_known_answers(void) {
    char line[512];
    int lines = 0;
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/distance.txt", "r");
    while (CHECK(file != NULL) && fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        lines++;
        for (size_t p = 0; p < plait_path_count(); p++) {
            const struct plait_exec exec = {.path = plait_path_at(p), .threads = 1 + (int)p};
            if (plait_path_supported(exec.path))
                check_known(line, &exec);
        }
    }
    if (file)
        fclose(file);
    CHECK_INT(6, lines);
}

/* -- paths against the reference --------------------------------------------------------------- */

static struct plait_escape draw_view(void) {
    static const double places[][2] = {{-2, 0},    {-1.99, 0}, {-0.75, 0},        {0.25, 0},
                                       {-1.25, 0}, {0, 1},     {-0.7436, 0.1318}, {-0.5, 0.5},
                                       {3, 3},     {0, 0},     {1e100, -1e99}};
    static const int32_t edges[] = {1, 2, 15, 16, 17, 48, 49, 63, 64, 65, 80, 81, 112, 113, 300};
    const bool julia = draw_below(3) == 0;
    struct plait_escape e = plait_escape_default(julia ? PLAIT_JULIA : PLAIT_MANDELBROT);
    const double *place = places[draw_below(sizeof places / sizeof *places)];
    const double side = draw_scale(1e-9, 6);
    e.width = 1 + draw_below(draw_below(3) ? COLS_MAX : 9);
    e.height = 1 + draw_below(ROWS_MAX);
    e.maxit = draw_below(4) ? edges[draw_below(sizeof edges / sizeof *edges)]
                            : 1 + (int32_t)draw_below(3000);
    e.brute = draw_below(4) == 0;
    e.cx = place[0] + draw_between(-1, 1) * (draw_below(2) ? 0 : side);
    e.cy = place[1] + draw_between(-1, 1) * (draw_below(2) ? 0 : side);
    e.dx = fmax(side, fabs(e.cx) * 1e-9) / e.width;
    e.dy = draw_below(3) ? e.dx : fmax(side, fabs(e.cy) * 1e-9) / e.height;
    e.bailout = draw_below(2) ? 2 : draw_below(2) ? draw_between(2, 2.02) : draw_scale(2, 1e10);
    if (julia) {
        e.bailout = draw_below(3) ? draw_scale(0.5, 100) : draw_scale(1, 1e150);
        e.cre = draw_between(-2.2, 2.2);
        e.cim = draw_below(4) ? draw_between(-1.5, 1.5) : 0;
    }
    return e;
}

struct expected {
    int32_t counts[PIXELS_MAX];
    double values[PIXELS_MAX];
};

static bool is_as_expected(const struct plait_escape *e, const struct expected *expected,
                           const int32_t *counts, const double *values) {
    const size_t pixels = (size_t)e->width * e->height;
    return memcmp(counts, expected->counts, pixels * sizeof *counts) == 0 &&
           memcmp(values, expected->values, pixels * sizeof *values) == 0;
}

static void check_path(const struct plait_escape *e, const struct plait_path *path,
                       const struct expected *expected) {
    static int32_t counts[PIXELS_MAX + 1], parts[PIXELS_MAX + 1], column[ROWS_MAX];
    static double values[PIXELS_MAX + 1];
    const size_t pixels = (size_t)e->width * e->height;
    const struct plait_exec exec = {.path = path, .threads = 1 + (int)draw_below(3)};
    const struct plait_distance_output output = {values, parts};
    const uint32_t cut = draw_below(e->height);
    memset(counts, 0x5a, sizeof counts);
    for (size_t k = 0; k <= PIXELS_MAX; k++)
        values[k] = parts[k] = -7;
    CHECK_INT(PLAIT_OK,
              plait_distance_compute(e, &exec, (struct plait_row_range){0, cut}, counts, &output));
    const struct plait_distance_output below = {values + (size_t)cut * e->width,
                                                parts + (size_t)cut * e->width};
    CHECK_INT(PLAIT_OK,
              plait_distance_compute(e, &exec, (struct plait_row_range){cut, e->height - cut},
                                     counts + (size_t)cut * e->width, &below));
    if (!check_that(is_as_expected(e, expected, counts, values), __FILE__, __LINE__,
                    "path %s, %s %" PRIu32 "x%" PRIu32
                    " cx %a cy %a dx %a dy %a c %a %a r %a maxit %" PRId32,
                    plait_path_name(path), e->kind == PLAIT_JULIA ? "Julia" : "Mandelbrot",
                    e->width, e->height, e->cx, e->cy, e->dx, e->dy, e->cre, e->cim, e->bailout,
                    e->maxit))
        for (size_t k = 0; k < pixels; k++)
            if (memcmp(&values[k], &expected->values[k], sizeof *values) != 0) {
                fprintf(stderr, "  pixel %zu: count %" PRId32 " of %" PRId32 ", %a instead of %a\n",
                        k, counts[k], expected->counts[k], values[k], expected->values[k]);
                break;
            }
    CHECK(counts[pixels] == 0x5a5a5a5a && values[pixels] == -7 && parts[pixels] == -7);
    uint32_t wrong = 0;
    for (size_t k = 0; k < pixels; k++) {
        const double v = expected->values[k];
        const int32_t part = v == INFINITY                  ? PLAIT_DISTANCE_NEVER
                             : v * 256 >= (double)INT32_MAX ? INT32_MAX
                                                            : (int32_t)floor(v * 256);
        wrong += parts[k] != part || (v == INFINITY) != (counts[k] == e->maxit);
    }
    CHECK_INT(0, wrong);

    const struct plait_row_range all = {0, e->height};
    const struct plait_distance_output again = {.values = values}, first = {.parts = column};
    memset(values, 0, sizeof values);
    CHECK_INT(PLAIT_OK, plait_distance_rows(e, &exec, all, e->width, counts, &again));
    CHECK(is_as_expected(e, expected, counts, values));
    CHECK_INT(PLAIT_OK, plait_distance_rows(e, &exec, all, 1, counts, &first));
    for (uint32_t i = 0; i < e->height; i++)
        CHECK_INT(parts[(size_t)i * e->width], column[i]);
    counts[pixels / 2] ^= 1;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_rows(e, &exec, all, e->width, counts, &again));
}

static void test_paths(void) {
    static struct expected expected;
    const uint32_t wanted = check_is_quick() ? 5000 : 200000;
    uint32_t pixels = 0, escaped = 0, zero = 0, farthest = 0;
    random_state = check_seed();
    while (pixels < wanted) {
        const struct plait_escape e = draw_view();
        if (plait_escape_check(&e) != PLAIT_OK)
            continue;
        const struct plait_escape_job job = plait_escape_make_job(&e);
        for (uint32_t k = 0; k < e.width * e.height; k++) {
            const uint32_t row = k / e.width, col = k % e.width;
            expected.counts[k] = plait_distance_reference(&job, row, col, &expected.values[k]);
            const double value = expected.values[k];
            if (expected.counts[k] != plait_escape_reference(&job, row, col))
                CHECK(false);
            escaped += value < INFINITY;
            zero += value == 0;
            farthest += value == 0x1p+60;
        }
        for (size_t p = 0; p < plait_path_count(); p++)
            if (plait_path_supported(plait_path_at(p)))
                check_path(&e, plait_path_at(p), &expected);
        pixels += e.width * e.height;
    }
    printf("%" PRIu32 " pixels, %" PRIu32 " escaped, %" PRIu32 " of them with distance 0, %" PRIu32
           " with the largest\n",
           pixels, escaped, zero, farthest);
    CHECK(escaped > pixels / 4 && escaped < pixels);
}

/* -- the formula ------------------------------------------------------------------------------- */

/* In long double complex numbers, on orbits too short to go astray. */
static void test_formula(void) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    static int32_t counts[PIXELS_MAX];
    static double values[PIXELS_MAX];
    const struct plait_distance_output output = {.values = values};
    struct plait_exec exec;
    double worst = 0;
    e.width = 81;
    e.height = 24;
    e.maxit = 20;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, -2.1, 1, -1.3, 1.31));
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 1));
    CHECK_INT(PLAIT_OK, plait_distance_compute(&e, &exec, (struct plait_row_range){0, e.height},
                                               counts, &output));
    for (uint32_t i = 0; i < e.height; i++)
        for (uint32_t j = 0; j < e.width; j++) {
            const size_t k = (size_t)i * e.width + j;
            const long double complex c = (long double)(e.cx + (j - e.width / 2.0) * e.dx) +
                                          (long double)(e.cy + (e.height / 2.0 - i) * e.dy) * I;
            long double complex z = 0, w = 0;
            if (counts[k] == e.maxit)
                continue;
            for (int n = 0; n < counts[k] + 4; n++) {
                w = 2 * z * w + 1;
                z = z * z + c;
            }
            const double expected =
                (double)(2 * cabsl(z) * logl(cabsl(z)) / cabsl(w) / fminl(e.dx, e.dy));
            worst = fmax(worst, fabs(values[k] - expected) / expected);
        }
    check_that(worst > 0 && worst < 1e-9, __FILE__, __LINE__, "the formula is missed by %g", worst);
}

/* The Julia set of c = 0 is the unit circle, with the potential ln |z|, and that of c = -2 the
 * segment [-2, 2], with ln |u|, z = u + 1 / u. So distances are known, and the bounds of Koebe and
 * Milnor, sinh(G) / (2 e^G |G'|) and 2 sinh(G) / |G'|, for 2 G / |G'| which is the value. */
static void test_known_sets(void) {
    static int32_t counts[PIXELS_MAX];
    static double values[PIXELS_MAX];
    const struct plait_distance_output output = {.values = values};
    for (int s = 0; s < 2; s++) {
        struct plait_escape e = plait_escape_default(PLAIT_JULIA);
        struct plait_exec exec;
        e.width = 64;
        e.height = 24;
        e.maxit = 200;
        e.bailout = 1000;
        e.cre = s == 0 ? 0 : -2;
        e.cim = 0;
        CHECK_INT(PLAIT_OK, plait_escape_set_region(&e, -2.6, 2.6, -1.3, 1.33));
        CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 1));
        CHECK_INT(PLAIT_OK, plait_distance_compute(&e, &exec, (struct plait_row_range){0, e.height},
                                                   counts, &output));
        for (uint32_t k = 0; k < e.width * e.height; k++) {
            const double x = e.cx + (k % e.width - 32.0) * e.dx;
            const double y = e.cy + (12.0 - k / e.width) * e.dy;
            const double complex z = x + y * I, slope = s == 0 ? z : csqrt(z * z - 4);
            const double one = cabs(s == 0 ? z : (z + slope) / 2), other = 1 / one;
            const double g = log(one > other ? one : other), expected = 2 * g * cabs(slope);
            const double away = s == 0 ? hypot(x, y) - 1 : hypot(fmax(fabs(x) - 2, 0), y);
            const double got = values[k] * fmin(e.dx, e.dy);
            if (counts[k] == e.maxit)
                continue;
            check_that(fabs(got - expected) < 1e-9 * expected, __FILE__, __LINE__,
                       "set %d at %g, %g: %g, not %g", s, x, y, got, expected);
            CHECK(away < got * sinh(g) / g * 1.000001);
            CHECK(away > got * sinh(g) / (4 * g * exp(g)) * 0.999999);
        }
    }
}

/* Where the derivative overflows the distance is 0, where it is 0 the largest. */
static void test_ends(void) {
    struct plait_escape e = plait_escape_default(PLAIT_JULIA);
    const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
    int32_t counts[4], parts[4];
    double values[4];
    const struct plait_distance_output output = {values, parts};
    const struct plait_row_range all = {0, 1};
    e.width = 1;
    e.height = 1;
    e.maxit = 2000;
    e.cre = 3; /* z = 0 is no point of the set, and a critical point of its potential */
    e.cim = 0;
    e.cx = e.dx / 2; /* the pixel is left of the centre by half a pixel, and below by none */
    e.cy = -e.dy / 2;
    CHECK_INT(PLAIT_OK, plait_distance_compute(&e, &exec, all, counts, &output));
    CHECK(values[0] == 0x1p+60 && parts[0] == INT32_MAX);

    /* Real orbits of c = -2 stay in [-2, 2], and the derivative doubles or so in each step, until
     * the imaginary part has grown, too: to any size that a double has, and beyond. */
    static const int exponents[] = {-100, -230, -260, -490, -520, -600, -800, -1000, -1074};
    e.cre = -2;
    e.bailout = 2.5;
    e.dx = 0x1p-40;
    e.cx = 0.3;
    e.cy = 0;
    e.height = 3;
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
        double expected;
        e.dy = ldexp(1, exponents[k]);
        struct plait_escape_job job = plait_escape_make_job(&e);
        const int32_t count = plait_distance_reference(&job, 0, 0, &expected);
        CHECK(count > -exponents[k] - 20 && count < 300 - exponents[k]);
        CHECK(exponents[k] > -1000 ? expected > 0.01 && expected < 100 : expected == 0);
        for (size_t p = 0; p < plait_path_count(); p++) {
            const struct plait_path *path = plait_path_at(p);
            const struct plait_escape_results to = {counts, values, 1};
            const struct plait_escape_tile tile = {0, 0, 1, 1};
            if (!plait_path_supported(path))
                continue;
            values[0] = -1;
            PLAIT_PATH_KERNEL(path, distance_tile)(&job, &tile, &to);
            check_that(memcmp(values, &expected, sizeof expected) == 0 && counts[0] == count,
                       __FILE__, __LINE__, "path %s, 2^%d: %d and %a, not %d and %a", path->name,
                       exponents[k], counts[0], values[0], count, expected);
        }
        printf("2^%d: count %d, %a pixels\n", exponents[k], count, expected);
    }
}

static void test_errors(void) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1}, bad = {0};
    static int32_t counts[64];
    const struct plait_distance_output none = {0};
    e.width = e.height = 8;
    CHECK_INT(PLAIT_OK, plait_escape_set_center(&e, 0, 0, 1));
    const struct plait_row_range all = {0, 8}, beyond = {1, 8}, nothing = {8, 0};
    CHECK_INT(PLAIT_OK, plait_distance_compute(&e, &exec, all, counts, &none));
    CHECK_INT(PLAIT_OK, plait_distance_rows(&e, &exec, all, 8, counts, &none));
    CHECK_INT(PLAIT_OK, plait_distance_compute(&e, &exec, nothing, counts, &none));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_compute(&e, &exec, beyond, counts, &none));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_compute(&e, &bad, all, counts, &none));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_rows(&e, &exec, beyond, 8, counts, &none));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_rows(&e, &exec, all, 9, counts, &none));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_rows(&e, &bad, all, 8, counts, &none));
    e.maxit = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_compute(&e, &exec, all, counts, &none));

    struct plait_escape deep = {.width = 4, .height = 3, .maxit = 5, .bailout = 2};
    const struct plait_deep_view view = {.pitch = 1, .pitch_exponent = -60};
    const struct plait_deep_point point = {0, 0, 0, -4, 0, false};
    struct plait_deep *tables = NULL;
    bool last = false;
    CHECK_INT(PLAIT_OK, plait_deep_begin(&deep, &view, &tables));
    while (!last && CHECK_INT(PLAIT_OK, plait_deep_add(tables, PLAIT_DEEP_FIRST, &point, &last)))
        ;
    CHECK_INT(PLAIT_OK, plait_deep_finish(tables));
    deep.deep = tables;
    const struct plait_row_range rows = {0, 3};
    CHECK_INT(PLAIT_OK, plait_escape_rows(&deep, &exec, 0, 3, counts));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_compute(&deep, &exec, rows, counts, &none));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_distance_rows(&deep, &exec, rows, 4, counts, &none));
    plait_deep_free(tables);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known answers", test_known_answers},
        {"paths", test_paths},
        {"formula", test_formula},
        {"known sets", test_known_sets},
        {"ends", test_ends},
        {"errors", test_errors},
        {0},
    };
    return check_main("distance", tests, argc, argv);
}
