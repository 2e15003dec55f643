/* SPDX-License-Identifier: MIT
 * The tables of the report MPI with Python, on the machine at hand. Its times (report_times.csv)
 * are part of the program. */
#include "study/preset.h"

#include "base/csv.h"
#include "study/analysis.h"
#include "study/document.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From the build: program,variant,machine,size,workers,seconds. */
extern const unsigned char study_report_times[];
extern const size_t study_report_times_bytes;

const char *const preset_names[] = {"report", NULL};

static const char *const pi_words[] = {"pi"};
static const char *const mandelbrot_words[] = {"mandelbrot", "--out", "null"};
static const char *const julia_words[] = {"julia", "--out", "null"};

const struct preset_part preset_parts[PRESET_PARTS] = {
    {pi_words, 1, NULL, "sweep 4^5..4^14 x 64"},
    {mandelbrot_words, 3, NULL, "1200x800"},
    {julia_words, 3, "size=640x480,1280x960,1920x1440", NULL},
};

enum { TIME_FIELDS = 6, TIMES_MAX = 512, COLUMNS = 8 };
enum { TIME_PROGRAM, TIME_VARIANT, TIME_MACHINE, TIME_SIZE, TIME_WORKERS, TIME_SECONDS };

struct report_times {
    char *text; /* holds all fields */
    char *fields[TIMES_MAX][TIME_FIELDS];
    size_t count;
};

static bool read_times(struct report_times *times, struct failure *failure) {
    times->text = strndup((const char *)study_report_times, study_report_times_bytes);
    char *rest = times->text, *line;
    if (!times->text)
        return study_out_of_memory(failure);
    for (bool header = true; (line = strsep(&rest, "\n")); header = false)
        if (!header && times->count < TIMES_MAX &&
            csv_split(line, times->fields[times->count], TIME_FIELDS) == TIME_FIELDS)
            times->count++;
    return true;
}

/* Columns of the report's times of a program: "numba, ryzen-3600". */
struct columns {
    const char *program;
    char names[COLUMNS][96];
    size_t count;
};

static void preset_find_columns(const struct report_times *times, const char *program,
                                struct columns *columns) {
    columns->count = 0;
    columns->program = program;
    for (size_t k = 0; k < times->count; k++) {
        char name[96];
        size_t c = 0;
        if (strcmp(times->fields[k][TIME_PROGRAM], program) != 0)
            continue;
        snprintf(name, sizeof name, "%s, %s", times->fields[k][TIME_VARIANT],
                 times->fields[k][TIME_MACHINE]);
        while (c < columns->count && strcmp(columns->names[c], name) != 0)
            c++;
        if (c == columns->count && c < COLUMNS)
            strcpy(columns->names[columns->count++], name);
    }
}

static const char *find_time(const struct report_times *times, const char *program,
                             const char *size, const char *workers, const char *column) {
    for (size_t k = 0; k < times->count; k++) {
        char *const *fields = times->fields[k];
        char name[96];
        snprintf(name, sizeof name, "%s, %s", fields[TIME_VARIANT], fields[TIME_MACHINE]);
        if (strcmp(fields[TIME_PROGRAM], program) == 0 && strcmp(fields[TIME_SIZE], size) == 0 &&
            strcmp(fields[TIME_WORKERS], workers) == 0 && strcmp(name, column) == 0)
            return fields[TIME_SECONDS];
    }
    return "-";
}

/* What this machine measured for that size with one thread for each of the workers; NULL: nothing.
 */
static const struct point_result *find_result(const struct analysis *analysis, const char *size,
                                              const char *workers) {
    const struct grid *grid = &analysis->study->grid;
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point *point = &grid->points[analysis->results[k].point];
        char ranks[32];
        snprintf(ranks, sizeof ranks, "%" PRIu64, point->ranks);
        if (point->threads == 1 && strcmp(ranks, workers) == 0 && analysis->results[k].count > 0 &&
            (grid->names.count == 0 || (point->values[0] && strcmp(point->values[0], size) == 0)))
            return &analysis->results[k];
    }
    return NULL;
}

static void add_row(struct document *document, const struct report_times *times,
                    const struct columns *columns, const struct analysis *analysis,
                    const char *size, const char *workers) {
    const struct point_result *result = find_result(analysis, size, workers);
    document_cell(document, "%s", size);
    document_cell(document, "%s", workers);
    document_cell(document, result ? "%.3g" : "-", result ? result->median : 0);
    if (result && result->interval.known)
        document_cell(document, "%.3g to %.3g", result->interval.low, result->interval.high);
    else
        document_cell(document, "-");
    for (size_t c = 0; c < columns->count; c++)
        document_cell(document, "%s",
                      find_time(times, columns->program, size, workers, columns->names[c]));
}

/* The table of one program: first the sizes and workers of the report, then those measured here
 * alone. */
static void add_program(struct document *document, const struct report_times *times,
                        const struct preset_part *part, const struct analysis *analysis) {
    const char *program = part->words[0];
    const struct grid *grid = &analysis->study->grid;
    struct columns columns;
    char header[1024] = "size|workers|plait here s|95 % interval s";
    preset_find_columns(times, program, &columns);
    for (size_t c = 0; c < columns.count; c++) {
        const size_t used = strlen(header);
        snprintf(header + used, sizeof header - used, "|%s", columns.names[c]);
    }
    document_heading(document, program);
    document_table(
        document,
        "Seconds; plait: ranks of one thread, medians of this machine; the others: the report's times, as it printed them",
        header, false);
    for (size_t k = 0; k < times->count; k++) {
        char *const *fields = times->fields[k];
        bool first = strcmp(fields[TIME_PROGRAM], program) == 0;
        for (size_t i = 0; i < k && first; i++)
            first = strcmp(times->fields[i][TIME_PROGRAM], program) != 0 ||
                    strcmp(times->fields[i][TIME_SIZE], fields[TIME_SIZE]) != 0 ||
                    strcmp(times->fields[i][TIME_WORKERS], fields[TIME_WORKERS]) != 0;
        if (first)
            add_row(document, times, &columns, analysis, fields[TIME_SIZE], fields[TIME_WORKERS]);
    }
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point *point = &grid->points[analysis->results[k].point];
        const char *size = part->size ? part->size : point->values[0];
        bool known = point->threads != 1 || analysis->results[k].count == 0 || !size;
        char workers[32];
        snprintf(workers, sizeof workers, "%" PRIu64, point->ranks);
        for (size_t i = 0; i < times->count && !known; i++)
            known = strcmp(times->fields[i][TIME_PROGRAM], program) == 0 &&
                    strcmp(times->fields[i][TIME_SIZE], size) == 0 &&
                    strcmp(times->fields[i][TIME_WORKERS], workers) == 0;
        if (!known)
            add_row(document, times, &columns, analysis, size, workers);
    }
}

bool preset_report(const char *directory, const char *out, bool with_disturbed, uint64_t seed,
                   struct failure *failure) {
    struct study studies[PRESET_PARTS] = {{0}};
    struct analysis analyses[PRESET_PARTS] = {{0}};
    struct document document = {0};
    struct report_times *times = calloc(1, sizeof *times);
    char *target = out ? strdup(out) : text_format("%s/report", directory);
    bool good = (times && target) || study_out_of_memory(failure);
    size_t used = 0, disturbed = 0, measured = 0;
    good = good && read_times(times, failure);
    for (size_t k = 0; k < PRESET_PARTS; k++) {
        char *path = text_format("%s/%s", directory, preset_parts[k].words[0]);
        studies[k].journal = -1;
        good = good && (path || study_out_of_memory(failure)) &&
               study_read(&studies[k], path, failure) &&
               analyse(&analyses[k], &studies[k], with_disturbed, seed, failure);
        used += analyses[k].used, disturbed += analyses[k].disturbed,
            measured += analyses[k].measured;
        free(path);
    }
    if (good) {
        document_begin(&document, "The report's programs on this machine");
        document_text(
            &document,
            "The programs of the report MPI with Python, by plait on this machine, next to the report's own times. Both do the same work; machines, compilers and languages differ, so no ratio is given: a ratio of times from different machines says nothing about the programs.");
        document_text(
            &document,
            "%zu of %zu samples count; %zu were disturbed and are %s. A median has an interval from %d samples on. What is not there was not measured.",
            used, measured, disturbed, with_disturbed ? "counted, as asked for" : "left out",
            STATISTICS_SAMPLES_MIN);
        for (size_t k = 0; k < PRESET_PARTS; k++)
            add_program(&document, times, &preset_parts[k], &analyses[k]);
        document_text(
            &document,
            "Each of the three studies has a report of its own: plait study report %s/pi, and so on, with where it ran and how it was measured.",
            directory);
        document_drop_empty_columns(&document);
        good = study_make_directory(target, failure);
        const bool pdf = good && document_write_html(&document, target, "report.html", failure) &&
                         document_write_markdown(&document, target, "report.md", failure) &&
                         document_write_pdf(&document, target, "report.pdf", failure);
        good = failure->exit_status == EXIT_DONE;
        if (good)
            printf("report: %zu of %zu samples count -> %s/report.html, report.md%s\n", used,
                   measured, target, pdf ? ", report.pdf" : "");
    }
    document_free(&document);
    for (size_t k = 0; k < PRESET_PARTS; k++) {
        analysis_free(&analyses[k]);
        study_free(&studies[k]);
    }
    if (times)
        free(times->text);
    free(times);
    free(target);
    return good;
}
