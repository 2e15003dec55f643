/* SPDX-License-Identifier: MIT
 * The choice of the path, for every machine that can be made up from the feature bits, and that a
 * path which this machine must have was not quietly left out. */
#include "check.h"

#include "../../arch/cpu.h"
#include "../../arch/select.h"
#include "plait/plait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What each path needs and how many kernels it borrows from scalar, written down a second time: the
 * first is under test. In the order of preference, plainest first. */
static const struct {
    const char *name;
    uint32_t needs;
    int borrowed;
} known[] = {
    {"scalar", 0, 0},
    {"avx2", PLAIT_CPU_AVX2 | PLAIT_CPU_FMA, 0},
    {"avx512",
     PLAIT_CPU_AVX2 | PLAIT_CPU_FMA | PLAIT_CPU_AVX512F | PLAIT_CPU_AVX512BW | PLAIT_CPU_AVX512DQ |
         PLAIT_CPU_AVX512VL,
     0},
    {"neon", PLAIT_CPU_NEON, 0},
};

typedef void function(void);
enum {
    KNOWN = sizeof known / sizeof known[0],
    KERNELS = sizeof(struct plait_path_kernels) / sizeof(function *),
};

/* Every machine that differs for some path: all bits that are needed, and one that is not. */
static uint32_t every_bit(void) {
    uint32_t bits = 0;
    for (size_t k = 0; k < KNOWN; k++)
        bits |= known[k].needs;
    while (bits & (bits + 1))
        bits |= bits + 1;
    return 2 * bits + 1;
}

/* Kernels that a path leaves out, whatever they are called. */
static int left_out(const struct plait_path *path) {
    function *functions[KERNELS];
    int count = 0;
    _Static_assert(sizeof functions == sizeof path->kernels, "functions and nothing else");
    memcpy(functions, &path->kernels, sizeof functions);
    for (int k = 0; k < KERNELS; k++)
        count += functions[k] == NULL;
    return count;
}

static bool is_compiled(const char *name) {
    size_t count;
    const struct plait_path *const *table = plait_select_table(&count);
    for (size_t k = 0; k < count; k++)
        if (strcmp(table[k]->name, name) == 0)
            return true;
    return false;
}

/* On Intel, by the vendor; the choice of the path does not depend on it. */
static void test_strides(void) {
    const uint32_t avx512 = known[2].needs;
    CHECK(!plait_cpu_prefers_strides(0) && !plait_cpu_prefers_strides(avx512));
    CHECK(plait_cpu_prefers_strides(avx512 | PLAIT_CPU_SLOW_VPMULLQ));
    CHECK(plait_select_best(avx512 | PLAIT_CPU_SLOW_VPMULLQ) == plait_select_best(avx512));
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    bool intel = false;
    while (file && fgets(line, sizeof line, file))
        intel = intel || strstr(line, "GenuineIntel") != NULL;
    if (file)
        fclose(file);
    if (plait_cpu_features() & PLAIT_CPU_AVX2)
        CHECK_INT(intel, plait_cpu_prefers_strides(plait_cpu_features()));
}

static void test_table(void) {
    size_t count, position = 0;
    const struct plait_path *const *table = plait_select_table(&count);
    CHECK(count >= 1);
    CHECK_TEXT("scalar", table[0]->name);
    for (size_t k = 0; k < count; k++) {
        while (position < KNOWN && strcmp(known[position].name, table[k]->name) != 0)
            position++;
        if (!check_that(position < KNOWN, __FILE__, __LINE__, "path %s is known and in its place",
                        table[k]->name))
            return;
        CHECK_HEX(known[position].needs, table[k]->needs);
        CHECK_INT(known[position].borrowed, left_out(table[k]));
        CHECK(table[k]->lanes >= 1);
    }
}

/* The checksum of the labels of 40 points, every call of k-means that runs a path being made. */
static uint64_t labels_of(const double *values, const struct plait_exec *exec) {
    enum { POINTS = 40, DIMS = 3, CLUSTERS = 4 };
    double points[POINTS][DIMS], start[CLUSTERS][DIMS];
    struct plait_kmeans_run *run = NULL;
    struct plait_kmeans_inertia inertia;
    const struct plait_kmeans kmeans = plait_kmeans_default(POINTS, DIMS, CLUSTERS);
    const struct plait_kmeans_share share = {points[0], 0, POINTS, NULL};
    for (int k = 0; k < POINTS * DIMS; k++)
        points[k / DIMS][k % DIMS] = isfinite(values[k]) ? values[k] : k;
    CHECK_INT(PLAIT_OK, plait_kmeans_open(&kmeans, &share, NULL, exec, NULL, &run));
    CHECK_INT(PLAIT_OK, plait_kmeans_start(run, 0, start[0]));
    CHECK_INT(PLAIT_OK, plait_kmeans_begin(run, start[0]));
    CHECK_INT(PLAIT_OK, plait_kmeans_step(run));
    plait_kmeans_sum_inertia(run, &inertia);
    const uint64_t labels = plait_kmeans_checksum(run);
    plait_kmeans_close(run);
    return labels ^ inertia.low;
}

/* Makes a deep picture of c = -2, whose orbit is 0, -2, 2, 2 ... */
static struct plait_deep *deep_tables(struct plait_escape *escape) {
    const struct plait_deep_view view = {.pitch = 1, .pitch_exponent = -40, .re = -2};
    struct plait_deep *deep = NULL;
    CHECK_INT(PLAIT_OK, plait_deep_begin(escape, &view, &deep));
    bool last = false;
    for (int m = 0; !last; m++) {
        const double x = m == 0 ? 0 : m == 1 ? -2 : 2;
        const struct plait_deep_point point = {.x = x, .s = x * x - 4};
        CHECK_INT(PLAIT_OK, plait_deep_add(deep, PLAIT_DEEP_FIRST, &point, &last));
    }
    CHECK_INT(PLAIT_OK, plait_deep_finish(deep));
    escape->deep = deep;
    return deep;
}

/* A path that leaves out everything gives what scalar gives, through every public call that runs a
 * path. The assertion is for whoever adds a kernel: its calls belong here. */
static void test_borrowed_kernels(void) {
    _Static_assert(KERNELS == 6, "borrow the new kernel here too");
    static const struct plait_path bare = {.name = "bare", .lanes = 1};
    const struct plait_exec borrowing = {.path = &bare, .threads = 2};
    const struct plait_exec scalar = {.path = &plait_path_scalar, .threads = 2};
    enum { WIDTH = 20, HEIGHT = 12, PIXELS = WIDTH * HEIGHT };
    int32_t counts[2][PIXELS];
    double values[2][PIXELS], distances[2][PIXELS];
    int32_t deep_counts[2][PIXELS];
    uint64_t hits[2] = {0}, labels[2] = {0};
    CHECK_INT(KERNELS, left_out(&bare));

    struct plait_escape julia = plait_escape_default(PLAIT_JULIA);
    julia.width = WIDTH; /* a view with a mirror image, which has a column that has none */
    julia.height = HEIGHT;
    CHECK_INT(PLAIT_OK, plait_escape_set_region(&julia, -2, 2, -1.5, 1.5));
    struct plait_escape deep = {.width = WIDTH, .height = HEIGHT, .maxit = 40, .bailout = 2};
    struct plait_deep *tables = deep_tables(&deep);
    const struct plait_row_range all = {0, HEIGHT}, upper = {1, 2};
    for (int k = 0; k < 2; k++) {
        const struct plait_exec *exec = k == 0 ? &scalar : &borrowing;
        CHECK_INT(PLAIT_OK, plait_escape_picture(&julia, exec, counts[k]));
        struct plait_smooth_output output = {.values = values[k]};
        CHECK_INT(PLAIT_OK, plait_smooth_rows(&julia, exec, all, WIDTH, counts[k], &output));
        const struct plait_distance_output away = {.values = distances[k]};
        CHECK_INT(PLAIT_OK, plait_distance_compute(&julia, exec, all, counts[k], &away));
        CHECK_INT(PLAIT_OK, plait_distance_rows(&julia, exec, all, WIDTH, counts[k], &away));
        CHECK_INT(PLAIT_OK, plait_escape_mirror_rows(&julia, exec, upper.first, upper.rows,
                                                     counts[k] + WIDTH));
        const struct plait_darts_range darts = {.generator = PLAIT_RXS64, .count = 1001};
        CHECK_INT(PLAIT_OK, plait_darts_hits(&darts, exec, &hits[k]));
        labels[k] = labels_of(values[0], exec);
        CHECK_INT(PLAIT_OK, plait_escape_picture(&deep, exec, deep_counts[k]));
    }
    plait_deep_free(tables);
    CHECK(memcmp(deep_counts[0], deep_counts[1], sizeof deep_counts[0]) == 0);
    CHECK(memcmp(counts[0], counts[1], sizeof counts[0]) == 0);
    CHECK(memcmp(values[0], values[1], sizeof values[0]) == 0);
    CHECK(memcmp(distances[0], distances[1], sizeof distances[0]) == 0);
    CHECK_INT((int64_t)hits[0], (int64_t)hits[1]);
    CHECK_HEX(labels[0], labels[1]);
}

static void test_best_of_every_machine(void) {
    for (uint32_t cpu = 0; cpu <= every_bit(); cpu++) {
        const char *expected = NULL;
        for (size_t k = 0; k < KNOWN; k++)
            if ((known[k].needs & cpu) == known[k].needs && is_compiled(known[k].name))
                expected = known[k].name;
        CHECK_TEXT(expected, plait_select_best(cpu)->name);
    }
}

static void test_find_on_every_machine(void) {
    for (uint32_t cpu = 0; cpu <= every_bit(); cpu++)
        for (size_t k = 0; k < KNOWN; k++) {
            const struct plait_path *path = NULL;
            const enum plait_select_result got = plait_select_find(known[k].name, cpu, &path);
            if (!is_compiled(known[k].name))
                CHECK_INT(PLAIT_SELECT_UNKNOWN, got);
            else if ((known[k].needs & cpu) != known[k].needs)
                CHECK_INT(PLAIT_SELECT_UNSUPPORTED, got);
            else if (CHECK_INT(PLAIT_SELECT_OK, got))
                CHECK_TEXT(known[k].name, path->name);
            CHECK((path != NULL) == (got == PLAIT_SELECT_OK));
        }
}

static void test_names_are_exact(void) {
    static const char *const wrong[] = {"",      " ",   "Scalar", "scalar ",
                                        "scala", "avx", "avx22",  "sse9"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        const struct plait_path *path = NULL;
        CHECK_INT(PLAIT_SELECT_UNKNOWN, plait_select_find(wrong[k], every_bit(), &path));
        CHECK(path == NULL);
    }
}

/* One bit less than a path needs is not enough, whichever bit it is. */
static void test_every_bit_counts(void) {
    for (size_t k = 0; k < KNOWN; k++)
        for (uint32_t bit = 1; bit <= every_bit(); bit *= 2) {
            const struct plait_path *path = NULL;
            if ((known[k].needs & bit) && is_compiled(known[k].name))
                CHECK_INT(PLAIT_SELECT_UNSUPPORTED,
                          plait_select_find(known[k].name, every_bit() & ~bit, &path));
        }
}

/* PLAIT_REQUIRE_PATHS="scalar avx2": the caller, who knows the machine, names what must run on it.
 */
static void test_required_paths(void) {
    char names[256];
    const char *required = getenv("PLAIT_REQUIRE_PATHS");
    const uint32_t cpu = plait_cpu_features();
    snprintf(names, sizeof names, "%s", required ? required : "scalar");
    for (char *rest = names, *name; (name = strtok_r(rest, " ", &rest));) {
        const struct plait_path *path;
        check_that(plait_select_find(name, cpu, &path) == PLAIT_SELECT_OK, __FILE__, __LINE__,
                   "path %s, required here, is compiled and supported", name);
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"strides", test_strides},
        {"table", test_table},
        {"borrowed kernels", test_borrowed_kernels},
        {"best of every machine", test_best_of_every_machine},
        {"find on every machine", test_find_on_every_machine},
        {"names are exact", test_names_are_exact},
        {"every bit counts", test_every_bit_counts},
        {"required paths", test_required_paths},
        {0},
    };
    return check_main("select", tests, argc, argv);
}
