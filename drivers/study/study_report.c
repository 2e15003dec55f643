/* SPDX-License-Identifier: MIT
 * plait study report: what was found in words, then tables, figures, fits and rules, as a page, as
 * Markdown and as PDF. */
#include "base/atomic_file.h"
#include "base/standard_output.h"
#include "base/warning.h"
#include "options/shell_words.h"
#include "study/counting_options.h"
#include "study/document.h"
#include "study/plots.h"
#include "study/preset.h"
#include "study/progress.h"
#include "study/rules.h"
#include "study/verbs.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct report_request {
    const char *directory, *out, *title;
    int preset;
    struct counting_options count;
};

/* -- numbers in words ----------------------------------------------------------------------------
 */

enum { NUMBER_BYTES = 64 };

/* Three digits; "-" for what is not known. */
static const char *number_text_of(double value, char text[NUMBER_BYTES]) {
    if (!isfinite(value))
        snprintf(text, NUMBER_BYTES, "-");
    else
        snprintf(text, NUMBER_BYTES, value >= 100 && value < 1e6 ? "%.0f" : "%.3g", value);
    return text;
}

/* "1.2 to 1.4" with three digits and more where the ends would look alike; "-". */
static const char *range_text_of(struct interval interval, char text[NUMBER_BYTES]) {
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

/* "95 % interval 1.2 to 1.4", and what it is of. */
static const char *interval_in_words(struct interval interval, const char *unit,
                                     char text[NUMBER_BYTES]) {
    char range[NUMBER_BYTES];
    if (interval.known)
        snprintf(text, NUMBER_BYTES, "95 %% interval %.30s%s", range_text_of(interval, range),
                 unit);
    else
        snprintf(text, NUMBER_BYTES, "no interval: fewer than %d samples", STATISTICS_SAMPLES_MIN);
    return text;
}

static char *command_of(const struct study_definition *definition) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    fputs(definition->program ? "" : "plait ", stream);
    for (size_t k = 0; k < definition->words.count; k++) {
        fputs(k ? " " : "", stream);
        shell_word_write(definition->words.items[k], stream);
    }
    fclose(stream);
    return text;
}

static void point_text(const struct analysis *analysis, size_t index, char *text, size_t bytes) {
    const struct point *point = &analysis->study->grid.points[analysis->results[index].point];
    snprintf(text, bytes, "%" PRIu64 " rank%s of %" PRIu64 " thread%s", point->ranks,
             point->ranks == 1 ? "" : "s", point->threads, point->threads == 1 ? "" : "s");
}

/* -- the parts -----------------------------------------------------------------------------------
 */

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
                      number_text_of(base->median, a), base_where,
                      interval_in_words(base->interval, " s", b), base->count,
                      base->count == 1 ? "" : "s");
        return;
    }
    point_text(analysis, (size_t)(last - analysis->results), where, sizeof where);
    const bool strong = analysis->study->definition.mode == STUDY_STRONG;
    document_item(document,
                  "%s: from %s s at %s to %s s at %s, %s %s times %s (%s), an efficiency of %s.",
                  setting, number_text_of(base->median, a), base_where,
                  number_text_of(last->median, b), where, strong ? "that is" : "with",
                  number_text_of(last->speedup, c), strong ? "as fast" : "the work per second",
                  interval_in_words(last->speedup_interval, "", d),
                  number_text_of(last->efficiency, (char[NUMBER_BYTES]){0}));
    if (isfinite(last->capacity))
        document_item(
            document,
            "%s: at their own speeds the ranks there could do %s times the work of the base's per second%s%s%s.",
            setting, number_text_of(last->capacity, a),
            isfinite(last->limit_part) ? ", and their computing reaches " : "",
            isfinite(last->limit_part) ? number_text_of(100 * last->limit_part, b) : "",
            isfinite(last->limit_part) ? " % of what the arithmetic units allow" : "");
    if (group->best != NO_INDEX && group->best != group->base) {
        point_text(analysis, group->best, where, sizeof where);
        document_item(document,
                      "%s: the largest run with an efficiency of at least 0.75 is %s (%s).",
                      setting, where, number_text_of(analysis->results[group->best].efficiency, a));
    } else if (group->best == group->base) {
        document_item(document, "%s: no run on more cores has an efficiency of at least 0.75.",
                      setting);
    }
}

enum { GROUPS_IN_WORDS = 8 };

static void add_summary(struct document *document, const struct analysis *analysis,
                        const char *command) {
    const struct study *study = analysis->study;
    static const char *const modes[] = {"Strong scaling: the same work on more cores.",
                                        "Weak scaling: the work grows with the cores.",
                                        "Throughput: independent copies at the same time."};
    document_text(
        document,
        "%s The command is %s, measured %zu times at %zu points between %s and %s, each launch for itself; %zu samples count.",
        modes[study->definition.mode], command, analysis->measured, analysis->count, study->created,
        *study->last_started ? study->last_started : "then", analysis->used);
    for (size_t g = 0; g < analysis->group_count && g < GROUPS_IN_WORDS; g++)
        say_group(document, analysis, g);
    if (analysis->group_count > GROUPS_IN_WORDS)
        document_item(document, "%zu more sets of parameters stand in the table.",
                      analysis->group_count - GROUPS_IN_WORDS);
    size_t short_ones = 0;
    for (size_t k = 0; k < analysis->count; k++)
        short_ones += analysis->results[k].count > 0 && !analysis->results[k].interval.known;
    if (analysis->used == 0 && analysis->disturbed > 0)
        document_text(
            document,
            "How sure: not at all. All %zu right samples were disturbed, by other programs on the same cores, by too few cores or by a changing clock. --disturbed shows them nevertheless.",
            analysis->disturbed);
    else if (short_ones > 0)
        document_text(
            document,
            "How sure: %zu points have fewer than %d samples, so no interval can be given for them and a difference may be chance.",
            short_ones, STATISTICS_SAMPLES_MIN);
    else
        document_text(
            document,
            "How sure: intervals hold the true median in 95 of 100 such studies, as long as the machine stays as it was.");
    if (analysis->disturbed > 0 || analysis->bad > 0)
        document_text(
            document,
            "%zu of %zu samples were disturbed and are %s; %zu failed, timed out or gave a wrong answer and never count.",
            analysis->disturbed, analysis->measured,
            analysis->with_disturbed ? "counted, as asked for: read the numbers with care"
                                     : "left out",
            analysis->bad);
}

static void add_setting(struct document *document, const struct analysis *analysis) {
    const struct study *study = analysis->study;
    document_heading(document, "Where it ran");
    document_table(
        document,
        "Every node and setting that a sample saw; S(N, p, c, t): nodes, processors per node, cores per processor, threads per core, one for each kind of node",
        "nodes|S(N, p, c, t)|processor|system|governor|launcher|plait|MPI|libraries|samples",
        false);
    const char *seen[64];
    size_t seen_count = 0;
    for (size_t k = 0; k < study->sample_count; k++) {
        const char *where = study->samples[k].where;
        size_t samples = 0, w = 0;
        while (w < seen_count && seen[w] != where)
            w++;
        if (!where || w < seen_count || seen_count == sizeof seen / sizeof *seen)
            continue;
        seen[seen_count++] = where;
        for (size_t i = 0; i < study->sample_count; i++)
            samples += study->samples[i].where == where;
        for (int column = 0; column < WHERE_COLUMNS; column++) {
            document_cell(document, "%.*s", (int)strcspn(where, "\t"), where);
            where += strcspn(where, "\t");
            where += *where == '\t';
        }
        document_cell(document, "%zu", samples);
    }
}

static void add_method(struct document *document, const struct analysis *analysis,
                       const struct report_request *request) {
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
        "Each launch is one sample. Launches of different points alternate in rounds in a shuffled order, one at a time; %zu warm-up launches came before and are not counted, and %zu samples were replaced by later ones. The launcher is %s.",
        analysis->warmups, analysis->replaced,
        definition->launcher
            ? definition->launcher
            : "mpirun with a core for each thread, or without binding where there are not as many");
    document_text(
        document,
        "Medians have 95 %% intervals by ranks, which need %d samples and assume no distribution. Intervals of ratios are from the bootstrap with seed %" PRIu64
        ". A sample is disturbed if other programs used more than 5 %% of the node, the clock fell by more than a tenth, the processor throttled, or threads outnumbered the hardware's.",
        STATISTICS_SAMPLES_MIN, request->count.seed);
    if (definition->check_output)
        document_text(
            document,
            "A sample is right if a line that it printed matches '%s' and the first group of that, if there is one, is the same in all samples of the same work. Samples that are wrong do not count.",
            definition->check_output);
    if (definition->mode == STUDY_WEAK)
        document_text(
            document,
            "The work at a point is the given work times its cores%s%s. Speed-up is scaled: work per second over that of the base.",
            definition->grow ? ", by the parameter " : "",
            definition->grow ? definition->grow : "");
    if (definition->mode == STUDY_THROUGHPUT)
        document_text(
            document,
            "A point is as many copies as it has ranks, started at the same time without a launcher; its time ends with the last copy. Speed-up is copies per second over that of the base.");
}

static void add_table(struct document *document, const struct analysis *analysis) {
    char a[NUMBER_BYTES];
    document_table(
        document,
        "Medians of the samples that count; speed-ups are ratios of medians, over the base of the same parameters",
        "parameters|ranks|threads|cores|samples|left out|median s|95 % interval s|fastest to slowest s|base s|speed-up|95 % interval|ideal|efficiency|Karp-Flatt",
        false);
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point_result *result = &analysis->results[k];
        const struct point *point = &analysis->study->grid.points[result->point];
        const struct group_result *group = &analysis->groups[result->group];
        const bool based = group->base != NO_INDEX && result->count > 0;
        const struct interval all = {result->count > 0, result->count ? result->seconds[0] : 0,
                                     result->count ? result->seconds[result->count - 1] : 0};
        document_cell(document, "%s", *group->setting ? group->setting : "-");
        document_cell(document, "%" PRIu64, point->ranks);
        document_cell(document, "%" PRIu64, point->threads);
        document_cell(document, "%.0f", result->cores);
        document_cell(document, "%zu", result->count);
        document_cell(document, "%zu", result->measured - result->count);
        document_cell(document, "%s", number_text_of(result->median, a));
        document_cell(document, "%s", range_text_of(result->interval, a));
        document_cell(document, "%s", range_text_of(all, a));
        document_cell(document, "%s",
                      number_text_of(based ? analysis->results[group->base].median : NAN, a));
        document_cell(document, "%s", number_text_of(result->speedup, a));
        document_cell(document, "%s",
                      k == group->base ? "base" : range_text_of(result->speedup_interval, a));
        document_cell(document, "%s", number_text_of(result->ideal, a));
        document_cell(document, "%s", number_text_of(result->efficiency, a));
        document_cell(document, "%s", number_text_of(result->karp_flatt, a));
    }
}

static void add_figures(struct document *document, const struct analysis *analysis,
                        const bool drawn[PLOTS]) {
    char text[512], a[NUMBER_BYTES], b[NUMBER_BYTES];
    const bool along = plots_along_cores(analysis);
    if (drawn[PLOT_TIME]) {
        document_heading(document, "Figures");
        snprintf(
            text, sizeof text, "Time %s: medians with 95 %% intervals%s, and %s as faint dots.",
            along ? "over cores" : "for each set of parameters",
            along ? ", connected along cores" : ", not connected since parameters are categories",
            analysis->used > PLOT_DOTS_MAX ? "an even choice of the samples" : "all samples");
        document_figure(document, plot_names[PLOT_TIME], text);
        document_table(document, "Seconds", "parameters|ranks|threads|median|95 % interval", true);
        for (size_t k = 0; k < analysis->count; k++) {
            const struct point_result *result = &analysis->results[k];
            const char *setting = analysis->groups[result->group].setting;
            if (result->count == 0)
                continue;
            document_cell(document, "%s", *setting ? setting : "-");
            document_cell(document, "%" PRIu64, analysis->study->grid.points[result->point].ranks);
            document_cell(document, "%" PRIu64,
                          analysis->study->grid.points[result->point].threads);
            document_cell(document, "%s", number_text_of(result->median, a));
            document_cell(document, "%s", range_text_of(result->interval, b));
        }
    }
    for (int plot = PLOT_SPEEDUP; plot < PLOTS; plot++) {
        static const char *const shown[PLOTS] = {
            [PLOT_SPEEDUP] =
                "Speed-up over the base, whose absolute time stands in the table, the ideal, and the capacity where it is known.",
            [PLOT_EFFICIENCY] = "Efficiency: speed-up over the ideal speed-up.",
            [PLOT_HEAT] =
                "Efficiency over ranks and threads per rank: where the cores are used best.",
        };
        if (!drawn[plot])
            continue;
        document_figure(document, plot_names[plot], shown[plot]);
        document_table(document, plot == PLOT_SPEEDUP ? "Speed-up" : "Efficiency",
                       "parameters|ranks|threads|value|95 % interval", true);
        for (size_t k = 0; k < analysis->count; k++) {
            const struct point_result *result = &analysis->results[k];
            const char *setting = analysis->groups[result->group].setting;
            if (result->count == 0)
                continue;
            document_cell(document, "%s", *setting ? setting : "-");
            document_cell(document, "%" PRIu64, analysis->study->grid.points[result->point].ranks);
            document_cell(document, "%" PRIu64,
                          analysis->study->grid.points[result->point].threads);
            document_cell(
                document, "%s",
                number_text_of(plot == PLOT_SPEEDUP ? result->speedup : result->efficiency, a));
            document_cell(document, "%s",
                          range_text_of(plot == PLOT_SPEEDUP ? result->speedup_interval
                                                             : result->efficiency_interval,
                                        b));
        }
    }
}

/* How far there is to go: where runs say how fast their ranks were, or what the units allow. */
static void add_bounds(struct document *document, const struct analysis *analysis) {
    char a[NUMBER_BYTES], share[NUMBER_BYTES], percent[NUMBER_BYTES];
    bool capacities = false, limits = false;
    document_heading(document, "Upper bounds");
    for (size_t k = 0; k < analysis->count; k++) {
        capacities = capacities || isfinite(analysis->results[k].capacity);
        limits = limits || isfinite(analysis->results[k].limit_seconds);
    }
    document_text(
        document,
        "The ideal speed-up is that of the cores, as if all were alike and nothing else took time.%s%s",
        capacities
            ? " The capacity is what the ranks' own speeds allow, their work per second while they computed over that of the base: it knows nodes of different speed and cores that slow each other down, and what it exceeds the speed-up by is waiting, messages, start and output."
            : " How fast each rank was is not known here: runs of pi, mandelbrot and julia say it.",
        limits
            ? " The limit is the least time of computing that the arithmetic units allow at the clock of the run, measured on every rank after the work; a share above 100 % means that something slowed that measurement down."
            : " What the arithmetic units allow is not known here: runs of pi say it, and those of mandelbrot and julia with --interior brute, on paths other than scalar.");
    document_table(
        document, "What was reached of what could be; medians over the samples that count",
        "parameters|ranks|threads|ideal|capacity|speed-up|part of capacity|limit s|part of limit",
        false);
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point_result *result = &analysis->results[k];
        const struct point *point = &analysis->study->grid.points[result->point];
        const char *setting = analysis->groups[result->group].setting;
        if (result->count == 0)
            continue;
        snprintf(share, sizeof share, "%.1f %%", 100 * result->speedup / result->capacity);
        snprintf(percent, sizeof percent, "%.1f %%", 100 * result->limit_part);
        document_cell(document, "%s", *setting ? setting : "-");
        document_cell(document, "%" PRIu64, point->ranks);
        document_cell(document, "%" PRIu64, point->threads);
        document_cell(document, "%s", number_text_of(result->ideal, a));
        document_cell(document, "%s", number_text_of(result->capacity, a));
        document_cell(document, "%s", number_text_of(result->speedup, a));
        document_cell(document, "%s", isfinite(result->capacity) ? share : "-");
        document_cell(document, "%s", number_text_of(result->limit_seconds, a));
        document_cell(document, "%s", isfinite(result->limit_part) ? percent : "-");
    }
}

/* Where runs were asked for energy: more cores may be faster and take more of it for the same work.
 */
static void add_energy(struct document *document, const struct analysis *analysis) {
    const struct study *study = analysis->study;
    char a[NUMBER_BYTES];
    const char *unit = NULL;
    bool known = false;
    for (size_t k = 0; k < study->sample_count && !unit; k++)
        unit = study->samples[k].energy;
    for (size_t k = 0; k < analysis->count; k++)
        known = known || isfinite(analysis->results[k].joules);
    if (!unit)
        return;
    document_heading(document, "Energy");
    if (!known) {
        document_text(
            document,
            "The runs were asked for energy, and could not read it on every node: the counters of Linux often need root. --watts takes an assumed power instead.");
        return;
    }
    document_text(
        document,
        "What the processors of all nodes took during the work, that of other programs and of idle cores included; with --watts it is that power times the time, and nothing was measured.");
    document_table(document, "Energy; medians over the samples that count",
                   "parameters|ranks|threads|joules|watts|work per joule|unit", false);
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point_result *result = &analysis->results[k];
        const struct point *point = &study->grid.points[result->point];
        const char *setting = analysis->groups[result->group].setting;
        if (result->count == 0)
            continue;
        document_cell(document, "%s", *setting ? setting : "-");
        document_cell(document, "%" PRIu64, point->ranks);
        document_cell(document, "%" PRIu64, point->threads);
        document_cell(document, "%s", number_text_of(result->joules, a));
        document_cell(document, "%s", number_text_of(result->watts, a));
        document_cell(document, "%s", number_text_of(result->per_joule, a));
        document_cell(document, "%s", unit);
    }
}

/* What one step from a point to another is: more threads, more ranks, or lanes instead of none, all
 * else being equal. NULL: something else. Only the longest step of its kind is one. */
static const char *factor_between(const struct analysis *analysis, size_t i, size_t k, char *change,
                                  size_t bytes) {
    const struct grid *grid = &analysis->study->grid;
    const struct point_result *from = &analysis->results[i], *to = &analysis->results[k];
    const struct point *p = &grid->points[from->point], *q = &grid->points[to->point];
    const size_t path = texts_find(&grid->names, "path");
    const bool threads =
        from->group == to->group && p->ranks == q->ranks && p->threads == 1 && q->threads > 1;
    const bool ranks =
        from->group == to->group && p->threads == q->threads && p->ranks == 1 && q->ranks > 1;
    bool lanes = path < grid->names.count && p->ranks == q->ranks && p->threads == q->threads &&
                 p->values[path] && q->values[path] && strcmp(p->values[path], "scalar") == 0 &&
                 strcmp(q->values[path], "scalar") != 0;
    for (size_t n = 0; n < grid->names.count && lanes; n++)
        lanes =
            n == path || (p->values[n] && q->values[n] && strcmp(p->values[n], q->values[n]) == 0);
    if (from->count == 0 || to->count == 0 || !(threads || ranks || lanes))
        return NULL;
    for (size_t n = 0; n < analysis->count && !lanes; n++) {
        const struct point *r = &grid->points[analysis->results[n].point];
        if (analysis->results[n].group == to->group && analysis->results[n].count > 0 &&
            ((threads && r->ranks == q->ranks && r->threads > q->threads) ||
             (ranks && r->threads == q->threads && r->ranks > q->ranks)))
            return NULL;
    }
    if (threads)
        snprintf(change, bytes, "1 to %" PRIu64 " threads, %" PRIu64 " rank%s", q->threads,
                 p->ranks, p->ranks == 1 ? "" : "s");
    else if (ranks)
        snprintf(change, bytes, "1 to %" PRIu64 " ranks, %" PRIu64 " thread%s each", q->ranks,
                 p->threads, p->threads == 1 ? "" : "s");
    else
        snprintf(change, bytes, "scalar to %s, %" PRIu64 " x %" PRIu64, q->values[path], p->ranks,
                 p->threads);
    return threads ? "threads" : ranks ? "ranks" : "lanes";
}

static void add_factors(struct document *document, const struct analysis *analysis) {
    static const char *const factors[] = {"lanes", "threads", "ranks"};
    bool begun = false;
    char a[NUMBER_BYTES], b[NUMBER_BYTES], change[128];
    for (int f = 0; f < 3; f++)
        for (size_t i = 0; i < analysis->count; i++)
            for (size_t k = 0; k < analysis->count; k++) {
                const struct point_result *from = &analysis->results[i],
                                          *to = &analysis->results[k];
                const char *factor = factor_between(analysis, i, k, change, sizeof change);
                if (!factor || strcmp(factor, factors[f]) != 0)
                    continue;
                if (!begun) {
                    document_heading(document, "Factors apart");
                    document_table(
                        document,
                        "Work per second at points that differ in one thing only; both absolute times stand in the table above",
                        "factor|change|parameters|times|95 % interval", false);
                }
                begun = true;
                const struct study *study = analysis->study;
                const double work =
                    study_work(&study->definition, &study->grid.points[to->point]) /
                    study_work(&study->definition, &study->grid.points[from->point]);
                struct interval interval = statistics_ratio_interval(from->seconds, from->count,
                                                                     to->seconds, to->count, 1 + i);
                interval.low *= work, interval.high *= work;
                const char *setting = analysis->groups[to->group].setting;
                document_cell(document, "%s", factor);
                document_cell(document, "%s", change);
                document_cell(document, "%s", *setting ? setting : "-");
                document_cell(document, "%s", number_text_of(work * from->median / to->median, a));
                document_cell(document, "%s", range_text_of(interval, b));
            }
}

static void add_fits(struct document *document, const struct analysis *analysis) {
    char a[NUMBER_BYTES], b[NUMBER_BYTES];
    document_heading(document, "Laws of scaling");
    if (analysis->fit_count == 0) {
        document_text(
            document,
            "No law is fitted: that needs samples at three numbers of ranks or more, with the same parameters and threads.");
        return;
    }
    document_table(
        document,
        "Least squares on all samples that count, for each set of parameters and threads. A law says nothing beyond the cores that it was fitted on.",
        "law|parameters|threads|cores|quantity|value|95 % interval|off by", false);
    for (size_t k = 0; k < analysis->fit_count; k++) {
        const struct fit_result *result = &analysis->fits[k];
        const struct fit *fit = &result->fit;
        const char *setting = analysis->groups[result->group].setting;
        for (int p = 0; p < FIT_PARAMETERS_MAX &&
                        (law_parameters[result->law][p] && (p == 0 || !fit->refusal));
             p++) {
            document_cell(document, "%s", law_names[result->law]);
            document_cell(document, "%s", *setting ? setting : "-");
            document_cell(document, "%" PRIu64, result->threads);
            document_cell(document, fit->refusal ? "-" : "%.0f to %.0f", fit->from, fit->to);
            document_cell(document, "%s", fit->refusal ? "no fit" : law_parameters[result->law][p]);
            document_cell(document, "%s",
                          fit->refusal ? fit->refusal : number_text_of(fit->values[p], a));
            document_cell(document, "%s", fit->refusal ? "-" : range_text_of(fit->intervals[p], b));
            document_cell(document, fit->refusal ? "-" : "%.1f %%", 100 * fit->deviation);
        }
    }
    for (size_t k = 0; k < analysis->fit_count; k++) {
        const struct fit_result *result = &analysis->fits[k];
        const char *setting = analysis->groups[result->group].setting;
        if (!result->fit.refusal && result->fit.probability < FIT_MISFIT)
            document_text(
                document,
                "%s%s%s misses the points by up to %.1f %%, more than their scatter explains: it does not describe this study, and no interval is given.",
                law_names[result->law], *setting ? ", " : "", setting, 100 * result->fit.deviation);
    }
}

static void add_rules(struct document *document, const struct analysis *analysis) {
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

/* -- the subcommand ------------------------------------------------------------------------------
 */

static bool write_report(const struct analysis *analysis, const struct report_request *request,
                         const char *target, struct failure *failure) {
    const struct study *study = analysis->study;
    struct document document;
    struct failure drawing = {0};
    bool drawn[PLOTS], missing;
    char *command = command_of(&study->definition);
    /* Without the directory that a program lies in. */
    const char *first = study->definition.words.items[0], *slash = strrchr(first, '/');
    const char *name =
        command && slash && *command == *first ? command + (slash + 1 - first) : command;
    char *title =
        request->title ? strdup(request->title) : text_format("Scaling of %s", name ? name : "");
    bool good =
        (command && title) || failure_set(failure, EXIT_RUN, "out of memory for the report");
    good = good && plots_write(analysis, target, drawn, &missing, &drawing, failure);
    if (good) {
        document_begin(&document, title);
        add_summary(&document, analysis, command);
        document_heading(&document, "Times and speed-ups");
        add_table(&document, analysis);
        add_figures(&document, analysis, drawn);
        if (missing)
            document_text(
                &document,
                "Figures are missing: gnuplot was not found or failed. Their data and scripts lie next to this page.");
        add_bounds(&document, analysis);
        add_energy(&document, analysis);
        add_factors(&document, analysis);
        add_fits(&document, analysis);
        add_setting(&document, analysis);
        add_method(&document, analysis, request);
        add_rules(&document, analysis);
        document_drop_empty_columns(&document);
        const bool pdf = document_write_html(&document, target, "report.html", failure) &&
                         document_write_markdown(&document, target, "report.md", failure) &&
                         document_write_pdf(&document, target, "report.pdf", failure);
        good = failure->exit_status == EXIT_DONE;
        document_free(&document);
        if (good && missing && drawing.exit_status == EXIT_DONE)
            warning_print(
                "figures are missing: install gnuplot-nox, and run plait study report again");
        if (good)
            printf("report: %zu points, %zu samples count of %zu -> %s/report.html, report.md%s\n",
                   analysis->count, analysis->used, analysis->measured, target,
                   pdf ? ", report.pdf" : "; no PDF: this build has no cairo");
        if (good && drawing.exit_status != EXIT_DONE) {
            *failure = drawing;
            good = false;
        }
    }
    free(command);
    free(title);
    return good;
}

void study_report(const struct option_values *values, const void *options,
                  struct failure *failure) {
    const struct report_request request = *(const struct report_request *)options;
    struct study study = {.journal = -1};
    struct analysis analysis = {0};
    char *target = NULL;
    if (values_has(values, "preset")) {
        if (request.title)
            failure_set(failure, EXIT_USAGE, "--title is not for --preset, which has its own");
        else if (preset_report(request.directory, request.out, request.count.disturbed,
                               request.count.seed, failure))
            standard_output_flush(failure);
        return;
    }
    bool good = study_read(&study, request.directory, failure);
    if (good) {
        target = request.out ? strdup(request.out) : study_path(&study, "report");
        good = target ? study_make_directory(target, failure) : study_out_of_memory(failure);
    }
    good = good &&
           analyse(&analysis, &study, request.count.disturbed, request.count.seed, failure) &&
           write_report(&analysis, &request, target, failure);
    if (good)
        standard_output_flush(failure);
    analysis_free(&analysis);
    study_free(&study);
    free(target);
}

_Static_assert(sizeof(struct report_request) <= STUDY_OPTIONS_BYTES, "raise STUDY_OPTIONS_BYTES");

#define MEMBER(name) offsetof(struct report_request, name)
static const struct option rows[] = {
    {
        .name = "directory",
        .kind = OPTION_TEXT,
        .scope = OPTION_ARGUMENT,
        .argument = "DIRECTORY",
        .directory = true,
        .help = "directory of the study",
        .offset = MEMBER(directory),
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .directory = true,
        .help = "where to write report.html, report.md, report.pdf and the figures",
        .default_text = "report in the directory of the study",
        .offset = MEMBER(out),
    },
    {
        .name = "title",
        .kind = OPTION_TEXT,
        .argument = "TEXT",
        .help = "title of the report",
        .default_text = "the command",
        .offset = MEMBER(title),
    },
    {
        .name = "preset",
        .kind = OPTION_CHOICE,
        .argument = "NAME",
        .help =
            "the directory is one of study run --preset: report shows its times next to those of the report MPI with Python",
        .offset = MEMBER(preset),
        .choices = preset_names,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    {counting_option_rows, COUNTING_OPTIONS, MEMBER(count)},
    OPTION_STANDARD_TABLE,
};

const struct option_set study_report_option_set = {
    .command = "study report",
    .summary = "write the report of a study: page, Markdown, PDF, figures and their data",
    .details =
        "First what was found and how sure it is, in words; then a table of all points, figures with all samples, factors of ranks, threads and lanes, fits of Amdahl's, Gustafson's and the Universal Scalability Law with the range in which they hold, where it ran, how it was measured, and the twelve rules of Hoefler and Belli, each satisfied or not and why.\n\n"
        "report.html is one file without scripts, in light and dark. "
        "Figures are drawn by gnuplot. "
        "No speed-up is shown without the absolute time of its base, no interval from fewer than 6 samples, no mean of ratios, no line between parameters.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
