/* SPDX-License-Identifier: MIT
 * The parts of a report, in the order in which they stand there. Each adds its blocks to the
 * document; those of which nothing is known add nothing, or say why. */
#ifndef PLAIT_DRIVERS_STUDY_REPORT_PARTS_H
#define PLAIT_DRIVERS_STUDY_REPORT_PARTS_H

#include "study/analysis.h"
#include "study/document.h"
#include "study/plots.h"

/* -- report_words.c */

enum { NUMBER_BYTES = 64 };

/* Three digits; "-" for what is not known. */
const char *report_number(double value, char text[NUMBER_BYTES]);

/* "1.2 to 1.4" with three digits and more where the ends would look alike; "-". */
const char *report_range(struct interval interval, char text[NUMBER_BYTES]);

void report_add_summary(struct document *document, const struct analysis *analysis,
                        const char *command);
void report_add_setting(struct document *document, const struct analysis *analysis);
/* seed: of the bootstrap. */
void report_add_method(struct document *document, const struct analysis *analysis, uint64_t seed);
void report_add_rules(struct document *document, const struct analysis *analysis);

/* -- report_tables.c */

void report_add_table(struct document *document, const struct analysis *analysis);
/* drawn: the figures that there are. */
void report_add_figures(struct document *document, const struct analysis *analysis,
                        const bool drawn[PLOTS]);
void report_add_bounds(struct document *document, const struct analysis *analysis);
void report_add_energy(struct document *document, const struct analysis *analysis);
void report_add_factors(struct document *document, const struct analysis *analysis);
void report_add_fits(struct document *document, const struct analysis *analysis);

#endif
