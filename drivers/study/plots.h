/* SPDX-License-Identifier: MIT
 * The figures of a report: data and gnuplot scripts in its directory, and the pictures if gnuplot
 * is there. */
#ifndef PLAIT_DRIVERS_STUDY_PLOTS_H
#define PLAIT_DRIVERS_STUDY_PLOTS_H

#include "study/analysis.h"

enum plot { PLOT_TIME, PLOT_SPEEDUP, PLOT_EFFICIENCY, PLOT_HEAT, PLOTS };
extern const char *const plot_names[PLOTS];

/* The group that the heat map shows: the first one with several ranks and several threads. The
 * number of groups: none has. */
size_t plots_heat_group(const struct analysis *analysis);

/* Writes scripts and data and draws. drawn says which plots there are: speed-up and efficiency need
 * a base and other points, the heat map several ranks and several threads. missing: gnuplot is not
 * there, or has failed; then drawing is set, which ends no report. EXIT_RUN if data or a script
 * cannot be written. */
bool plots_write(const struct analysis *analysis, const char *directory, bool drawn[PLOTS],
                 bool *missing, struct failure *drawing, struct failure *failure);

/* Whether points are connected and cores are an axis: some parameters have several numbers of
 * cores. Else the parameters are categories side by side. */
bool plots_along_cores(const struct analysis *analysis);

/* How many of the samples stand in the figures. */
enum { PLOT_DOTS_MAX = 2000 };

#endif
