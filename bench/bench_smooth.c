/* SPDX-License-Identifier: MIT
 * What smooth values and distances cost, on one thread: the counts alone, the values by those
 * counts, both in one pass, and counts with distances, in turns, on every path of this machine or
 * the one that is named. Values are compared before they are timed. */
#include "bench.h"
#include "plait/plait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VIEWS = 3, ROUNDS = 15, WAYS = 4 };
static const double round_s = 0.05;

struct bench {
    struct plait_escape escape;
    struct plait_exec exec;
    int32_t *counts;
    double *values;
};

static const char *const view_names[VIEWS] = {
    "seahorses: 2400x1600, zoom 20000, maxit 2000",
    "the whole set: 2400x1600, maxit 1000",
    "Julia, c = 0.65i: 1600x1200, maxit 254",
};

static struct plait_escape make_view(int view) {
    struct plait_escape e = plait_escape_default(view == 2 ? PLAIT_JULIA : PLAIT_MANDELBROT);
    e.width = view == 2 ? 1600 : 2400;
    e.height = view == 2 ? 1200 : 1600;
    if (view == 0) {
        e.maxit = 2000;
        plait_escape_set_center(&e, -0.743643887, 0.131825904, 20000);
    } else if (view == 1) {
        e.maxit = 1000;
        plait_escape_set_region(&e, -2, 1, -1, 1);
    } else {
        plait_escape_set_region(&e, -2, 2, -1.5, 1.5);
    }
    return e;
}

static struct plait_row_range rows_of(const struct bench *bench) {
    return (struct plait_row_range){0, bench->escape.height};
}

static void require(enum plait_status status) {
    if (status != PLAIT_OK)
        bench_die("kernel", plait_status_text(status));
}

static void count_alone(void *context) {
    const struct bench *bench = context;
    require(
        plait_escape_rows(&bench->escape, &bench->exec, 0, bench->escape.height, bench->counts));
}

static void find_by_counts(void *context) {
    const struct bench *bench = context;
    struct plait_smooth_output output = {.values = bench->values};
    require(plait_smooth_rows(&bench->escape, &bench->exec, rows_of(bench), bench->escape.width,
                              bench->counts, &output));
}

static void compute_in_one_pass(void *context) {
    const struct bench *bench = context;
    struct plait_smooth_output output = {.values = bench->values};
    require(
        plait_smooth_compute(&bench->escape, &bench->exec, rows_of(bench), bench->counts, &output));
}

static void compute_distances(void *context) {
    const struct bench *bench = context;
    const struct plait_distance_output output = {.values = bench->values};
    require(plait_distance_compute(&bench->escape, &bench->exec, rows_of(bench), bench->counts,
                                   &output));
}

static void compare(struct bench *bench, size_t pixels) {
    double *expected = malloc(pixels * sizeof *expected);
    if (!expected)
        bench_die("out of memory for", "values");
    count_alone(bench);
    find_by_counts(bench);
    memcpy(expected, bench->values, pixels * sizeof *expected);
    compute_in_one_pass(bench);
    if (memcmp(expected, bench->values, pixels * sizeof *expected) != 0)
        bench_die("one pass gives other values on path", plait_path_name(bench->exec.path));
    const struct plait_exec own = bench->exec;
    compute_distances(bench);
    memcpy(expected, bench->values, pixels * sizeof *expected);
    require(plait_exec_init(&bench->exec, NULL, 1));
    compute_distances(bench);
    if (memcmp(expected, bench->values, pixels * sizeof *expected) != 0)
        bench_die("other distances on path", plait_path_name(own.path));
    bench->exec = own;
    free(expected);
}

static void time_path(struct bench *bench, size_t pixels) {
    struct bench_contender ways[WAYS] = {
        {.name = "counts", .run = count_alone, .context = bench, .work = 1},
        {.name = "values", .run = find_by_counts, .context = bench, .work = 1},
        {.name = "one pass", .run = compute_in_one_pass, .context = bench, .work = 1},
        {.name = "distances", .run = compute_distances, .context = bench, .work = 1},
    };
    compare(bench, pixels);
    bench_run(ways, WAYS, ROUNDS, round_s);
    printf("  %-8s %8.1f %8.1f %8.1f %10.2f %10.2f %10.1f %10.2f",
           plait_path_name(bench->exec.path), 1e3 * ways[0].median_s, 1e3 * ways[1].median_s,
           1e3 * ways[2].median_s, ways[2].median_s / ways[0].median_s,
           ways[2].median_s / (ways[0].median_s + ways[1].median_s), 1e3 * ways[3].median_s,
           ways[3].median_s / ways[0].median_s);
    for (int k = 0; k < WAYS; k++)
        if (bench_doubt(&ways[k])) {
            printf("  (%s)", bench_doubt(&ways[k]));
            break;
        }
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *only = argc > 1 ? argv[1] : NULL;
    struct plait_exec exec;
    if (argc > 2 || plait_exec_init(&exec, only, 1) != PLAIT_OK)
        bench_misuse("give a path of this machine or none, not", argv[argc - 1]);
    for (int view = 0; view < VIEWS; view++) {
        struct bench bench = {.escape = make_view(view)};
        const size_t pixels = (size_t)bench.escape.width * bench.escape.height;
        bench.counts = malloc(pixels * sizeof *bench.counts);
        bench.values = malloc(pixels * sizeof *bench.values);
        if (!bench.counts || !bench.values)
            bench_die("out of memory for", "counts");
        printf("%s\n  %-8s %8s %8s %8s %10s %10s %10s %10s\n", view_names[view], "path", "counts",
               "values", "one pass", "/ counts", "/ both", "distances", "/ counts");
        for (size_t p = 0; p < plait_path_count(); p++) {
            const char *path = plait_path_name(plait_path_at(p));
            if (!plait_path_supported(plait_path_at(p)) || (only && strcmp(path, only) != 0))
                continue;
            require(plait_exec_init(&bench.exec, path, 1));
            time_path(&bench, pixels);
        }
        free(bench.counts);
        free(bench.values);
    }
    return 0;
}
