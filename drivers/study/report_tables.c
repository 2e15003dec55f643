/* SPDX-License-Identifier: MIT
 * What a report shows in tables and figures: times, speed-ups, upper bounds, energy, factors, laws.
 */
#include "study/report_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void report_add_table(struct document *document, const struct analysis *analysis) {
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
        document_cell(document, "%s", report_number(result->median, a));
        document_cell(document, "%s", report_range(result->interval, a));
        document_cell(document, "%s", report_range(all, a));
        document_cell(document, "%s",
                      report_number(based ? analysis->results[group->base].median : NAN, a));
        document_cell(document, "%s", report_number(result->speedup, a));
        document_cell(document, "%s",
                      k == group->base ? "base" : report_range(result->speedup_interval, a));
        document_cell(document, "%s", report_number(result->ideal, a));
        document_cell(document, "%s", report_number(result->efficiency, a));
        document_cell(document, "%s", report_number(result->karp_flatt, a));
    }
}

void report_add_figures(struct document *document, const struct analysis *analysis,
                        const bool drawn[PLOTS]) {
    char text[768], a[NUMBER_BYTES], b[NUMBER_BYTES];
    const bool along = plots_along_cores(analysis);
    bool limits = false, laws = false;
    for (size_t k = 0; k < analysis->count; k++)
        limits = limits || isfinite(analysis->results[k].limit_seconds);
    for (size_t k = 0; k < analysis->fit_count; k++)
        laws = laws || (!analysis->fits[k].fit.refusal && analysis->fits[k].law != LAW_USL);
    if (drawn[PLOT_TIME]) {
        document_heading(document, "Figures");
        snprintf(
            text, sizeof text, "Time %s: medians with 95 %% intervals%s, and %s as faint dots.%s%s",
            along ? "over cores" : "for each set of parameters",
            along ? ", connected along cores" : ", not connected since parameters are categories",
            analysis->used > PLOT_DOTS_MAX ? "an even choice of the samples" : "all samples",
            limits
                ? " Thin and dashed in the colour of its points: the limit, the least time of computing that the arithmetic units allow."
                : "",
            laws ? " Grey and dashed: the law that was fitted, on its cores." : "");
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
            document_cell(document, "%s", report_number(result->median, a));
            document_cell(document, "%s", report_range(result->interval, b));
        }
    }
    for (int plot = PLOT_SPEEDUP; plot < PLOTS; plot++) {
        static const char *const shown[PLOTS] = {
            [PLOT_SPEEDUP] =
                "Speed-up over the base, whose absolute time stands in the table, and the ideal, that of the cores. Thin and dashed, where it is known: the capacity, that of the ranks' own speeds.",
            [PLOT_EFFICIENCY] = "Efficiency: speed-up over the ideal speed-up.",
            [PLOT_HEAT] =
                "Efficiency over ranks and threads per rank: where the cores are used best.",
        };
        if (!drawn[plot])
            continue;
        const size_t heat = plot == PLOT_HEAT ? plots_heat_group(analysis) : NO_INDEX;
        if (heat < analysis->group_count && *analysis->groups[heat].setting) {
            snprintf(
                text, sizeof text,
                "Efficiency over ranks and threads per rank, of %.512s: where the cores are used best.%s",
                analysis->groups[heat].setting,
                analysis->group_count > 1 ? " The data has the other parameters, too." : "");
            document_figure(document, plot_names[plot], text);
        } else {
            document_figure(document, plot_names[plot], shown[plot]);
        }
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
                report_number(plot == PLOT_SPEEDUP ? result->speedup : result->efficiency, a));
            document_cell(document, "%s",
                          report_range(plot == PLOT_SPEEDUP ? result->speedup_interval
                                                            : result->efficiency_interval,
                                       b));
        }
    }
}

/* How far there is to go: where runs say how fast their ranks were, or what the units allow. */
void report_add_bounds(struct document *document, const struct analysis *analysis) {
    char a[NUMBER_BYTES], share[NUMBER_BYTES], percent[NUMBER_BYTES];
    bool capacities = false, limits = false, beyond = false;
    document_heading(document, "Upper bounds");
    for (size_t k = 0; k < analysis->count; k++) {
        capacities = capacities || isfinite(analysis->results[k].capacity);
        limits = limits || isfinite(analysis->results[k].limit_seconds);
        beyond = beyond || analysis->results[k].speedup > 1.005 * analysis->results[k].capacity;
    }
    document_text(
        document,
        "The ideal speed-up is that of the cores, as if all were alike and nothing else took time.%s%s",
        capacities
            ? " The capacity is what the ranks' own speeds allow, their work per second while they computed over that of the base: it knows nodes of different speed and cores that slow each other down, and what it exceeds the speed-up by is waiting, messages, start and output."
            : " How fast each rank was is not known here: runs of pi, mandelbrot and julia say it.",
        limits
            ? " The limit is the least time of computing that the arithmetic units allow at the clock of the run, measured on every rank after the work. The part of the limit is that time over the time that computing took (computing s, which is the time in the table of all points without start, messages and output); above 100 % something slowed that measurement down."
            : " What the arithmetic units allow is not known here: runs of pi say it, and those of mandelbrot and julia with --interior brute, on paths other than scalar.");
    if (beyond)
        document_text(
            document,
            "A part of the capacity above 100 %% is no error: the ranks computed more slowly there than at the base, by memory or caches that they share, while what else is in the time, such as start and output, was not slower.");
    document_table(
        document, "What was reached of what could be; medians over the samples that count",
        "parameters|ranks|threads|ideal|capacity|speed-up|part of capacity|limit s|computing s|part of limit",
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
        document_cell(document, "%s", report_number(result->ideal, a));
        document_cell(document, "%s", report_number(result->capacity, a));
        document_cell(document, "%s", report_number(result->speedup, a));
        document_cell(document, "%s", isfinite(result->capacity) ? share : "-");
        document_cell(document, "%s", report_number(result->limit_seconds, a));
        document_cell(document, "%s", report_number(result->compute_seconds, a));
        document_cell(document, "%s", isfinite(result->limit_part) ? percent : "-");
    }
}

/* Where runs were asked for energy: more cores may be faster and take more of it for the same work.
 */
void report_add_energy(struct document *document, const struct analysis *analysis) {
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
        document_cell(document, "%s", report_number(result->joules, a));
        document_cell(document, "%s", report_number(result->watts, a));
        document_cell(document, "%s", report_number(result->per_joule, a));
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

void report_add_factors(struct document *document, const struct analysis *analysis) {
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
                document_cell(document, "%s", report_number(work * from->median / to->median, a));
                document_cell(document, "%s", report_range(interval, b));
            }
}

void report_add_fits(struct document *document, const struct analysis *analysis) {
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
                          fit->refusal ? fit->refusal : report_number(fit->values[p], a));
            document_cell(document, "%s", fit->refusal ? "-" : report_range(fit->intervals[p], b));
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
