/* SPDX-License-Identifier: MIT
 * Every compiled path gives the counts of the plain loop, pixel for pixel, with shortcuts and
 * without: on random views and on those where a shortcut could go wrong.
 *
 *     test_escape_paths [--long] [SEED]
 *
 * About a million pixels, a billion with --long. A failure prints the view, the pixel, what was
 * expected and what was computed; the seed that was printed first draws the same views again. */
#include "check.h"
#include "random_draw.h"

#include "../../arch/cpu.h"
#include "../../arch/select.h"
#include "../../kernels/escape_job.h"
#include "plait/plait.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 96, GUARD = 64, JUNK = 0x5a5a5a5a };

static uint64_t pixels_wanted = 1000000;

/* -- random numbers ---------------------------------------------------------------------------- */

static uint64_t random_state;

static uint64_t draw(void) {
    return random_draw(&random_state);
}

static uint32_t draw_below(uint32_t bound) {
    return (uint32_t)((draw() >> 32) * bound >> 32);
}

static double draw_between(double low, double high) {
    return low + (high - low) * ((double)(draw() >> 11) * 0x1p-53);
}

/* Evenly on the logarithmic scale. */
static double draw_scale(double low, double high) {
    return exp(draw_between(log(low), log(high)));
}

/* -- views ------------------------------------------------------------------------------------- */

/* Sizes below, at and above a vector and a group of vectors; maxit at the ends of the prefix and of
 * blocks, and somewhere. */
static void draw_size(struct plait_escape *e) {
    static const int32_t edges[] = {1,   2,   3,   14,  15,  16,  17,  18,  31,  32,
                                    33,  47,  48,  49,  50,  63,  64,  65,  66,  79,
                                    80,  81,  96,  97,  111, 112, 113, 114, 126, 127,
                                    128, 129, 144, 145, 160, 161, 208, 209, 304, 305};
    const uint32_t most = draw_below(4) == 0 ? 9 : SIDE_MAX;
    e->width = 1 + draw_below(most);
    e->height = 1 + draw_below(draw_below(2) ? 9 : 40);
    switch (draw_below(8)) {
    case 0:
        e->maxit = 1 + (int32_t)draw_below(400);
        break;
    case 1: /* long orbits, few pixels */
        e->maxit = 400 + (int32_t)draw_below(4000);
        e->width = 1 + e->width / 4;
        e->height = 1 + e->height / 8;
        break;
    default:
        e->maxit = edges[draw_below(sizeof edges / sizeof *edges)];
    }
}

static void set_view(struct plait_escape *e, double cx, double cy, double side) {
    e->cx = cx;
    e->cy = cy;
    e->dx = side / e->width;
    e->dy = draw_below(3) ? e->dx : side / e->height;
}

struct place {
    const char *name;
    double cx, cy, reach; /* the view's centre lies within reach of (cx, cy) */
    double side_min, side_max;
};

/* Mandelbrot: where the guard ends, where the interior test is closest to the edge of the set,
 * where orbits live long. A reach of 0 keeps the centre on the point and the axis in the picture.
 */
static const struct place places[] = {
    {"anywhere", -0.7, 0, 1.6, 1e-6, 4},
    {"the left end", -2, 0, 0, 1e-8, 0.2},
    {"near the left end", -2, 0, 0.1, 1e-10, 0.3},
    {"the end of the guard", -1.99, 0, 1e-4, 1e-9, 0.05},
    {"the neck", -0.75, 0, 0, 1e-12, 1e-2},
    {"near the neck", -0.75, 0, 1e-3, 1e-10, 1e-2},
    {"the cusp", 0.25, 0, 0, 1e-12, 1e-2},
    {"near the cusp", 0.25, 0, 1e-4, 1e-10, 1e-2},
    {"the disc's edge", -1.25, 0, 1e-3, 1e-10, 1e-2},
    {"seahorses", -0.743643887037151, 0.131825904205330, 1e-6, 1e-10, 1e-3},
    {"all of it", -0.5, 0, 0, 2, 8},
    {"far out", 3, 3, 100, 1e-3, 1e3},
    {"beyond all squares", 0, 0, 0, 1e100, 1e149},
};

/* 2, and others: just above it, around 2.01, from where on no step is tested, and all there are. */
static double draw_bailout(void) {
    switch (draw_below(8)) {
    case 0:
        return 2 + draw_scale(1e-15, 0.1);
    case 1:
        return 2.01 * (1 + draw_between(-1, 1) * draw_scale(1e-16, 1e-3));
    case 2:
        return draw_scale(2, 30);
    case 3:
        return draw_scale(2, PLAIT_MANDELBROT_BAILOUT_MAX);
    default:
        return 2;
    }
}

static const char *draw_mandelbrot(struct plait_escape *e) {
    const struct place *p = &places[draw_below(sizeof places / sizeof *places)];
    *e = plait_escape_default(PLAIT_MANDELBROT);
    draw_size(e);
    e->bailout = draw_bailout();
    set_view(e, p->cx + p->reach * draw_between(-1, 1), p->cy + p->reach * draw_between(-1, 1),
             draw_scale(p->side_min, p->side_max));
    if (e->bailout > 2 &&
        draw_below(4) == 0) { /* |c| around 0.999 r^2 - r, where two proofs meet */
        const double g = 0.999 * (e->bailout * e->bailout) - e->bailout;
        const double angle = draw_below(3) ? draw_between(-4, 4) : 3.14159265358979323846;
        set_view(e, g * cos(angle), g * sin(angle), g * draw_scale(1e-12, 1));
        return "|c| near r^2 - r";
    }
    return p->name;
}

static const char *draw_julia(struct plait_escape *e) {
    static const double known[][2] = {{0, 0},     {-1, 0}, {0, 1},       {-2, 0},   {0.25, 0},
                                      {-2, 1e-9}, {0, 2},  {-0.75, 0.1}, {0, 0.65}, {-1.3107, 0}};
    *e = plait_escape_default(PLAIT_JULIA);
    draw_size(e);
    e->bailout = draw_scale(0.5, 1000);
    const char *name = "Julia, any c";
    double c = draw_scale(1e-3, 10), angle = draw_between(-4, 4);

    switch (draw_below(6)) {
    case 0: { /* |c| where blind steps begin, 0.999 r^2 - r, and where orbits can return, r^2 - r */
        e->bailout = draw_scale(1.1, 30);
        const double r2 = e->bailout * e->bailout;
        c = (draw_below(2) ? 0.999 * r2 : r2) - e->bailout;
        c *= 1 + draw_between(-1, 1) * draw_scale(1e-15, 1e-2);
        angle = draw_below(2) ? angle : 3.14159265358979323846;
        name = "Julia, |c| near r^2 - r";
        break;
    }
    case 1: { /* orbits that end on equal states, or turn round the disc's edge */
        const double *at = known[draw_below(sizeof known / sizeof *known)];
        e->cre = at[0];
        e->cim = at[1];
        e->bailout = draw_below(2) ? 2 : e->bailout;
        set_view(e, 0, 0, draw_below(2) ? 4 : 2 * e->bailout);
        return "Julia, a known c";
    }
    case 3: { /* orbits on the real axis that leave a disc a little smaller than the set, and
               * return: the guard must keep them from blind steps. A row lies on the axis. */
        const double q = 2 - draw_scale(1e-6, 0.7);
        const double beta = (1 + sqrt(1 + 4 * q)) / 2; /* the fixed point, the set's tip */
        e->width = SIDE_MAX;                           /* only the row on the axis matters */
        e->height = 2;
        e->maxit = 100 + (int32_t)draw_below(1000);
        e->cre = -q;
        e->cim = 0;
        e->bailout = beta * (1 - draw_scale(1e-6, 0.1));
        set_view(e, 0, 0, 2 * beta);
        return "Julia, orbits that return";
    }
    case 2: /* squares overflow to infinity, differences of infinities are NaN */
        e->bailout = draw_scale(1e100, 1e150);
        c = draw_scale(1e-3, 1e149);
        name = "Julia, huge r";
        break;
    default:
        break;
    }
    e->cre = c * cos(angle);
    e->cim = c * sin(angle);
    set_view(e, 0, 0, e->bailout * draw_scale(1e-2, 4));
    return name;
}

/* -- comparing --------------------------------------------------------------------------------- */

struct picture {
    const char *name;
    struct plait_escape escape;
    int32_t expected[SIDE_MAX * SIDE_MAX];
};

static void report(const struct picture *p, const char *path, bool brute, uint32_t i, uint32_t j,
                   int32_t got) {
    const struct plait_escape *e = &p->escape;
    fprintf(stderr,
            "%s, path %s, %s: row %" PRIu32 ", column %" PRIu32 ": expected %" PRId32
            ", got %" PRId32 "\n  %s %" PRIu32 " x %" PRIu32 " maxit %" PRId32
            " cx %a cy %a dx %a dy %a r %a c %a %a\n",
            p->name, path, brute ? "brute" : "fast", i, j, p->expected[i * e->width + j], got,
            e->kind == PLAIT_JULIA ? "Julia" : "Mandelbrot", e->width, e->height, e->maxit, e->cx,
            e->cy, e->dx, e->dy, e->bailout, e->cre, e->cim);
}

enum { CELLS_MAX = 2 * GUARD + (SIDE_MAX + 16) * SIDE_MAX };

static bool same_value(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Computes a tile into a field of junk, and checks the tile and the junk around it: counts alone,
 * or with their smooth values. */
static void check_tile(const struct picture *p, const struct plait_path *path, bool brute,
                       const struct plait_escape_tile *tile, uint32_t stride, bool smooth) {
    static int32_t field[CELLS_MAX];
    static double values[CELLS_MAX];
    const uint32_t cells = 2 * GUARD + stride * tile->rows;
    struct plait_escape_job job = plait_escape_make_job(&p->escape);
    job.shortcuts = !brute;
    for (uint32_t k = 0; k < cells; k++) {
        field[k] = JUNK;
        values[k] = JUNK;
    }
    const struct plait_escape_results to = {
        .counts = field + GUARD,
        .values = smooth ? values + GUARD : NULL,
        .stride = stride,
    };
    PLAIT_PATH_KERNEL(path, escape_tile)(&job, tile, &to);

    uint32_t wrong = 0, touched = 0, wrong_values = 0;
    for (uint32_t k = 0; k < cells; k++) {
        const uint32_t i = k < GUARD ? tile->rows : (k - GUARD) / stride;
        const uint32_t j = k < GUARD ? 0 : (k - GUARD) % stride;
        if (i >= tile->rows || j >= tile->cols) {
            touched += field[k] != JUNK || values[k] != JUNK;
            continue;
        }
        const uint32_t row = tile->row + i, col = tile->col + j;
        if (field[k] != p->expected[row * p->escape.width + col] && wrong++ == 0)
            report(p, path->name, brute, row, col, field[k]);
        if (smooth && !same_value(values[k], plait_smooth_reference(&job, row, col, field[k])) &&
            wrong_values++ == 0) {
            report(p, path->name, brute, row, col, field[k]);
            fprintf(stderr, "  its smooth value is %a\n", values[k]);
        }
    }
    CHECK_INT(0, wrong);
    CHECK_INT(0, touched);
    CHECK_INT(0, wrong_values);
}

/* A rectangle somewhere in the picture, and the whole picture by the public call. */
static void check_path(const struct picture *p, const struct plait_path *path, bool brute) {
    const uint32_t row = draw_below(p->escape.height), col = draw_below(p->escape.width);
    const struct plait_escape_tile tile = {
        .row = row,
        .col = col,
        .rows = 1 + draw_below(p->escape.height - row),
        .cols = 1 + draw_below(p->escape.width - col),
    };
    check_tile(p, path, brute, &tile, tile.cols + draw_below(16), draw_below(2));

    static int32_t counts[SIDE_MAX * SIDE_MAX];
    struct plait_escape e = p->escape;
    struct plait_exec exec;
    e.brute = brute;
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, path->name, 1));
    CHECK_INT(PLAIT_OK, plait_escape_rows(&e, &exec, 0, e.height, counts));
    uint32_t wrong = 0;
    for (uint32_t k = 0; k < e.width * e.height; k++)
        if (counts[k] != p->expected[k] && wrong++ == 0)
            report(p, path->name, brute, k / e.width, k % e.width, counts[k]);
    CHECK_INT(0, wrong);
}

static void check_picture(struct picture *p) {
    const struct plait_escape_job job = plait_escape_make_job(&p->escape);
    size_t count;
    const struct plait_path *const *paths = plait_select_table(&count);

    for (uint32_t i = 0; i < p->escape.height; i++)
        for (uint32_t j = 0; j < p->escape.width; j++)
            p->expected[i * p->escape.width + j] = plait_escape_reference(&job, i, j);
    for (size_t k = 0; k < count; k++) {
        if (!plait_path_supported(paths[k]))
            continue;
        check_path(p, paths[k], true);
        check_path(p, paths[k], false);
    }
}

static void run_views(const char *(*draw_view)(struct plait_escape *)) {
    static struct picture p;
    uint64_t pixels = 0, refused = 0;
    while (pixels < pixels_wanted / 2) {
        p.name = draw_view(&p.escape);
        if (plait_escape_check(&p.escape) != PLAIT_OK) {
            if (++refused > pixels + 1000)
                break;
            continue;
        }
        check_picture(&p);
        pixels += (uint64_t)p.escape.width * p.escape.height;
    }
    CHECK(pixels >= pixels_wanted / 2);
}

static void test_mandelbrot(void) {
    run_views(draw_mandelbrot);
}

static void test_julia(void) {
    run_views(draw_julia);
}

/* The guard of blind steps, through the job: each column whose c lies below it is tested at every
 * step, since orbits do come back there. With the disc of the Mandelbrot set that is so only for a
 * radius below 2, which no public call takes, and where orbits turn round for long: at the edge of
 * the set, here around the c of a Siegel disc. */
static void test_guard(void) {
    enum { WIDTH = 90, HEIGHT = 20, PIXELS = WIDTH * HEIGHT };
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    e.width = WIDTH;
    e.height = HEIGHT;
    e.maxit = 300;
    CHECK_INT(PLAIT_OK, plait_escape_set_center(&e, -0.390541, 0.586788, 300));
    struct plait_escape_job job = plait_escape_make_job(&e);
    CHECK(job.blind_min_cr == -1.99);
    job.bailout_squared = 0.84 * 0.84;
    job.shortcuts = false;

    static int32_t expected[PIXELS], counts[PIXELS];
    static double expected_values[PIXELS], values[PIXELS];
    uint32_t come_back = 0;
    for (uint32_t k = 0; k < PIXELS; k++) {
        struct plait_escape_job large = job;
        large.bailout_squared = 4;
        expected[k] = plait_escape_reference(&job, k / WIDTH, k % WIDTH);
        expected_values[k] = plait_smooth_reference(&job, k / WIDTH, k % WIDTH, expected[k]);
        come_back += expected[k] > 16 && expected[k] < job.maxit &&
                     plait_escape_reference(&large, k / WIDTH, k % WIDTH) == job.maxit;
    }
    CHECK(come_back > 300); /* left the small disc after any prefix, and never the large one */

    size_t count;
    const struct plait_path *const *paths = plait_select_table(&count);
    const struct plait_escape_tile all = {0, 0, HEIGHT, WIDTH};
    for (size_t k = 0; k < count; k++) {
        if (!plait_path_supported(paths[k]))
            continue;
        for (uint32_t tested = 0; tested <= WIDTH; tested++) {
            const double guard = fma(tested - job.half_width, job.dx, job.cx);
            uint32_t wrong = 0;
            job.blind_min_cr = tested == WIDTH ? (double)INFINITY : guard;
            const struct plait_escape_results to = {counts, values, WIDTH};
            PLAIT_PATH_KERNEL(paths[k], escape_tile)(&job, &all, &to);
            for (uint32_t p = 0; p < PIXELS; p++)
                wrong += p % WIDTH < tested &&
                         (counts[p] != expected[p] || !same_value(values[p], expected_values[p]));
            check_that(wrong == 0, __FILE__, __LINE__, "path %s, guard at column %u: %u differ",
                       paths[k]->name, tested, wrong);
        }
    }
}

/* Which radius tests how much, and that orbits at the left end, where the guard is, come to their
 * counts with any: z = 2 is a fixed point that a disc of 2 excludes and a larger one includes. */
static void test_guard_of_radius(void) {
    static const struct {
        double bailout, blind_min_cr;
        int32_t at_the_tip; /* the count of c = -2 */
    } known[] = {
        {2, -1.99, 1},         {0x1.0000000000001p+1, -1.99, 50},
        {2.005, -1.99, 50},    {2.00999, -1.99, 50},
        {2.01, -INFINITY, 50}, {3, -INFINITY, 50},
        {1024, -INFINITY, 50}, {1e10, -INFINITY, 50},
    };
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    e.width = 4;
    e.height = 2;
    e.maxit = 50;
    CHECK_INT(PLAIT_OK, plait_escape_set_center(&e, -2, 0, 1e6));
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        e.bailout = known[k].bailout;
        CHECK(plait_escape_make_job(&e).blind_min_cr == known[k].blind_min_cr);
        CHECK_INT(known[k].at_the_tip, plait_escape_pixel(&e, 1, 2));
    }
}

/* A path that this machine cannot run is not tested, and must not look as if it were. */
static void name_paths(void) {
    size_t count;
    const struct plait_path *const *paths = plait_select_table(&count);
    for (size_t k = 0; k < count; k++)
        printf("path %s: %s\n", paths[k]->name,
               plait_path_supported(paths[k]) ? "tested" : "SKIPPED, this machine cannot run it");
}

static void test_paths_are_listed(void) {
    name_paths();
    random_state = check_seed();
    CHECK(plait_path_supported(plait_path_at(0)));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"paths", test_paths_are_listed},
        {"Mandelbrot", test_mandelbrot},
        {"Julia", test_julia},
        {"guard", test_guard},
        {"guard of a radius", test_guard_of_radius},
        {0},
    };
    if (check_is_quick())
        pixels_wanted = 20000;
    if (argc > 1 && strcmp(argv[1], "--long") == 0) {
        pixels_wanted = 1000000000;
        argv[1] = argv[0];
        argc--;
        argv++;
    }
    return check_main("escape_paths", tests, argc, argv);
}
