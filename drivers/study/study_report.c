/* SPDX-License-Identifier: MIT
 * plait study report: what was found in words, then tables, figures, fits and rules, as a page, as
 * Markdown and as PDF. */
#include "base/standard_output.h"
#include "base/warning.h"
#include "options/shell_words.h"
#include "study/counting_options.h"
#include "study/preset.h"
#include "study/progress.h"
#include "study/report_parts.h"
#include "study/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report_request {
    const char *directory, *out, *title;
    int preset;
    struct counting_options count;
};

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
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
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
        report_add_summary(&document, analysis, command);
        report_add_setting(&document, analysis);
        document_heading(&document, "Times and speed-ups");
        report_add_table(&document, analysis);
        report_add_figures(&document, analysis, drawn);
        if (missing)
            document_text(
                &document,
                "Figures are missing: gnuplot was not found or failed. Their data and scripts lie next to this page.");
        report_add_bounds(&document, analysis);
        report_add_energy(&document, analysis);
        report_add_factors(&document, analysis);
        report_add_fits(&document, analysis);
        report_add_method(&document, analysis, request->count.seed);
        report_add_rules(&document, analysis);
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
            printf(
                "report: %zu point%s, %zu of %zu sample%s count -> %s/report.html, report.md%s\n",
                analysis->count, analysis->count == 1 ? "" : "s", analysis->used,
                analysis->measured, analysis->measured == 1 ? "" : "s", target,
                pdf ? ", report.pdf" : "; no PDF: this build has no cairo");
        if (good && !analysis->with_disturbed)
            progress_print_notes(study, stdout);
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
        "First what was found and how sure it is, in words; then what ran where, a table of all points, figures with all samples, upper bounds, factors of ranks, threads and lanes, fits of Amdahl's, Gustafson's and the Universal Scalability Law with the range in which they hold, how it was measured, and the twelve rules of Hoefler and Belli, each satisfied or not and why.\n\n"
        "report.html is one file without scripts, in light and dark. "
        "Figures are drawn by gnuplot. "
        "No speed-up is shown without the absolute time of its base, no interval from fewer than 6 samples, no mean of ratios, no line between parameters.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
