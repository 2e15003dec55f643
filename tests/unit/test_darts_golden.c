/* SPDX-License-Identifier: MIT
 * Known answers of the darts, from a program that shares no code with this library, on every path
 * and several numbers of threads, whole and in two parts. */
#include "check.h"

#include "plait/plait.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct golden {
    enum plait_generator generator;
    uint64_t seed, run, darts, hits;
};

/* What an emulated or plain path does in a moment. */
static const uint64_t quick_darts = 1 << 17;

static bool parse(const char *line, struct golden *golden) {
    char generator[16], rest;
    const int items =
        sscanf(line, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %c", generator,
               &golden->seed, &golden->run, &golden->darts, &golden->hits, &rest);
    golden->generator = strcmp(generator, "pcg32") == 0 ? PLAIT_PCG32 : PLAIT_RXS64;
    return items == 5 && (strcmp(generator, "pcg32") == 0 || strcmp(generator, "rxs64") == 0);
}

static uint64_t hits_of(const struct golden *g, const struct plait_exec *exec, uint64_t first,
                        uint64_t count) {
    uint64_t hits = UINT64_MAX;
    const struct plait_darts_range range = {g->generator, g->seed, g->run, first, count};
    CHECK_INT(PLAIT_OK, plait_darts_hits(&range, exec, &hits));
    return hits;
}

static void run_golden(const struct golden *g, const struct plait_path *path, int threads) {
    const struct plait_exec exec = {.path = path, .threads = threads};
    const uint64_t part = g->darts / 3;
    const uint64_t whole = hits_of(g, &exec, 0, g->darts);
    const uint64_t parts = hits_of(g, &exec, 0, part) + hits_of(g, &exec, part, g->darts - part);
    check_that(whole == g->hits && parts == g->hits, __FILE__, __LINE__,
               "%s, %d threads, seed %" PRIu64 " run %" PRIu64 " darts %" PRIu64 ": %" PRIu64
               " hits, in parts %" PRIu64 ", expected %" PRIu64,
               plait_path_name(path), threads, g->seed, g->run, g->darts, whole, parts, g->hits);
}

static void run_all_paths(const struct golden *g) {
    static const int threads[] = {1, 2, 5};
    for (size_t p = 0; p < plait_path_count(); p++) {
        const struct plait_path *path = plait_path_at(p);
        if (!plait_path_supported(path))
            printf("path %s: SKIPPED, this machine cannot run it\n", plait_path_name(path));
        else if (check_is_quick() && g->darts > quick_darts)
            printf("path %s: left out, %" PRIu64 " darts\n", plait_path_name(path), g->darts);
        else
            for (size_t t = 0; t < sizeof threads / sizeof *threads; t++)
                run_golden(g, path, threads[t]);
    }
}

static void test_known_answers(void) {
    char line[256];
    int lines = 0, wrong = 0;
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/darts.txt", "r");
    if (!CHECK(file != NULL))
        return;
    while (fgets(line, sizeof line, file)) {
        struct golden golden;
        if (line[0] == '#')
            continue;
        lines++;
        if (parse(line, &golden))
            run_all_paths(&golden);
        else
            wrong++;
    }
    fclose(file);
    CHECK_INT(34, lines);
    CHECK_INT(0, wrong);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"known answers", test_known_answers}, {0}};
    return check_main("darts_golden", tests, argc, argv);
}
