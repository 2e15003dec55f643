/* SPDX-License-Identifier: MIT
 * plait study status: what is there, what is missing, what is noisy, and how long the rest takes.
 */
#include "base/standard_output.h"
#include "study/progress.h"
#include "study/statistics.h"
#include "study/verbs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct status_request {
    const char *directory;
    uint64_t repeat;
};

static void print_point(const struct study *study, size_t p,
                        const struct point_progress *progress) {
    char label[256], width[32] = "-";
    size_t count;
    double *seconds = point_seconds(study, p, false, &count);
    grid_label(&study->grid, p, label, sizeof label);
    if (seconds && count >= STATISTICS_SAMPLES_MIN)
        snprintf(width, sizeof width, "%.3g %%", 100 * statistics_relative_width(seconds, count));
    printf("%-40s %8zu %6zu %10zu %7zu  %s\n", label, progress->measured, progress->good,
           progress->disturbed, progress->bad, width);
    free(seconds);
}

void study_status(const struct option_values *values, const void *options,
                  struct failure *failure) {
    struct status_request request = *(const struct status_request *)options;
    (void)values;
    struct study study = {.journal = -1};
    if (!study_read(&study, request.directory, failure)) {
        study_free(&study);
        return;
    }
    request.repeat = request.repeat ? request.repeat : study.repeat;
    struct point_progress *progress = study_progress(&study);
    if (!progress) {
        study_out_of_memory(failure);
        study_free(&study);
        return;
    }
    size_t measured = 0, missing = 0, noisy = 0, bad = 0, launches = 0;
    double rest = 0, mean = 0;
    for (size_t p = 0; p < study.grid.count; p++) {
        measured += progress[p].measured;
        noisy += progress[p].disturbed;
        bad += progress[p].bad;
        if (progress[p].measured) {
            mean += progress[p].launch_seconds * (double)progress[p].measured;
            launches += progress[p].measured;
        }
    }
    mean = launches ? mean / (double)launches : NAN;
    printf("# %s study of '%s", study_modes[study.definition.mode],
           study.definition.words.items[0]);
    for (size_t k = 1; k < study.definition.words.count; k++)
        printf(" %s", study.definition.words.items[k]);
    printf("', begun %s\n%-40s %8s %6s %10s %7s  %s\n", study.created, "# point", "samples", "good",
           "disturbed", "failed", "interval +-");
    for (size_t p = 0; p < study.grid.count; p++) {
        const size_t has = progress[p].measured;
        print_point(&study, p, &progress[p]);
        if (has < request.repeat) {
            missing += request.repeat - has;
            rest += (double)(request.repeat - has) * (has ? progress[p].launch_seconds : mean);
        }
    }
    char time[64] = "", unreadable[64] = "";
    if (study.bad_lines > 0)
        snprintf(unreadable, sizeof unreadable, "; %zu line%s cannot be read", study.bad_lines,
                 study.bad_lines == 1 ? "" : "s");
    if (missing > 0 && isfinite(rest))
        duration_text(rest, time, sizeof time);
    printf(
        "# %zu point%s, %zu sample%s, %zu missing of %ju each, %zu disturbed, %zu failed%s%s%s%s\n",
        study.grid.count, study.grid.count == 1 ? "" : "s", measured, measured == 1 ? "" : "s",
        missing, (uintmax_t)request.repeat, noisy, bad, *time ? "; the rest takes about " : "",
        time, unreadable, study.torn ? "; the last line is torn" : "");
    progress_print_notes(&study, stdout);
    free(progress);
    study_free(&study);
    standard_output_flush(failure);
}

_Static_assert(sizeof(struct status_request) <= STUDY_OPTIONS_BYTES, "raise STUDY_OPTIONS_BYTES");

#define MEMBER(name) offsetof(struct status_request, name)
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
        .name = "repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "samples that each point should have",
        .default_text = "what the last run asked for",
        .offset = MEMBER(repeat),
        .min = 1,
        .max = 100000,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    OPTION_STANDARD_TABLE,
};

const struct option_set study_status_option_set = {
    .command = "study status",
    .summary = "show what a study has, what is missing, what is noisy",
    .details =
        "A line per point: samples measured, how many of them are right and undisturbed, disturbed, failed or wrong, and how far the 95 % interval of the median reaches from it, as a part of it ('-': fewer than 6 samples). Then what to know before using them: samples of several builds, of different answers, or most of them disturbed. Reads only: a study may be under way.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
