/* SPDX-License-Identifier: MIT
 * Known answers of k-means, from a program that shares no code with this library: by the reference,
 * and on every path, with several numbers of threads and ranks. */
#include "check.h"
#include "kmeans_data.h"
#include "kmeans_runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct golden {
    struct kmeans_data data;
    struct kmeans_case run;
    bool first; /* the start is the first k points */
    uint32_t steps, filled;
    uint64_t labels, centroids;
    double inertia;
    uint64_t high, low;
    int scale;
};

static bool parse_way(const char *word, struct golden *g) {
    char rest;
    if (strcmp(word, "first") == 0)
        return g->first = true;
    if (sscanf(word, "M=%" SCNu64 "%c", &g->run.kmeans.sample, &rest) == 1)
        return true;
    return sscanf(word, "L=%" SCNu32 "%c", &g->run.kmeans.trials, &rest) == 1;
}

static bool parse(char *line, struct golden *g) {
    char type[8], whole[40];
    struct kmeans_data *data = &g->data;
    struct plait_kmeans *k = &g->run.kmeans;
    uint32_t clusters;
    int at = 0;
    *g = (struct golden){.first = false};
    char *answer = strstr(line, "=>");
    if (!answer)
        return false;
    *answer = 0;
    uint64_t seed, changed;
    uint32_t steps;
    if (sscanf(line,
               "%" SCNu64 " %" SCNu32 " %15s %" SCNu64 " %" SCNu32 " %lf %7s %" SCNu32 " %" SCNu64
               " %" SCNu32 " %" SCNu32 " %" SCNu64 "%n",
               &data->points, &data->dims, data->kind, &data->seed, &data->groups, &data->sigma,
               type, &clusters, &seed, &g->run.restart, &steps, &changed, &at) != 12)
        return false;
    data->floats = strcmp(type, "f32") == 0;
    *k = plait_kmeans_default(data->points, data->dims, clusters);
    k->seed = seed;
    k->steps_max = steps;
    k->changed_max = changed;
    for (char *word = strtok(line + at, " "); word; word = strtok(NULL, " "))
        if (!parse_way(word, g))
            return false;
    if (sscanf(answer + 2, "%" SCNu32 " %" SCNu32 " %" SCNx64 " %" SCNx64 " %la %39s %d", &g->steps,
               &g->filled, &g->labels, &g->centroids, &g->inertia, whole, &g->scale) != 7)
        return false;
    const size_t digits = strlen(whole);
    g->low = strtoull(digits > 16 ? whole + digits - 16 : whole, NULL, 16);
    if (digits > 16) {
        whole[digits - 16] = 0;
        g->high = strtoull(whole, NULL, 16);
    }
    return true;
}

static void check_outcome(const struct golden *g, struct kmeans_outcome *got, const char *who) {
    const struct plait_kmeans *k = &g->run.kmeans;
    const size_t values = (size_t)k->clusters * k->dims;
    uint32_t filled = 0;
    for (size_t i = 0; i < values; i++)
        got->centroids[i] += 0.0;
    for (uint32_t j = 0; j < k->clusters; j++)
        filled += got->counts[j] > 0;
    const uint64_t labels =
        plait_digest_bytes((const unsigned char *)got->labels, k->points * sizeof *got->labels);
    const uint64_t centroids =
        plait_digest_bytes((const unsigned char *)got->centroids, values * sizeof *got->centroids);
    check_that(got->status == PLAIT_OK && got->steps == g->steps && filled == g->filled &&
                   labels == g->labels && centroids == g->centroids &&
                   got->inertia.high == g->high && got->inertia.low == g->low &&
                   got->inertia.scale == g->scale,
               __FILE__, __LINE__,
               "%s, N %" PRIu64 " D %u %s k %u: %u steps (%u), %u filled (%u), labels %016" PRIx64
               " (%016" PRIx64 "), centroids %016" PRIx64 " (%016" PRIx64 "), J %" PRIx64
               " %016" PRIx64 " T %d",
               who, k->points, k->dims, g->data.kind, k->clusters, got->steps, g->steps, filled,
               g->filled, labels, g->labels, centroids, g->centroids, got->inertia.high,
               got->inertia.low, got->inertia.scale);
}

static void run_golden(const struct golden *g) {
    static const struct {
        int threads, ranks;
    } ways[] = {{1, 1}, {2, 1}, {3, 2}, {2, 7}, {1, 3}, {7, 1}};
    const struct plait_kmeans *k = &g->run.kmeans;
    const uint64_t work = k->points * k->dims * k->clusters;
    const bool quick = check_is_quick();
    if (work < (quick ? 200000 : 10000000)) {
        struct kmeans_outcome got = kmeans_by_reference(&g->run);
        check_outcome(g, &got, "reference");
        kmeans_outcome_free(&got);
    }
    for (size_t p = 0; p < plait_path_count(); p++) {
        const struct plait_path *path = plait_path_at(p);
        if (!plait_path_supported(path)) {
            printf("path %s: SKIPPED, this machine cannot run it\n", plait_path_name(path));
            continue;
        }
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
            if (quick && (w > 2 || work > 10000000))
                continue;
            const struct plait_exec exec = {.path = path, .threads = ways[w].threads};
            struct kmeans_case run = g->run;
            run.kmeans.bounds = (enum plait_kmeans_bounds)(w % 3);
            struct kmeans_outcome got = kmeans_by_library(&run, &exec, ways[w].ranks);
            check_outcome(g, &got, plait_path_name(path));
            if (got.status == PLAIT_OK)
                CHECK(got.inertia.value == g->inertia);
            kmeans_outcome_free(&got);
        }
    }
}

static void test_known_answers(void) {
    char line[512];
    int lines = 0, wrong = 0;
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/kmeans.txt", "r");
    if (!CHECK(file != NULL))
        return;
    while (fgets(line, sizeof line, file)) {
        struct golden golden;
        if (line[0] == '#')
            continue;
        lines++;
        if (!parse(line, &golden)) {
            wrong++;
            continue;
        }
        double *values = kmeans_data_make(&golden.data);
        golden.run.values = values;
        golden.run.given = golden.first ? values : NULL;
        run_golden(&golden);
        free(values);
    }
    fclose(file);
    CHECK_INT(13, lines);
    CHECK_INT(0, wrong);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"known answers", test_known_answers}, {0}};
    return check_main("kmeans_golden", tests, argc, argv);
}
