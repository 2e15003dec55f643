/* SPDX-License-Identifier: MIT
 * Groups points, compares each with its base, and fits. */
#include "study/analysis.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const double GOOD_EFFICIENCY = 0.75;

/* -- groups --------------------------------------------------------------------------------------
 */

/* Results in the order of group, cores, threads. */
static int result_compare(const void *left, const void *right) {
    const struct point_result *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->cores != b->cores)
        return a->cores < b->cores ? -1 : 1;
    return a->point < b->point ? -1 : a->point > b->point;
}

/* Groups are numbered in the order of their first points. */
static void find_groups(struct analysis *analysis) {
    const struct grid *grid = &analysis->study->grid;
    size_t *first = calloc(grid->count + 1, sizeof *first); /* a point of each group */
    for (size_t p = 0; first && p < grid->count; p++) {
        size_t g = 0;
        while (g < analysis->group_count && !grid_same_setting(grid, first[g], p))
            g++;
        if (g == analysis->group_count) {
            first[g] = p;
            struct group_result *group = &analysis->groups[analysis->group_count++];
            *group = (struct group_result){.base = NO_INDEX, .best = NO_INDEX};
            grid_setting(grid, p, group->setting, sizeof group->setting);
        }
        analysis->results[p].group = g;
    }
    free(first);
}

/* -- samples -------------------------------------------------------------------------------------
 */

static bool take_samples(struct analysis *analysis) {
    const struct study *study = analysis->study;
    for (int pass = 0; pass < 2; pass++) { /* counted first, then taken */
        for (size_t k = 0; k < study->sample_count; k++) {
            const struct sample *sample = &study->samples[k];
            struct point_result *result = &analysis->results[sample->point];
            const bool counts = sample_counts(sample, analysis->with_disturbed);
            if (pass == 1) {
                if (counts)
                    result->seconds[result->count++] = sample->seconds;
                continue;
            }
            analysis->warmups += sample->warmup;
            analysis->replaced += sample->replaced;
            if (sample->warmup || sample->replaced)
                continue;
            result->count += counts;
            result->measured++;
            result->disturbed += sample->outcome == OUTCOME_OK && sample->disturbed != 0;
            result->bad += sample->outcome != OUTCOME_OK;
        }
        for (size_t p = 0; p < analysis->count; p++) {
            struct point_result *result = &analysis->results[p];
            if (pass == 0) {
                result->seconds = malloc((result->count + 1) * sizeof *result->seconds);
                if (!result->seconds)
                    return false;
                analysis->measured += result->measured;
                analysis->disturbed += result->disturbed;
                analysis->bad += result->bad;
                analysis->used += result->count;
                result->count = 0;
            } else if (result->count > 0) {
                statistics_sort(result->seconds, result->count);
                result->median = statistics_median(result->seconds, result->count);
                result->interval = statistics_rank_interval(result->seconds, result->count);
            }
        }
    }
    return true;
}

/* The median of a member over the samples of each point that count, where all of them have it. */
static bool take_medians(struct analysis *analysis, size_t sample_member, size_t result_member) {
    const struct study *study = analysis->study;
    double **values = calloc(analysis->count + 1, sizeof *values);
    size_t *counts = calloc(analysis->count + 1, sizeof *counts);
    bool good = values && counts;
    for (size_t k = 0; good && k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        const size_t p = sample->point;
        const double value = *(const double *)(const void *)((const char *)sample + sample_member);
        if (!sample_counts(sample, analysis->with_disturbed) || !isfinite(value))
            continue;
        if (!values[p])
            values[p] = malloc(analysis->results[p].count * sizeof **values);
        good = values[p] != NULL;
        if (good)
            values[p][counts[p]++] = value;
    }
    for (size_t p = 0; good && p < analysis->count; p++) {
        struct point_result *result = &analysis->results[p];
        if (counts[p] == 0 || counts[p] < result->count)
            continue;
        statistics_sort(values[p], counts[p]);
        *(double *)(void *)((char *)result + result_member) =
            statistics_median(values[p], counts[p]);
    }
    for (size_t p = 0; values && p < analysis->count; p++)
        free(values[p]);
    free(values);
    free(counts);
    return good;
}

/* -- against the base ----------------------------------------------------------------------------
 */

static struct interval scale_interval(struct interval interval, double factor) {
    return (struct interval){interval.known, interval.low * factor, interval.high * factor};
}

static void compare_with_base(struct analysis *analysis, struct group_result *group,
                              uint64_t seed) {
    const struct study *study = analysis->study;
    for (size_t k = group->first; k < group->first + group->count && group->base == NO_INDEX; k++)
        if (analysis->results[k].count > 0)
            group->base = k;
    if (group->base == NO_INDEX)
        return;
    const struct point_result *base = &analysis->results[group->base];
    const double base_work = study_work(&study->definition, &study->grid.points[base->point]);
    for (size_t k = group->first; k < group->first + group->count; k++) {
        struct point_result *result = &analysis->results[k];
        if (result->count == 0)
            continue;
        /* Work done in the time of the base, over the base's: of the same work, how much faster. */
        const double work =
            study_work(&study->definition, &study->grid.points[result->point]) / base_work;
        result->ideal = result->cores / base->cores;
        result->speedup = work * base->median / result->median;
        result->efficiency = result->speedup / result->ideal;
        result->capacity = result->speed / base->speed;
        if (k == group->base)
            result->speedup_interval = (struct interval){base->interval.known, 1, 1};
        else
            result->speedup_interval = scale_interval(
                statistics_ratio_interval(base->seconds, base->count, result->seconds,
                                          result->count, seed + result->point),
                work);
        result->efficiency_interval = scale_interval(result->speedup_interval, 1 / result->ideal);
        if (base->cores == 1 && result->cores > 1 && study->definition.mode == STUDY_STRONG)
            result->karp_flatt = statistics_karp_flatt(result->speedup, result->cores);
        if (result->efficiency >= GOOD_EFFICIENCY)
            group->best = k;
    }
}

/* -- fits ----------------------------------------------------------------------------------------
 */

static bool fit_series(struct analysis *analysis, size_t group_index, uint64_t threads,
                       enum law law) {
    const struct group_result *group = &analysis->groups[group_index];
    const struct study *study = analysis->study;
    size_t count = 0;
    double *cores = malloc((analysis->used + 1) * sizeof *cores);
    double *seconds = malloc((analysis->used + 1) * sizeof *seconds);
    for (size_t k = group->first; cores && seconds && k < group->first + group->count; k++) {
        const struct point_result *result = &analysis->results[k];
        if (study->grid.points[result->point].threads != threads)
            continue;
        for (size_t i = 0; i < result->count; i++, count++) {
            cores[count] = result->cores;
            seconds[count] = result->seconds[i];
        }
    }
    struct fit_result *fits =
        cores && seconds ? realloc(analysis->fits, (analysis->fit_count + 1) * sizeof *fits) : NULL;
    if (fits) {
        analysis->fits = fits;
        struct fit_result *fit = &fits[analysis->fit_count++];
        *fit = (struct fit_result){group_index, threads, law, {0}};
        fit_law(law, cores, seconds, count, &fit->fit);
    }
    free(cores);
    free(seconds);
    return fits != NULL;
}

/* Amdahl's law and Gunther's for the same work on more cores, Gustafson's for growing work; a fit
 * for each number of threads, which are another way to use cores than ranks are. */
static bool fit_group(struct analysis *analysis, size_t group_index) {
    const struct group_result *group = &analysis->groups[group_index];
    const struct study *study = analysis->study;
    const bool strong = study->definition.mode == STUDY_STRONG;
    for (size_t k = group->first; k < group->first + group->count; k++) {
        const uint64_t threads = study->grid.points[analysis->results[k].point].threads;
        bool first = true;
        size_t points = 0;
        for (size_t i = group->first; i < group->first + group->count; i++) {
            const struct point_result *result = &analysis->results[i];
            if (study->grid.points[result->point].threads != threads)
                continue;
            first = first && i >= k;
            points += result->count > 0;
        }
        if (!first || points < 3)
            continue;
        if (!fit_series(analysis, group_index, threads, strong ? LAW_AMDAHL : LAW_GUSTAFSON) ||
            (strong && points >= 4 && !fit_series(analysis, group_index, threads, LAW_USL)))
            return false;
    }
    return true;
}

bool analyse(struct analysis *analysis, const struct study *study, bool with_disturbed,
             uint64_t seed, struct failure *failure) {
    *analysis = (struct analysis){
        .study = study, .with_disturbed = with_disturbed, .count = study->grid.count};
    analysis->results = calloc(analysis->count + 1, sizeof *analysis->results);
    analysis->groups = calloc(analysis->count + 1, sizeof *analysis->groups);
    bool good = analysis->results && analysis->groups;
    for (size_t p = 0; good && p < analysis->count; p++)
        analysis->results[p] =
            (struct point_result){.point = p,
                                  .cores = (double)point_cores(&study->grid.points[p]),
                                  .ideal = NAN,
                                  .median = NAN,
                                  .speedup = NAN,
                                  .efficiency = NAN,
                                  .karp_flatt = NAN,
                                  .speed = NAN,
                                  .capacity = NAN,
                                  .limit_seconds = NAN,
                                  .compute_seconds = NAN,
                                  .limit_part = NAN,
                                  .joules = NAN,
                                  .watts = NAN,
                                  .per_joule = NAN};
    good = good && take_samples(analysis) &&
           take_medians(analysis, offsetof(struct sample, speed),
                        offsetof(struct point_result, speed)) &&
           take_medians(analysis, offsetof(struct sample, limit_seconds),
                        offsetof(struct point_result, limit_seconds)) &&
           take_medians(analysis, offsetof(struct sample, compute_seconds),
                        offsetof(struct point_result, compute_seconds)) &&
           take_medians(analysis, offsetof(struct sample, joules),
                        offsetof(struct point_result, joules)) &&
           take_medians(analysis, offsetof(struct sample, watts),
                        offsetof(struct point_result, watts)) &&
           take_medians(analysis, offsetof(struct sample, per_joule),
                        offsetof(struct point_result, per_joule));
    if (good) {
        for (size_t p = 0; p < analysis->count; p++) /* a ratio of medians, as all ratios */
            analysis->results[p].limit_part =
                analysis->results[p].limit_seconds / analysis->results[p].compute_seconds;
        find_groups(analysis);
        qsort(analysis->results, analysis->count, sizeof *analysis->results, result_compare);
    }
    for (size_t k = 0; good && k < analysis->count; k++) {
        struct group_result *group = &analysis->groups[analysis->results[k].group];
        if (group->count++ == 0)
            group->first = k;
    }
    for (size_t g = 0; good && g < analysis->group_count; g++) {
        compare_with_base(analysis, &analysis->groups[g], seed);
        good = fit_group(analysis, g);
    }
    return good || failure_set(failure, EXIT_RUN, "out of memory for the samples");
}

void analysis_free(struct analysis *analysis) {
    for (size_t p = 0; analysis->results && p < analysis->count; p++)
        free(analysis->results[p].seconds);
    free(analysis->results);
    free(analysis->groups);
    free(analysis->fits);
    *analysis = (struct analysis){0};
}
