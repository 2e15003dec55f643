/* SPDX-License-Identifier: MIT
 * plait study compare: per point, is one study faster than another, and may that be chance? */
#include "base/number.h"
#include "base/standard_output.h"
#include "base/warning.h"
#include "study/builds.h"
#include "study/counting_options.h"
#include "study/progress.h"
#include "study/statistics.h"
#include "study/verbs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compare_request {
    struct option_texts directories;
    const char *threshold;
    struct counting_options count;
};

/* Differences less likely than this are not chance. */
static const double SIGNIFICANT = 0.05;

/* As a part of 1; negative if it is none. */
static double threshold_of(const char *text) {
    double value;
    return number_part(text, &value) ? -1 : value;
}

static bool check_threshold(const char *text, struct failure *failure) {
    return threshold_of(text) >= 0 ||
           failure_set(failure, EXIT_USAGE, "'%s' is no part: give something like 5%%", text);
}

/* The samples of one point in each study. */
struct compared {
    double **seconds;
    size_t *counts;
};

/* The verdict on b against a, in words; sets *slower to how much more time b takes, as far as that
 * is shown. */
static const char *compare_verdict(struct interval ratio, const struct rank_test *test,
                                   double *slower) {
    *slower = 0;
    if (!ratio.known)
        return "not shown: fewer than 6 samples";
    if (!(test->probability < SIGNIFICANT) || (ratio.low <= 1 && ratio.high >= 1))
        return "not shown";
    if (ratio.high < 1)
        return "faster";
    *slower = ratio.low - 1;
    return "slower";
}

/* What the lines of all points come to. */
struct compare_outcome {
    size_t pairs; /* of medians that were compared */
    bool beyond;  /* one is slower by more than the threshold */
};

/* A line for three studies or more: whether they differ at all. */
static void compare_all(const struct compared *point, size_t studies, const char *label) {
    size_t count = 0;
    for (size_t s = 0; s < studies; s++)
        count += point->counts[s];
    double *all = malloc((count + 1) * sizeof *all);
    for (size_t s = 0, k = 0; all && s < studies; k += point->counts[s], s++)
        memcpy(all + k, point->seconds[s], point->counts[s] * sizeof *all);
    const struct rank_test test =
        all ? statistics_kruskal_wallis(all, point->counts, studies) : (struct rank_test){0};
    if (test.known)
        printf("%s\tall %zu\t-\t-\t-\t-\t%.3g\t%.2f\t%s\n", label, studies, test.probability,
               test.effect,
               test.probability < SIGNIFICANT ? "they differ (Kruskal and Wallis)"
                                              : "no difference shown (Kruskal and Wallis)");
    free(all);
}

/* A line for each study but the first, and the verdict beyond the threshold. */
static void compare_point(const struct compare_request *request, const struct compared *point,
                          const char *label, struct compare_outcome *outcome) {
    const size_t studies = request->directories.count;
    const double threshold = threshold_of(request->threshold);
    for (size_t s = 1; s < studies; s++) {
        double slower;
        const double *a = point->seconds[0], *b = point->seconds[s];
        const size_t a_count = point->counts[0], b_count = point->counts[s];
        if (a_count == 0 || b_count == 0) {
            printf("%s\t%s\t-\t-\t-\t-\t-\t-\tno samples that count in %s\n", label,
                   request->directories.items[s], request->directories.items[a_count == 0 ? 0 : s]);
            continue;
        }
        const struct interval ratio =
            statistics_ratio_interval(b, b_count, a, a_count, request->count.seed);
        const struct rank_test test = statistics_mann_whitney(b, b_count, a, a_count);
        const char *words = compare_verdict(ratio, &test, &slower);
        const double a_median = statistics_median(a, a_count),
                     b_median = statistics_median(b, b_count);
        char interval[64] = "-";
        if (ratio.known)
            snprintf(interval, sizeof interval, "%.4g to %.4g", ratio.low, ratio.high);
        printf("%s\t%s\t%.4g\t%.4g\t%.4g\t%s\t%.3g\t%.2f\t%s\n", label,
               request->directories.items[s], a_median, b_median, b_median / a_median, interval,
               test.probability, test.effect, words);
        outcome->pairs++;
        outcome->beyond = outcome->beyond || slower > threshold;
    }
    if (studies > 2)
        compare_all(point, studies, label);
}

/* The index of the point of another grid that is the same as one of ours; NO_POINT: there is none.
 */
#define NO_POINT SIZE_MAX
static size_t find_same(const struct grid *ours, size_t index, const struct grid *theirs) {
    size_t p = 0;
    while (p < theirs->count && !grid_same_point(ours, index, theirs, p))
        p++;
    return p < theirs->count ? p : NO_POINT;
}

static bool compare_studies(const struct compare_request *request, const struct study *studies,
                            struct failure *failure) {
    const size_t count = request->directories.count;
    struct compared point = {calloc(count, sizeof *point.seconds),
                             calloc(count, sizeof *point.counts)};
    struct compare_outcome outcome = {0};
    bool good = (point.seconds && point.counts) || study_out_of_memory(failure);
    size_t common = 0;
    for (size_t p = 0; good && p < studies[0].grid.count; p++) {
        bool everywhere = true;
        for (size_t s = 1; s < count && everywhere; s++)
            everywhere = find_same(&studies[0].grid, p, &studies[s].grid) != NO_POINT;
        common += everywhere;
    }
    if (good && common == 0)
        good = failure_set(failure, EXIT_USAGE, "the studies have no point in common");
    for (size_t s = 0; good && s < count; s++) {
        struct build_use uses[BUILD_USES];
        const size_t builds = builds_find(&studies[s], uses);
        for (size_t b = 0; b < builds; b++) {
            char text[BUILD_TEXT_BYTES];
            builds_text(uses[b].columns, text);
            printf("# %s: %s\n", request->directories.items[s], text);
        }
    }
    if (good)
        puts(
            "# point\tstudy\tmedian A s\tmedian B s\tB/A\t95 % interval\tprobability\tP(B > A)\tB is");
    for (size_t p = 0; good && p < studies[0].grid.count; p++) {
        char label[512];
        bool everywhere = true;
        grid_label(&studies[0].grid, p, label, sizeof label);
        for (size_t s = 0; s < count && everywhere; s++) {
            const size_t index = find_same(&studies[0].grid, p, &studies[s].grid);
            everywhere = index != NO_POINT;
            point.seconds[s] =
                everywhere
                    ? point_seconds(&studies[s], index, request->count.disturbed, &point.counts[s])
                    : NULL;
            if (everywhere && !point.seconds[s])
                good = study_out_of_memory(failure);
        }
        if (good && everywhere)
            compare_point(request, &point, label, &outcome);
        for (size_t s = 0; s < count; s++) {
            free(point.seconds[s]);
            point.seconds[s] = NULL;
        }
    }
    free(point.seconds);
    free(point.counts);
    /* The lines are the result, and its status comes with them. */
    if (!good || !standard_output_flush(failure))
        return good;
    if (outcome.pairs == 0)
        failure_set(
            failure, EXIT_RUN,
            "nothing could be compared: no point has samples that count in both; --disturbed counts disturbed ones too");
    else if (outcome.beyond)
        failure_set(failure, EXIT_RUN, "a point is slower by more than %s of its time",
                    request->threshold);
    return good;
}

void study_compare(const struct option_values *values, const void *options,
                   struct failure *failure) {
    const struct compare_request request = *(const struct compare_request *)options;
    (void)values;
    struct study *studies = NULL;
    bool good = (request.directories.count >= 2 ||
                 failure_set(failure, EXIT_USAGE, "give two studies or more"));
    if (good && !(studies = calloc(request.directories.count, sizeof *studies)))
        good = study_out_of_memory(failure);
    for (size_t s = 0; good && s < request.directories.count; s++) {
        struct study_difference difference;
        good = study_read(&studies[s], request.directories.items[s], failure);
        if (good && strcmp(studies[s].definition.timer, studies[0].definition.timer) != 0)
            good = failure_set(
                failure, EXIT_USAGE,
                "'%s' has the timer %s and '%s' %s: their times are of different things",
                request.directories.items[s], studies[s].definition.timer,
                request.directories.items[0], studies[0].definition.timer);
        if (good &&
            !study_same_definition(&studies[0].definition, &studies[s].definition, &difference)) {
            char line[FAILURE_TEXT_BYTES];
            snprintf(line, sizeof line, "'%s' and '%s' differ, %s: what is compared is that, too",
                     request.directories.items[0], request.directories.items[s], difference.text);
            warning_print(line);
        }
    }
    if (good)
        compare_studies(&request, studies, failure);
    for (size_t s = 0; studies && s < request.directories.count; s++)
        study_free(&studies[s]);
    free(studies);
}

_Static_assert(sizeof(struct compare_request) <= STUDY_OPTIONS_BYTES, "raise STUDY_OPTIONS_BYTES");

#define MEMBER(name) offsetof(struct compare_request, name)
static const struct option rows[] = {
    {
        .name = "directories",
        .kind = OPTION_TEXTS,
        .scope = OPTION_ARGUMENT,
        .argument = "DIRECTORY",
        .directory = true,
        .help = "directories of two studies or more; each is compared with the first",
        .offset = MEMBER(directories),
    },
    {
        .name = "threshold",
        .kind = OPTION_TEXT,
        .argument = "PERCENT",
        .help =
            "exit status 1 if a point is shown to be slower by more than that, by the lower end of the interval",
        .default_value = "0%",
        .offset = MEMBER(threshold),
        .check = check_threshold,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    {counting_option_rows, COUNTING_OPTIONS, MEMBER(count)},
    OPTION_STANDARD_TABLE,
};

const struct option_set study_compare_option_set = {
    .command = "study compare",
    .summary = "say whether one study is faster than another, point by point",
    .details =
        "For each point that all have: both medians, their ratio with its 95 % bootstrap interval, the probability that ranks differ as much by chance (Mann and Whitney; of three or more also Kruskal and Wallis), the effect as the probability that a sample of B takes longer than one of A, and the verdict: faster, slower, or not shown. A difference is shown if the probability is below 5 % and the interval leaves out 1, which takes 6 samples of each.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
