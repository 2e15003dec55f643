/* SPDX-License-Identifier: MIT
 * Each rule says what it found, satisfied or not. */
#include "study/rules.h"

#include "study/builds.h"
#include "study/plots.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void judge_rule(struct rule *rule, const char *demand, bool satisfied, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

static void judge_rule(struct rule *rule, const char *demand, bool satisfied, const char *format,
                       ...) {
    va_list arguments;
    rule->demand = demand;
    rule->satisfied = satisfied;
    va_start(arguments, format);
    vsnprintf(rule->why, sizeof rule->why, format, arguments);
    va_end(arguments);
}

/* What all rules look at. */
struct overview {
    size_t points, empty, without_interval, without_base, groups, bases_of_several;
    size_t builds;
    bool environment_known, governor_known, several_places;
    bool capacities, limits; /* some point has one */
};

static struct overview look_over_study(const struct analysis *analysis) {
    struct overview overview = {.points = analysis->count,
                                .groups = analysis->group_count,
                                .environment_known = true,
                                .governor_known = true};
    const struct study *study = analysis->study;
    const char **first = calloc(study->grid.count + 1, sizeof *first); /* place of each point */
    for (size_t k = 0; k < analysis->count; k++) {
        overview.empty += analysis->results[k].count == 0;
        overview.capacities |= isfinite(analysis->results[k].capacity);
        overview.limits |= isfinite(analysis->results[k].limit_part);
        overview.without_interval +=
            analysis->results[k].count > 0 && !analysis->results[k].interval.known;
    }
    for (size_t g = 0; g < analysis->group_count; g++) {
        const size_t base = analysis->groups[g].base;
        overview.without_base += base == NO_INDEX;
        overview.bases_of_several += base != NO_INDEX && analysis->results[base].cores > 1;
    }
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        if (!sample_counts(sample, analysis->with_disturbed))
            continue;
        if (first && !first[sample->point])
            first[sample->point] = sample->where;
        overview.several_places =
            overview.several_places || !first || first[sample->point] != sample->where;
        overview.environment_known = overview.environment_known && sample->where &&
                                     !strstr(sample->where, "S(0") && strstr(sample->where, "S(");
        overview.governor_known = overview.governor_known && sample->governor;
    }
    free(first);
    struct build_use uses[BUILD_USES];
    overview.builds = builds_find(study, uses);
    return overview;
}

static void judge_base(struct rule *rule, const struct overview *overview) {
    static const char base_demand[] = "A speed-up names its base and the base's absolute time";
    if (overview->without_base > 0)
        judge_rule(
            rule, base_demand, false,
            "%zu of %zu sets of parameters have no base with samples: no speed-up is shown for them",
            overview->without_base, overview->groups);
    else if (overview->bases_of_several > 0)
        judge_rule(
            rule, base_demand, true,
            "the absolute time of the base stands in the table; %zu of %zu bases use more than one core, so the speed-up is not that over one core",
            overview->bases_of_several, overview->groups);
    else
        judge_rule(rule, base_demand, true,
                   "the absolute time of the base, on one core, stands next to each speed-up");
}

void rules_check(const struct analysis *analysis, struct rule rules[RULES]) {
    const struct overview o = look_over_study(analysis);
    const struct study_definition *definition = &analysis->study->definition;
    const bool own_timer = definition->program && strcmp(definition->timer, "launch") != 0;
    const bool intervals = analysis->used > 0 && o.without_interval == 0;
    struct rule *rule = rules;
    judge_base(rule++, &o);
    char unreadable[96] = "";
    if (analysis->study->bad_lines > 0)
        snprintf(unreadable, sizeof unreadable, "; %zu line%s of the journal cannot be read",
                 analysis->study->bad_lines, analysis->study->bad_lines == 1 ? "" : "s");
    judge_rule(
        rule++, "What is left out is said, and why",
        o.empty == 0 && analysis->bad == 0 && !*unreadable,
        "%zu of %zu points have no sample that counts; of %zu samples %zu failed, timed out or were wrong, and %zu disturbed ones are %s%s",
        o.empty, o.points, analysis->measured, analysis->bad, analysis->disturbed,
        analysis->with_disturbed ? "counted, as asked for by --disturbed" : "left out", unreadable);
    judge_rule(rule++, "Costs are not averaged as if they were rates, nor rates as costs", true,
               "no mean is taken of anything: times are medians, and no rate is averaged");
    judge_rule(
        rule++, "Ratios are not averaged", true,
        "speed-up and efficiency are ratios of two medians, each for itself; none is summed up over points");
    judge_rule(
        rule++, "Times that vary come with an interval of confidence", intervals,
        intervals
            ? "95 %% intervals of the medians by ranks, of ratios by the bootstrap, all from at least %d samples"
            : "an interval needs %d samples: points with fewer are shown without one",
        STATISTICS_SAMPLES_MIN);
    judge_rule(
        rule++, "No distribution is assumed without a look at it", true,
        "medians, rank intervals, the bootstrap and rank tests assume none; fits assume errors in proportion to the time, and say so where points lie off the law");
    judge_rule(
        rule++, "Comparisons are made in a way that chance cannot explain", intervals,
        intervals
            ? "ratios have intervals; two studies are compared by plait study compare, with a rank test"
            : "some points have no interval, so differences to them may be chance");
    judge_rule(
        rule++, "The middle is not taken for the whole", true,
        "the fastest and the slowest sample stand next to the median, and every sample is a dot in the figure of times");
    judge_rule(
        rule++, "The setting is written down so that others can repeat it",
        o.environment_known && o.governor_known && !o.several_places && o.builds < 2, "%s%s%s%s",
        o.environment_known
            ? "command, parameters, launcher, binding, nodes, versions and builds are in this report"
            : "nodes, processors or launcher could not be read",
        o.governor_known
            ? ""
            : "; the governor of the clock cannot be read on this machine: write it down by hand",
        o.several_places
            ? "; samples of one point come from different settings, listed under What ran where"
            : "",
        o.builds > 1 ? "; the samples are of several builds, listed there, too" : "");
    judge_rule(
        rule++,
        "It is clear what was timed, how ranks were synchronised, and how times were summed up",
        !own_timer,
        own_timer
            ? "the time is what the program prints as '%s': only its author can say how ranks were synchronised"
            : "the time '%s' is taken as described under How it was measured; each launch is one sample, repeats within a launch are not counted as samples",
        definition->timer);
    judge_rule(
        rule++, "Upper bounds show how far there is to go",
        o.without_base == 0 && analysis->used > 0,
        "the ideal speed-up stands in table and figures%s%s; bounds of memory and network are not known",
        o.capacities ? ", next to the capacity of the ranks at their own speeds" : "",
        o.limits ? " and to what the arithmetic units allow" : "");
    judge_rule(rule++, "Points are connected only where the way between them means something", true,
               "%s",
               plots_along_cores(analysis)
                   ? "lines run along cores for fixed parameters, never between parameters"
                   : "parameters are categories: their points are not connected");
}
