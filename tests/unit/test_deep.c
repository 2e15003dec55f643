/* SPDX-License-Identifier: MIT
 * The deep kernel without high precision: on centres whose orbits are exact in doubles, against
 * known answers; on points at random, every path against the reference, counts and smooth values
 * bit for bit. That orbits are right is shown by test_deep_golden.c. */
#include "check.h"
#include "random_draw.h"

#include "../../arch/deep.h"
#include "../../kernels/deep_job.h"
#include "../../kernels/escape_job.h"
#include "plait/plait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds an orbit of z -> z * z + c in doubles, which is exact for the centres of these tests. */
static void add_orbit(struct plait_deep *deep, const struct plait_escape *e,
                      enum plait_deep_orbit_kind kind, double x, double y) {
    const double r2 = e->bailout * e->bailout;
    const double cr = e->cre, ci = e->cim;
    bool last = false;
    while (!last) {
        const double s = x * x + y * y;
        const struct plait_deep_point point = {x, y, 0, s - r2, 0, s >= 4 * r2};
        if (!CHECK_INT(PLAIT_OK, plait_deep_add(deep, kind, &point, &last)))
            return;
        const double next = (x * x - y * y) + cr;
        y = 2 * (x * y) + ci;
        x = next;
    }
}

/* Makes a picture deep: c is in cre and cim, the centre of a Julia set in cx and cy. */
static struct plait_deep *begin(struct plait_escape *e, double pitch, int64_t exponent) {
    struct plait_deep *deep = NULL;
    const bool julia = e->kind == PLAIT_JULIA;
    const struct plait_deep_view view = {
        .pitch = pitch,
        .pitch_exponent = exponent,
        .re = e->cre,
        .im = e->cim,
        .mirrored_rows = e->cim == 0 && e->cy == 0,
        .mirrored_point = julia && e->cim != 0 && e->cx == 0 && e->cy == 0,
    };
    if (!CHECK_INT(PLAIT_OK, plait_deep_begin(e, &view, &deep)))
        return NULL;
    add_orbit(deep, e, PLAIT_DEEP_FIRST, e->cx, e->cy);
    if (julia)
        add_orbit(deep, e, PLAIT_DEEP_CRITICAL, 0, 0);
    CHECK_INT(PLAIT_OK, plait_deep_finish(deep));
    e->deep = deep;
    return deep;
}

static uint64_t checksum(const struct plait_escape *e, const struct plait_exec *exec,
                         const int32_t *counts) {
    uint64_t digests[1024];
    plait_digest_rows(exec, counts, e->height, e->width, digests);
    return plait_digest_picture(digests, e->height);
}

/* Calls test for each path that this machine runs. */
static void on_all_paths(void (*test)(const struct plait_escape *e, const struct plait_exec *exec,
                                      const void *expected),
                         const struct plait_escape *e, int threads, const void *expected) {
    for (size_t p = 0; p < plait_path_count(); p++) {
        const struct plait_exec exec = {.path = plait_path_at(p), .threads = threads};
        if (plait_path_supported(exec.path))
            test(e, &exec, expected);
    }
}

/* -- known answers ----------------------------------------------------------------------------- */

/* Views whose centres are exact, with the distance of their pixels from MPFR. */
static const struct {
    const char *name;
    enum plait_escape_kind kind;
    uint32_t width, height;
    int32_t maxit;
    double cx, cy, cre, cim, pitch;
    int64_t exponent;
} exact[] = {
    {"tip100", PLAIT_MANDELBROT, 160, 120, 2000, 0, 0, -2, 0, 0x1.0cc4f55eecfeap+0, -338},
    {"dendrite30", PLAIT_MANDELBROT, 160, 120, 1000, 0, 0, 0, 1, 0x1.856c1984e1cbfp+0, -106},
    {"edge-inside", PLAIT_MANDELBROT, 7, 5, 50, 0, 0, 0, 0, 0x1.43d1c53eb141ep+0, -68},
    {"edge-tip400", PLAIT_MANDELBROT, 16, 12, 1500, 0, 0, -2, 0, 0x1.c1fb7a175b5cfp+0, -1332},
    {"edge-i900", PLAIT_MANDELBROT, 16, 12, 2500, 0, 0, 0, 1, 0x1.cd5643b81274cp+0, -2993},
    {"edge-circle280", PLAIT_JULIA, 16, 12, 3000, 1, 0, 0, 0, 0x1.d0b15a491eb84p+0, -933},
    {"edge-circle60", PLAIT_JULIA, 16, 12, 3000, 1, 0, 0, 0, 0x1.9b604aaaca626p+0, -202},
};

/* The checksum that the file of known answers has under a name. */
static bool find_answer(const char *name, uint64_t *fnv1a) {
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/deep.txt", "r");
    char *line = NULL;
    size_t bytes = 0;
    bool found = false;
    while (file && !found && getline(&line, &bytes, file) > 0) {
        found = strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ';
        if (found)
            *fnv1a = strtoull(strrchr(line, ' '), NULL, 16);
    }
    free(line);
    if (file)
        fclose(file);
    return found;
}

static void compare_answer(const struct plait_escape *e, const struct plait_exec *exec,
                           const void *expected) {
    const size_t pixels = (size_t)e->width * e->height;
    int32_t *counts = malloc(pixels * sizeof *counts);
    struct plait_escape_difference difference;
    struct plait_escape brute = *e;
    if (!CHECK(counts != NULL))
        return;
    memset(counts, 0x55, pixels * sizeof *counts);
    CHECK_INT(PLAIT_OK, plait_escape_picture(e, exec, counts));
    CHECK_HEX(*(const uint64_t *)expected, checksum(e, exec, counts));
    CHECK_INT(PLAIT_OK, plait_escape_verify(e, exec, counts, 50, &difference));

    /* Without shortcuts, in two calls, of which one has a row. */
    memset(counts, 0x55, pixels * sizeof *counts);
    brute.brute = true;
    CHECK_INT(PLAIT_OK, plait_escape_rows(&brute, exec, 0, 1, counts));
    CHECK_INT(PLAIT_OK, plait_escape_rows(&brute, exec, 1, e->height - 1, counts + e->width));
    CHECK_HEX(*(const uint64_t *)expected, checksum(e, exec, counts));
    free(counts);
}

static void test_known_answers(void) {
    for (size_t k = 0; k < sizeof exact / sizeof *exact; k++) {
        struct plait_escape e = {
            .kind = exact[k].kind,
            .width = exact[k].width,
            .height = exact[k].height,
            .maxit = exact[k].maxit,
            .cx = exact[k].cx,
            .cy = exact[k].cy,
            .cre = exact[k].cre,
            .cim = exact[k].cim,
            .bailout = 2,
        };
        uint64_t fnv1a = 0;
        if (check_is_quick() && e.width > 16)
            continue;
        struct plait_deep *deep = begin(&e, exact[k].pitch, exact[k].exponent);
        if (CHECK(deep != NULL) && CHECK(find_answer(exact[k].name, &fnv1a)))
            on_all_paths(compare_answer, &e, 3, &fnv1a);
        plait_deep_free(deep);
    }
}

/* -- paths against the reference --------------------------------------------------------------- */

/* More pixels than paths have lanes, so that lanes get new ones. */
enum { COLS = 17, ROWS = 11, PIXELS = COLS * ROWS };

struct reference {
    int32_t counts[PIXELS];
    double values[PIXELS];
};

static void compare_reference(const struct plait_escape *e, const struct plait_exec *exec,
                              const void *expected) {
    const struct reference *reference = expected;
    int32_t counts[PIXELS];
    double values[PIXELS], again[PIXELS];
    const struct plait_row_range all = {0, ROWS};
    struct plait_smooth_output output = {.values = values, .range = plait_smooth_range_empty()};
    struct plait_smooth_output second = {.values = again, .range = plait_smooth_range_empty()};
    CHECK_INT(PLAIT_OK, plait_smooth_compute(e, exec, all, counts, &output));
    CHECK(memcmp(counts, reference->counts, sizeof counts) == 0);
    CHECK(memcmp(values, reference->values, sizeof values) == 0);
    CHECK_INT(PLAIT_OK, plait_smooth_rows(e, exec, all, COLS, counts, &second));
    CHECK(memcmp(again, reference->values, sizeof again) == 0);
    CHECK(output.range.min == second.range.min && output.range.max == second.range.max);
    counts[PIXELS / 2] ^= 1;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_smooth_rows(e, exec, all, COLS, counts, &second));
    counts[PIXELS / 2] ^= 1;
    CHECK_INT(PLAIT_OK, plait_escape_rows(e, exec, 0, plait_escape_distinct_rows(e), counts));
    CHECK_INT(PLAIT_OK, plait_escape_complete(e, exec, counts));
    CHECK(memcmp(counts, reference->counts, sizeof counts) == 0);
}

/* Compares all paths with the reference; returns how many pixels escape. */
static int compare_paths(const struct plait_escape *e, int threads) {
    const struct plait_pixels pixels = plait_pixels_of(e, plait_path_at(0));
    struct reference reference;
    int escaped = 0;
    for (uint32_t p = 0; p < PIXELS; p++) {
        reference.counts[p] =
            plait_deep_reference(&pixels.deep, p / COLS, p % COLS, &reference.values[p]);
        escaped += reference.counts[p] < e->maxit;
    }
    on_all_paths(compare_reference, e, threads, &reference);
    return escaped;
}

/* A number in [-1, 1) of 53 bits, at times 0. */
static double draw_real(uint64_t *state) {
    const uint64_t bits = random_draw(state);
    return bits % 8 == 0 ? 0 : (double)(int64_t)(bits >> 11) * 0x1p-52 - 1;
}

/* The tables in memory that another process sees, and a picture that attaches them, whose counts
 * are the same; what does not fit is refused. The first picture is freed, *memory is to be freed
 * after the other one. */
static struct plait_deep *share(struct plait_escape *e, struct plait_deep *deep, void **memory) {
    const size_t bytes = plait_deep_tables_bytes(deep);
    const struct plait_deep_view view = *plait_deep_view_of(deep);
    struct plait_deep_view nearer = view;
    struct plait_escape others[] = {*e, *e, *e, *e};
    struct plait_deep *second = NULL, *other = NULL;
    *memory = aligned_alloc(64, bytes);
    if (!CHECK(*memory && bytes % 64 == 0))
        return deep;
    const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
    int32_t before[PIXELS], after[PIXELS];
    CHECK_INT(PLAIT_OK, plait_escape_picture(e, &exec, before));
    const struct plait_deep_size size = plait_deep_size_of(deep);
    CHECK_INT(PLAIT_OK, plait_deep_move(deep, *memory));
    CHECK_INT(PLAIT_OK, plait_escape_picture(e, &exec, after));
    CHECK(memcmp(before, after, sizeof before) == 0);
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_move(deep, *memory));
    others[0].maxit++;
    others[1].height++;
    others[2].width++;
    nearer.pitch_exponent--;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        CHECK_INT(PLAIT_OK, plait_deep_begin(&others[k], k < 3 ? &view : &nearer, &other));
        CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_attach(other, *memory, bytes));
        plait_deep_free(other);
    }
    CHECK_INT(PLAIT_OK, plait_deep_begin(e, &view, &second));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_attach(second, *memory, bytes - 64));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_attach(second, *memory, 8));
    CHECK_INT(PLAIT_OK, plait_deep_attach(second, *memory, bytes));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_attach(second, *memory, bytes));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_finish(second));
    CHECK_INT((int64_t)size.steps, (int64_t)plait_deep_size_of(second).steps);
    CHECK_INT((int64_t)size.skips, (int64_t)plait_deep_size_of(second).skips);
    CHECK_INT((int64_t)bytes, (int64_t)plait_deep_tables_bytes(second));
    plait_deep_free(deep);
    e->deep = second;
    CHECK_INT(PLAIT_OK, plait_escape_picture(e, &exec, after));
    CHECK(memcmp(before, after, sizeof before) == 0);
    return second;
}

static void test_paths(void) {
    const int rounds = check_is_quick() ? 20 : 300;
    uint64_t state = check_seed();
    int escaped = 0, inside = 0, skips = 0, extended = 0;
    for (int k = 0; k < rounds; k++) {
        struct plait_escape e = {
            .kind = random_draw(&state) % 3 == 0 ? PLAIT_JULIA : PLAIT_MANDELBROT,
            .width = COLS,
            .height = ROWS,
            .maxit = 1 + (int32_t)(random_draw(&state) % 700),
            .bailout = 2,
            .cre = -0.6 + 1.4 * draw_real(&state),
            .cim = draw_real(&state),
            .brute = random_draw(&state) % 4 == 0,
        };
        static const double larger[] = {2, 2, 2, 2.0001, 3, 1024, 1e10};
        e.bailout = larger[random_draw(&state) % (sizeof larger / sizeof *larger)];
        if (e.kind == PLAIT_JULIA) {
            e.cx = draw_real(&state);
            e.cy = draw_real(&state);
        }
        if (k % 3 == 0) { /* an orbit that stays inside: skips until z is no longer small */
            e.kind = PLAIT_MANDELBROT;
            e.bailout = 2;
            e.cre = 0;
            e.cim = 1;
            e.maxit = 4000;
        }
        /* Shallow, deep, around the change to extended numbers, and far beyond. */
        static const int64_t depths[] = {-3,   -40,  -120,  -255,  -476, -500,
                                         -896, -901, -1075, -1500, -5000};
        const int64_t depth = depths[random_draw(&state) % (sizeof depths / sizeof *depths)];
        struct plait_deep *deep = begin(&e, 1 + fabs(draw_real(&state)) * 0.999,
                                        depth - (int64_t)(random_draw(&state) % 8));
        if (!CHECK(deep != NULL))
            return;
        void *memory = NULL;
        if (k % 2 == 1)
            deep = share(&e, deep, &memory);
        const int out = compare_paths(&e, k % 16 == 0 ? 2 : 1);
        escaped += out;
        inside += PIXELS - out;
        skips += plait_deep_size_of(deep).skips > 0;
        extended += plait_deep_is_extended(deep);
        plait_deep_free(deep);
        free(memory);
    }
    printf("%d pixels escaped, %d did not; %d of %d pictures have skips, %d are extended\n",
           escaped, inside, skips, rounds, extended);
    CHECK(escaped > 0 && inside > 0 && skips > 0 && extended > 0);
}

/* -- tables of no orbit ------------------------------------------------------------------------ */

/* A size of the exponents that matter: around 1, where digits get lost, where doubles end, where
 * sums leave out what is small, and where squares become 0. */
static int64_t draw_exponent(uint64_t *state, bool extended) {
    static const int64_t exponents[] = {
        0,    -1,   -1,   -2,    -7,    -30,   -53,   -130,  -256,   -257,
        -300, -511, -900, -1000, -1001, -1022, -1074, -3000, -70000, -(INT64_C(1) << 57)};
    const size_t kinds = extended ? sizeof exponents / sizeof *exponents : 10;
    return random_draw(state) % 4 ? -(int64_t)(random_draw(state) % 3)
                                  : exponents[random_draw(state) % kinds];
}

/* A point of no orbit: paths and the reference must agree about it all the same. */
static struct plait_deep_point draw_point(uint64_t *state, bool extended, double bailout) {
    const double r2 = bailout * bailout;
    struct plait_deep_point point = {.exponent = draw_exponent(state, extended)};
    double first = 1 + fabs(draw_real(state)) * 0.999, second = draw_real(state);
    if (random_draw(state) % 2)
        first = -first;
    if (random_draw(state) % 8 == 0)
        second *= random_draw(state) % 2 ? 0x1p-1000 : 0x1p-60;
    if (random_draw(state) % 16 == 0)
        first = second = 0;
    const bool turned = random_draw(state) % 2;
    point.x = turned ? second : first;
    point.y = turned ? first : second;
    const double size = point.exponent < -500 ? 0 : plait_power_of_two(point.exponent);
    const double square = (point.x * point.x + point.y * point.y) * size * size;
    point.s = square - r2;
    point.s_exponent = 0;
    if (random_draw(state) % 6 == 0) { /* next to the circle, also where S is no more than that */
        point.s = draw_real(state);
        point.s_exponent = draw_exponent(state, extended);
    }
    if (extended) {
        const struct plait_deep_real s = plait_real_normal(point.s, point.s_exponent);
        point.s = s.v;
        point.s_exponent = s.v == 0 ? 0 : s.e;
    } else {
        point.x = plait_scaled(point.x, point.exponent);
        point.y = plait_scaled(point.y, point.exponent);
        point.s = plait_scaled(point.s, point.s_exponent);
        point.exponent = point.s_exponent = 0;
    }
    return point;
}

static struct plait_deep *begin_tables(struct plait_escape *e, uint64_t *state, int64_t exponent) {
    const struct plait_deep_view view = {.pitch = 1 + fabs(draw_real(state)) * 0.999,
                                         .pitch_exponent = exponent,
                                         .re = e->cre,
                                         .im = e->cim};
    struct plait_deep *deep = NULL;
    if (!CHECK_INT(PLAIT_OK, plait_deep_begin(e, &view, &deep)))
        return NULL;
    for (int kind = 0; kind <= (e->kind == PLAIT_JULIA); kind++) {
        uint64_t left = random_draw(state) % (random_draw(state) % 2 ? 12 : 300);
        struct plait_deep_point point = draw_point(state, plait_deep_is_extended(deep), e->bailout);
        if (kind == PLAIT_DEEP_CRITICAL || e->kind == PLAIT_MANDELBROT)
            point = (struct plait_deep_point){.s = -e->bailout * e->bailout};
        if (plait_deep_is_extended(deep) && point.x == 0 && point.y == 0)
            point.s = -1, point.s_exponent = 2;
        for (bool last = false; !last; left--) {
            point.outside = left == 0;
            if (!CHECK_INT(PLAIT_OK,
                           plait_deep_add(deep, (enum plait_deep_orbit_kind)kind, &point, &last)))
                return deep;
            point = draw_point(state, plait_deep_is_extended(deep), e->bailout);
            if (left == 0)
                left = 1; /* the first point is never the last */
        }
    }
    CHECK_INT(PLAIT_OK, plait_deep_finish(deep));
    e->deep = deep;
    return deep;
}

static void test_tables(void) {
    const int rounds = check_is_quick() ? 40 : 600;
    uint64_t state = check_seed() + 1;
    int escaped = 0, extended = 0, skips = 0;
    for (int k = 0; k < rounds; k++) {
        static const int64_t depths[] = {-20, -250, -300, -470, -495, -890, -905, -1060, -2000};
        struct plait_escape e = {
            .kind = random_draw(&state) % 3 == 0 ? PLAIT_JULIA : PLAIT_MANDELBROT,
            .width = COLS,
            .height = ROWS,
            .maxit = 1 + (int32_t)(random_draw(&state) % 700),
            .bailout = 2,
            .cre = draw_real(&state),
            .cim = draw_real(&state),
            .brute = random_draw(&state) % 4 == 0,
        };
        struct plait_deep *deep = begin_tables(
            &e, &state, depths[random_draw(&state) % (sizeof depths / sizeof *depths)]);
        if (!CHECK(deep != NULL && e.deep != NULL))
            return;
        escaped += compare_paths(&e, 1);
        extended += plait_deep_is_extended(deep);
        skips += plait_deep_size_of(deep).skips > 0;
        plait_deep_free(deep);
    }
    printf("tables: %d of %d pixels escaped; %d pictures are extended, %d have skips\n", escaped,
           rounds * PIXELS, extended, skips);
    CHECK(escaped > 0 && escaped < rounds * PIXELS && extended > 0 && skips > 0);
}

/* -- errors ------------------------------------------------------------------------------------ */

static void test_errors(void) {
    struct plait_escape e = {
        .kind = PLAIT_MANDELBROT, .width = 4, .height = 3, .maxit = 5, .bailout = 2};
    const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
    const struct plait_deep_view good = {.pitch = 1, .pitch_exponent = -60};
    struct plait_deep_view bad[] = {good, good, good, good, good};
    const struct plait_deep_point point = {0, 0, 0, -4, 0, false};
    struct plait_deep *deep = NULL;
    int32_t counts[12];
    bool last;
    bad[0].pitch = 2;
    bad[1].pitch = (double)NAN;
    bad[2].pitch_exponent = 401;
    bad[3].re = (double)INFINITY;
    bad[4].pitch_exponent = -(INT64_C(1) << 41);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_begin(&e, &bad[k], &deep));
    static const double bad_bailouts[] = {1.999, 1.1e10, NAN};
    for (size_t k = 0; k < sizeof bad_bailouts / sizeof *bad_bailouts; k++) {
        struct plait_escape other = e;
        other.bailout = bad_bailouts[k];
        CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_begin(&other, &good, &deep));
    }
    CHECK(deep == NULL);
    plait_deep_free(deep);
    if (!CHECK_INT(PLAIT_OK, plait_deep_begin(&e, &good, &deep)))
        return;
    e.deep = deep;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&e, &exec, 0, 3, counts)); /* not finished */
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_add(deep, PLAIT_DEEP_CRITICAL, &point, &last));
    CHECK_INT(PLAIT_OK, plait_deep_add(deep, PLAIT_DEEP_FIRST, &point, &last));
    CHECK(!last);
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_finish(deep));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_move(deep, deep));
    CHECK_INT(PLAIT_OK, plait_deep_add(deep, PLAIT_DEEP_FIRST, &point, &last));
    CHECK(last); /* 0 again: a nucleus */
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_add(deep, PLAIT_DEEP_FIRST, &point, &last));
    CHECK_INT(PLAIT_OK, plait_deep_finish(deep));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_deep_finish(deep));
    const struct plait_deep_size size = plait_deep_size_of(deep);
    CHECK(size.skips == 0 &&
          size.bytes == 1024 * 36); /* of docs/deep-zoom.md, with space for more */
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 0, 3, counts));
    struct plait_escape others[] = {e, e, e, e, e};
    others[0].width++;
    others[1].height++;
    others[2].maxit++;
    others[3].kind = PLAIT_JULIA;
    others[4].bailout = 3;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        CHECK_INT(PLAIT_E_ARGUMENT, plait_escape_rows(&others[k], &exec, 0, 3, counts));
    struct plait_escape_difference difference;
    counts[7] += 1;
    CHECK_INT(PLAIT_E_MISMATCH, plait_escape_verify(&e, &exec, counts, 1000, &difference));
    CHECK(difference.row == 1 && difference.col == 3 && difference.expected == counts[7] - 1);
    plait_deep_free(deep);
}

/* Exponents of products of tiny numbers would overflow: what is too small becomes zero. */
static void test_vanishing(void) {
    const int64_t least = PLAIT_DEEP_ZERO + 1;
    const struct plait_deep_real small = {1.5, least}, zero = plait_extended_real_mul(small, small);
    CHECK(zero.v == 0 && zero.e == PLAIT_DEEP_ZERO);
    CHECK(plait_extended_real_div(small, (struct plait_deep_real){1, 10}).v == 0);
    CHECK(plait_real_normal(1.5, least).v == 1.5 && plait_real_normal(1.5, least).e == least);
    struct plait_deep_extended z = {1.5, -1, least};
    for (int k = 0; k < 10; k++) {
        z = plait_extended_mul(z, (struct plait_deep_extended){1.5, -1, least});
        CHECK(z.x == 0 && z.y == 0 && z.e == PLAIT_DEEP_ZERO);
    }

    /* c of a Julia set is far below every offset, and the skips multiply by 2 Z = 2 c again and
     * again. */
    struct plait_escape e = plait_escape_default(PLAIT_JULIA);
    const struct plait_deep_view view = {
        .pitch = 1, .pitch_exponent = -1000, .mirrored_rows = true};
    struct plait_deep *deep = NULL;
    int32_t counts[12 * 8];
    e.width = 12;
    e.height = 8;
    e.maxit = 200;
    if (!CHECK_INT(PLAIT_OK, plait_deep_begin(&e, &view, &deep)))
        return;
    for (int kind = PLAIT_DEEP_FIRST; kind <= PLAIT_DEEP_CRITICAL; kind++) {
        struct plait_deep_point point = {0, 0, 0, -1.125, 3, false}; /* s = -9 */
        for (bool last = false; !last; point.x = 1, point.exponent = -INT64_C(2192472542625659149))
            if (!CHECK_INT(PLAIT_OK, plait_deep_add(deep, kind, &point, &last)))
                break;
    }
    CHECK_INT(PLAIT_OK, plait_deep_finish(deep));
    e.deep = deep;
    const struct plait_exec exec = {.path = plait_path_at(0), .threads = 1};
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 0, e.height, counts));
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        CHECK_INT(200, counts[k]);
    plait_deep_free(deep);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known answers", test_known_answers},
        {"paths", test_paths},
        {"tables", test_tables},
        {"errors", test_errors},
        {"vanishing", test_vanishing},
        {0},
    };
    return check_main("deep", tests, argc, argv);
}
