/* SPDX-License-Identifier: MIT
 * Known answers: every path, on several thread counts and in any split into rows, gives the counts
 * that an independent program gave. A missing or short data file fails. */
#include "check.h"

#include "plait/plait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct golden {
    struct plait_escape escape;
    int64_t sum, interior;
    uint64_t fnv1a;
};

/* Emulators take small pictures only: a step without hardware FMA takes a microsecond there. */
static const int64_t quick_steps = 500000;

static bool parse(const char *line, struct golden *golden) {
    struct plait_escape *e = &golden->escape;
    char kind[16];
    double xmin, xmax, ymin, ymax;
    long long sum, interior;
    unsigned long long fnv1a;
    memset(golden, 0, sizeof *golden);
    const int fields = sscanf(line, "%15s %u %u %lf %lf %lf %lf %d %lf %lf %lf %lld %lld %llx",
                              kind, &e->width, &e->height, &xmin, &xmax, &ymin, &ymax, &e->maxit,
                              &e->cre, &e->cim, &e->bailout, &sum, &interior, &fnv1a);
    if (fields != 14)
        return false;
    e->kind = strcmp(kind, "julia") == 0 ? PLAIT_JULIA : PLAIT_MANDELBROT;
    golden->sum = sum;
    golden->interior = interior;
    golden->fnv1a = fnv1a;
    return plait_escape_set_region(e, xmin, xmax, ymin, ymax) == PLAIT_OK;
}

static void compare(const struct golden *golden, const struct plait_exec *exec,
                    const int32_t *counts) {
    const struct plait_escape *e = &golden->escape;
    const size_t pixels = (size_t)e->width * e->height;
    int64_t sum = 0, interior = 0;
    for (size_t k = 0; k < pixels; k++) {
        sum += counts[k];
        interior += counts[k] == e->maxit;
    }
    uint64_t *digests = malloc(e->height * sizeof *digests);
    if (!CHECK(digests != NULL))
        return;
    plait_digest_rows(exec, counts, e->height, e->width, digests);
    CHECK_INT(golden->sum, sum);
    CHECK_INT(golden->interior, interior);
    CHECK_HEX(golden->fnv1a, plait_digest_picture(digests, e->height));
    free(digests);
}

/* Computes the picture in `parts` calls and compares it. */
static void run_split(const struct golden *golden, const struct plait_exec *exec, uint32_t parts,
                      int32_t *counts) {
    const struct plait_escape *e = &golden->escape;
    memset(counts, 0x55, (size_t)e->width * e->height * sizeof *counts);
    for (uint32_t k = 0; k < parts; k++) {
        const uint32_t first = (uint32_t)((uint64_t)e->height * k / parts);
        const uint32_t end = (uint32_t)((uint64_t)e->height * (k + 1) / parts);
        CHECK_INT(PLAIT_OK, plait_escape_rows(e, exec, first, end - first,
                                              counts + (size_t)first * e->width));
    }
    compare(golden, exec, counts);
}

static void run_path(const struct golden *golden, const struct plait_path *path) {
    static const int threads[] = {1, 2, 5};
    const struct plait_escape *e = &golden->escape;
    int32_t *counts = malloc((size_t)e->width * e->height * sizeof *counts);
    if (!CHECK(counts != NULL))
        return;
    for (size_t t = check_is_quick() ? 1 : 0; t < (check_is_quick() ? 2 : 3); t++) {
        const struct plait_exec exec = {.path = path, .threads = threads[t]};
        run_split(golden, &exec, 1, counts);
        run_split(golden, &exec, 2, counts);
    }
    struct plait_escape brute = *e;
    brute.brute = true;
    const struct golden plain = {brute, golden->sum, golden->interior, golden->fnv1a};
    run_split(&plain, &(struct plait_exec){.path = path, .threads = 2}, 1, counts);
    free(counts);
}

static void run_all_paths(const struct golden *golden) {
    for (size_t p = 0; p < plait_path_count(); p++) {
        const struct plait_path *path = plait_path_at(p);
        if (!plait_path_supported(path)) {
            printf("path %s: SKIPPED, this machine cannot run it\n", plait_path_name(path));
            continue;
        }
        run_path(golden, path);
    }
}

static void test_known_answers(void) {
    char line[512];
    int lines = 0, wrong = 0;
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/escape.txt", "r");
    if (!CHECK(file != NULL))
        return;
    while (fgets(line, sizeof line, file)) {
        struct golden golden;
        if (line[0] == '#')
            continue;
        lines++;
        if (!parse(line, &golden))
            wrong++;
        else if (check_is_quick() && golden.sum > quick_steps)
            printf("%u x %u: left out, %lld steps\n", golden.escape.width, golden.escape.height,
                   (long long)golden.sum);
        else
            run_all_paths(&golden);
    }
    fclose(file);
    CHECK_INT(12, lines);
    CHECK_INT(0, wrong);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"known answers", test_known_answers}, {0}};
    return check_main("escape_golden", tests, argc, argv);
}
