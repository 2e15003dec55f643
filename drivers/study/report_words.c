/* SPDX-License-Identifier: MIT
 * What a report says in words: what was found and how sure it is, what ran where, how it was
 * measured, and the twelve rules. */
#include "study/report_parts.h"

#include "study/builds.h"
#include "study/rules.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- numbers in words ----------------------------------------------------------------------------
 */

const char *report_number(double value, char text[NUMBER_BYTES]) {
    if (!isfinite(value))
        snprintf(text, NUMBER_BYTES, "-");
    else
        snprintf(text, NUMBER_BYTES, value >= 100 && value < 1e6 ? "%.0f" : "%.3g", value);
    return text;
}

const char *report_range(struct interval interval, char text[NUMBER_BYTES]) {
    if (!interval.known) {
        snprintf(text, NUMBER_BYTES, "-");
        return text;
    }
    char low[24], high[24];
    for (int digits = 3; digits <= 6; digits++) {
        snprintf(low, sizeof low, "%.*g", digits, interval.low);
        snprintf(high, sizeof high, "%.*g", digits, interval.high);
        if (strcmp(low, high) != 0)
            break;
    }
    snprintf(text, NUMBER_BYTES, strcmp(low, high) == 0 ? "%s" : "%s to %s", low, high);
    return text;
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

/* "95 % interval 1.2 to 1.4", and what it is of. */
static const char *interval_in_words(struct interval interval, const char *unit,
                                     char text[NUMBER_BYTES]) {
    char range[NUMBER_BYTES];
    if (interval.known)
        snprintf(text, NUMBER_BYTES, "95 %% interval %.30s%s", report_range(interval, range), unit);
    else
        snprintf(text, NUMBER_BYTES, "no interval: fewer than %d samples", STATISTICS_SAMPLES_MIN);
    return text;
}

/* -- what was found ------------------------------------------------------------------------------
 */

static void point_text(const struct analysis *analysis, size_t index, char *text, size_t bytes) {
    const struct point *point = &analysis->study->grid.points[analysis->results[index].point];
    snprintf(text, bytes, "%" PRIu64 " rank%s of %" PRIu64 " thread%s", point->ranks,
             point->ranks == 1 ? "" : "s", point->threads, point->threads == 1 ? "" : "s");
}

/* What was found for one set of parameters, and how sure it is. */
static void say_group(struct document *document, const struct analysis *analysis, size_t g) {
    const struct group_result *group = &analysis->groups[g];
    const struct point_result *base =
                                  group->base == NO_INDEX ? NULL : &analysis->results[group->base],
                              *last = NULL;
    const char *setting = *group->setting ? group->setting : "The study";
    char where[128], base_where[128], a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES],
        d[NUMBER_BYTES];
    if (!base) {
        document_item(document, "%s: no sample counts, so nothing can be said.", setting);
        return;
    }
    for (size_t k = group->first; k < group->first + group->count; k++) {
        const struct point_result *result = &analysis->results[k];
        /* The most cores, and of those the fastest. */
        if (result->count > 0 && result->cores > base->cores &&
            (!last || result->cores > last->cores || result->speedup > last->speedup))
            last = result;
    }
    point_text(analysis, group->base, base_where, sizeof base_where);
    if (!last) {
        document_item(document, "%s: %s s at %s (%s; %zu sample%s).", setting,
                      report_number(base->median, a), base_where,
                      interval_in_words(base->interval, " s", b), base->count, plural(base->count));
        return;
    }
    point_text(analysis, (size_t)(last - analysis->results), where, sizeof where);
    const bool strong = analysis->study->definition.mode == STUDY_STRONG;
    document_item(document,
                  "%s: from %s s at %s to %s s at %s, %s %s times %s (%s), an efficiency of %s.",
                  setting, report_number(base->median, a), base_where,
                  report_number(last->median, b), where, strong ? "that is" : "with",
                  report_number(last->speedup, c), strong ? "as fast" : "the work per second",
                  interval_in_words(last->speedup_interval, "", d),
                  report_number(last->efficiency, (char[NUMBER_BYTES]){0}));
    if (isfinite(last->capacity))
        document_item(
            document,
            "%s: at their own speeds the ranks there could do %s times the work of the base's per second%s%s%s.",
            setting, report_number(last->capacity, a),
            isfinite(last->limit_part) ? ", and their computing reaches " : "",
            isfinite(last->limit_part) ? report_number(100 * last->limit_part, b) : "",
            isfinite(last->limit_part) ? " % of what the arithmetic units allow" : "");
    if (group->best != NO_INDEX && group->best != group->base) {
        point_text(analysis, group->best, where, sizeof where);
        document_item(document,
                      "%s: the largest run with an efficiency of at least 0.75 is %s (%s).",
                      setting, where, report_number(analysis->results[group->best].efficiency, a));
    } else if (group->best == group->base) {
        document_item(document, "%s: no run on more cores has an efficiency of at least 0.75.",
                      setting);
    }
}

enum { GROUPS_IN_WORDS = 8 };

void report_add_summary(struct document *document, const struct analysis *analysis,
                        const char *command) {
    const struct study *study = analysis->study;
    static const char *const modes[] = {"Strong scaling: the same work on more cores.",
                                        "Weak scaling: the work grows with the cores.",
                                        "Throughput: independent copies at the same time."};
    document_text(
        document,
        "%s The command is %s, measured %zu time%s at %zu point%s between %s and %s, each launch for itself; %zu sample%s.",
        modes[study->definition.mode], command, analysis->measured, plural(analysis->measured),
        analysis->count, plural(analysis->count), study->created,
        *study->last_started ? study->last_started : "then", analysis->used,
        analysis->used == 1 ? " counts" : "s count");
    for (size_t g = 0; g < analysis->group_count && g < GROUPS_IN_WORDS; g++)
        say_group(document, analysis, g);
    if (analysis->group_count > GROUPS_IN_WORDS)
        document_item(document, "%zu more set%s of parameters: see the table.",
                      analysis->group_count - GROUPS_IN_WORDS,
                      plural(analysis->group_count - GROUPS_IN_WORDS));
    struct build_use uses[BUILD_USES];
    const bool mostly_disturbed = 2 * analysis->disturbed > analysis->measured - analysis->bad;
    size_t short_ones = 0;
    for (size_t k = 0; k < analysis->count; k++)
        short_ones += analysis->results[k].count > 0 && !analysis->results[k].interval.known;
    if (analysis->used == 0 && analysis->disturbed > 0)
        document_text(
            document,
            "How sure: not at all. All right samples (%zu) were disturbed, by other programs on the same cores, by too few cores or by a changing clock. --disturbed shows them nevertheless.",
            analysis->disturbed);
    else if (short_ones > 0)
        document_text(
            document,
            "How sure: %zu point%s fewer than %d samples that count, so no interval can be given there and a difference may be chance.",
            short_ones, short_ones == 1 ? " has" : "s have", STATISTICS_SAMPLES_MIN);
    else
        document_text(
            document,
            "How sure: intervals hold the true median in 95 of 100 such studies, as long as the machine stays as it was.");
    if (analysis->disturbed > 0 || analysis->bad > 0)
        document_text(
            document,
            "Of %zu sample%s %zu %s disturbed and %s%s; %zu failed, timed out or gave a wrong answer and never count%s.",
            analysis->measured, plural(analysis->measured), analysis->disturbed,
            analysis->disturbed == 1 ? "was" : "were",
            analysis->with_disturbed ? "counted, as asked for: read the numbers with care"
                                     : "left out",
            mostly_disturbed && analysis->used > 0 && !analysis->with_disturbed
                ? ", most of them: plait study run --redo noisy measures these again, and --disturbed of plait study report counts them"
                : "",
            analysis->bad,
            analysis->bad ? "; plait study run --redo failed measures these again" : "");
    if (builds_find(study, uses) > 1)
        document_text(
            document,
            "The samples are of several builds of what was measured, listed under What ran where: that may be why they differ.");
}

/* -- what ran, where and how ---------------------------------------------------------------------
 */

/* Those that the builds are counted of, too. */
static bool is_measured(const struct sample *sample) {
    return !sample->warmup && !sample->replaced;
}

void report_add_setting(struct document *document, const struct analysis *analysis) {
    const struct study *study = analysis->study;
    struct build_use uses[BUILD_USES];
    const size_t builds = builds_find(study, uses);
    document_heading(document, "What ran where");
    document_table(
        document,
        study->definition.program
            ? "What ran: the program, with a digest of its file"
            : "What ran: version, commit and build of plait; a commit with changes has a digest of what differs from it",
        "build|commit|compiler|flags|features|paths|samples", false);
    for (size_t b = 0; b < builds; b++) {
        const char *build = uses[b].columns;
        for (int column = 0; column < BUILD_COLUMNS; column++) {
            document_cell(document, "%.*s", (int)strcspn(build, "\t"), build);
            build += strcspn(build, "\t");
            build += *build == '\t';
        }
        document_cell(document, "%zu", uses[b].samples);
    }
    document_table(
        document,
        "Every node and setting that a sample saw; S(N, p, c, t): nodes, processors per node, cores per processor, threads per core, one for each kind of node",
        "nodes|S(N, p, c, t)|processor|system|governor|launcher|MPI|libraries|samples", false);
    const char *seen[64];
    size_t seen_count = 0;
    for (size_t k = 0; k < study->sample_count; k++) {
        const char *where = is_measured(&study->samples[k]) ? study->samples[k].where : NULL;
        size_t samples = 0, w = 0;
        while (w < seen_count && seen[w] != where)
            w++;
        if (!where || w < seen_count || seen_count == sizeof seen / sizeof *seen)
            continue;
        seen[seen_count++] = where;
        for (size_t i = 0; i < study->sample_count; i++)
            samples += is_measured(&study->samples[i]) && study->samples[i].where == where;
        for (int column = 0; column < WHERE_COLUMNS; column++) {
            document_cell(document, "%.*s", (int)strcspn(where, "\t"), where);
            where += strcspn(where, "\t");
            where += *where == '\t';
        }
        document_cell(document, "%zu", samples);
    }
}

void report_add_method(struct document *document, const struct analysis *analysis, uint64_t seed) {
    const struct study_definition *definition = &analysis->study->definition;
    const char *timer = definition->timer;
    document_heading(document, "How it was measured");
    if (strcmp(timer, "launch") == 0)
        document_text(
            document,
            "The time is the wall clock from the start of the launcher to its end, start and end of MPI included.");
    else if (definition->program)
        document_text(
            document,
            "The time is what the program itself prints on lines of the form '# csv,%s,ok,SECONDS'. Where a launch prints several, they are repeats within one sample, and their median counts.",
            timer);
    else
        document_text(
            document,
            "The time is '%s_seconds' of the report of each run (--json): monotonic clocks, the slowest rank's where several differ. Starting and ending MPI is not part of it.",
            timer);
    document_text(
        document,
        "Each launch is one sample. Launches of different points alternate in rounds in a shuffled order, one at a time; %zu warm-up launch%s came before and %s not counted, and %zu sample%s replaced by later ones. The launcher is %s.",
        analysis->warmups, analysis->warmups == 1 ? "" : "es",
        analysis->warmups == 1 ? "is" : "are", analysis->replaced,
        analysis->replaced == 1 ? " was" : "s were",
        definition->launcher
            ? definition->launcher
            : "mpirun with a core for each thread, or without binding where there are not as many");
    document_text(
        document,
        "Medians have 95 %% intervals by ranks, which need %d samples and assume no distribution. Intervals of ratios are from the bootstrap with seed %" PRIu64
        ". A sample is disturbed if other programs used more than 5 %% of the node, the clock fell by more than a tenth, the processor throttled, or threads outnumbered the hardware's.",
        STATISTICS_SAMPLES_MIN, seed);
    if (definition->check_output)
        document_text(
            document,
            "A sample is right if a line that it printed matches '%s' and the first group of that, if there is one, is the same as in more than half of the samples of the same work. Samples that are wrong do not count.",
            definition->check_output);
    if (definition->mode == STUDY_WEAK)
        document_text(
            document,
            "The work at a point is the given work times its cores, by the %s%s. Speed-up is scaled: work per second over that of the base.",
            definition->grow ? "parameter " : "option that the subcommand declares",
            definition->grow ? definition->grow : "");
    if (definition->mode == STUDY_THROUGHPUT)
        document_text(
            document,
            "A point is as many copies as it has ranks, started at the same time without a launcher; its time ends with the last copy. Speed-up is copies per second over that of the base.");
}

void report_add_rules(struct document *document, const struct analysis *analysis) {
    struct rule rules[RULES];
    rules_check(analysis, rules);
    document_heading(document, "The twelve rules");
    document_table(
        document,
        "Held against the rules of Hoefler and Belli, Scientific Benchmarking of Parallel Computing Systems (SC15)",
        "rule|demand|satisfied|why", false);
    for (int k = 0; k < RULES; k++) {
        document_cell(document, "%d", k + 1);
        document_cell(document, "%s", rules[k].demand);
        document_cell(document, "%s", rules[k].satisfied ? "yes" : "no");
        document_cell(document, "%s", rules[k].why);
    }
}
