/* SPDX-License-Identifier: MIT
 * plait study export: the samples for other programs. */
#include "base/atomic_file.h"
#include "base/csv.h"
#include "base/standard_output.h"
#include "study/builds.h"
#include "study/counting_options.h"
#include "study/nodes.h"
#include "study/study.h"
#include "study/verbs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum format { FORMAT_CSV, FORMAT_JSON, FORMAT_JSONL, FORMAT_STOPWATCH, FORMAT_EXTRAP };
static const char *const formats[] = {"csv", "json", "jsonl", "stopwatch", "extrap", NULL};

struct export_request {
    int format;
    const char *directory, *out;
    struct counting_options count;
};

struct exporting {
    const struct export_request *request;
    const struct study *study;
    FILE *stream;
    size_t written;
    bool failed; /* out of memory */
};

/* -- a field of a line ---------------------------------------------------------------------------
 */

/* Text of a JSON value as a field: numbers with all digits, lists joined by spaces. */
static void put_field(struct exporting *exporting, const json_t *value) {
    FILE *stream = exporting->stream;
    char text[64], *joined = NULL;
    size_t bytes;
    if (json_is_string(value)) {
        csv_put(stream, json_string_value(value));
    } else if (json_is_integer(value)) {
        fprintf(stream, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        snprintf(text, sizeof text, "%.17g", json_real_value(value));
        csv_put(stream, text);
    } else if (json_is_array(value)) {
        FILE *list = open_memstream(&joined, &bytes);
        for (size_t k = 0; list && k < json_array_size(value); k++) {
            const json_t *item = json_array_get(value, k);
            fputs(k ? " " : "", list);
            if (json_is_string(item))
                fputs(json_string_value(item), list);
            else if (json_is_number(item))
                fprintf(list, "%.17g", json_number_value(item));
        }
        if (list && fclose(list) == 0)
            csv_put(stream, joined);
        else
            exporting->failed = true;
        free(joined);
    }
}

static void put_number(FILE *stream, double value) {
    if (isfinite(value))
        fprintf(stream, "%.17g", value);
}

static const char *const plain_fields[] = {"sample",      "phase",     "round",    "outcome",
                                           "complaint",   "timer",     "seconds",  "launch_seconds",
                                           "cpu_seconds", "repeats",   "exit",     "signal",
                                           "answer",      "disturbed", "replaces", "started"};
static const char *const environment_fields[] = {
    "host",     "hosts",      "shape",     "system",   "processor", "sockets", "cores",
    "cpus",     "path",       "version",   "launcher", "binding",   "mpi",     "libraries",
    "governor", "mhz_before", "mhz_after", "load",     "others"};
#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static void put_csv_header(const struct exporting *exporting) {
    FILE *stream = exporting->stream;
    fputs("study,ranks,threads", stream);
    for (size_t k = 0; k < COUNT_OF(plain_fields); k++)
        fprintf(stream, ",%s", plain_fields[k]);
    fputs(
        ",replaced,speed,speed_unit,limit_seconds,limit_part,joules,per_joule,joule_unit,joule_source,build",
        stream);
    for (size_t k = 0; k < COUNT_OF(environment_fields); k++)
        fprintf(stream, ",%s", environment_fields[k]);
    for (size_t k = 0; k < exporting->study->grid.names.count; k++) {
        char *name = text_format("parameter.%s", exporting->study->grid.names.items[k]);
        fputc(',', stream);
        csv_put(stream, name ? name : "");
        free(name);
    }
    fputc('\n', stream);
}

static void put_csv_line(struct exporting *exporting, const json_t *line,
                         const struct sample *sample) {
    FILE *stream = exporting->stream;
    char build[BUILD_TEXT_BYTES] = "";
    const json_t *environment = json_object_get(line, "environment"),
                 *parameters = json_object_get(line, "parameters");
    put_field(exporting, json_object_get(line, "study"));
    fputc(',', stream);
    put_field(exporting, json_object_get(line, "ranks"));
    fputc(',', stream);
    put_field(exporting, json_object_get(line, "threads"));
    for (size_t k = 0; k < COUNT_OF(plain_fields); k++) {
        fputc(',', stream);
        put_field(exporting, json_object_get(line, plain_fields[k]));
    }
    fprintf(stream, ",%s,", sample->replaced ? "yes" : "no");
    put_number(stream, sample->speed);
    fputc(',', stream);
    put_field(exporting, json_object_get(json_object_get(line, "speeds"), "unit"));
    fputc(',', stream);
    put_number(stream, sample->limit_seconds);
    fputc(',', stream);
    put_number(stream, sample->limit_part);
    fputc(',', stream);
    put_number(stream, sample->joules);
    fputc(',', stream);
    put_number(stream, sample->per_joule);
    fputc(',', stream);
    csv_put(stream, sample->energy ? sample->energy : "");
    fputc(',', stream);
    put_field(exporting, json_object_get(json_object_get(line, "energy"), "source"));
    fputc(',', stream);
    if (sample->build)
        builds_text(sample->build, build);
    csv_put(stream, build);
    for (size_t k = 0; k < COUNT_OF(environment_fields); k++) {
        fputc(',', stream);
        const json_t *value = json_object_get(environment, environment_fields[k]);
        char *joined =
            value ? NULL
                  : nodes_join(json_object_get(environment, "nodes"), environment_fields[k], " + ");
        if (joined)
            csv_put(stream, joined);
        else
            put_field(exporting, value);
        free(joined);
    }
    for (size_t k = 0; k < exporting->study->grid.names.count; k++) {
        fputc(',', stream);
        put_field(exporting, json_object_get(parameters, exporting->study->grid.names.items[k]));
    }
    fputc('\n', stream);
}

/* The report's lines: timer, status, time, sum, start, tag, message, node, user, system, version.
 */
static void put_stopwatch_line(struct exporting *exporting, const json_t *line,
                               const struct sample *sample) {
    FILE *stream = exporting->stream;
    const json_t *environment = json_object_get(line, "environment");
    const char *started = json_string_value(json_object_get(line, "started"));
    char label[512], start[32];
    grid_label(&exporting->study->grid, sample->point, label, sizeof label);
    snprintf(start, sizeof start, "%.10s %.8s", started ? started : "",
             started && strlen(started) > 11 ? started + 11 : "");
    fputs("# csv,", stream);
    csv_put(stream, exporting->study->definition.timer);
    fprintf(stream, ",%s,%.17g,%.17g,%s,", sample->outcome == OUTCOME_OK ? "ok" : "failed",
            sample->seconds, sample->seconds, start);
    csv_put(stream, exporting->study->definition.words.items[0]);
    fputc(',', stream);
    csv_put(stream, label);
    fputc(',', stream);
    put_field(exporting, json_object_get(environment, "host"));
    fputs(",,", stream);
    put_field(exporting, json_object_get(environment, "system"));
    fputc(',', stream);
    put_field(exporting, json_object_get(environment, "version"));
    fputc('\n', stream);
}

/* The value of parameter k of a point as a number; NAN: it is none. */
static double parameter_number(const struct point *point, size_t k) {
    char *end = NULL;
    const double value = point->values[k] ? strtod(point->values[k], &end) : NAN;
    return end && *end == '\0' ? value : NAN;
}

/* What jansson cannot write for want of memory is no error of the stream. */
static void dump_line(struct exporting *exporting, const json_t *line, size_t flags) {
    if (json_dumpf(line, exporting->stream, flags | JSON_REAL_PRECISION(17)) != 0 &&
        !ferror(exporting->stream))
        exporting->failed = true;
}

/* {"params": {"ranks": 4}, "callpath": "pi", "metric": "time", "value": 1.5}: what Extra-P reads.
 * It wants five values of each parameter that a model is to have, so what is the same at all points
 * is left out; parameters that are no numbers are part of the call path. */
static void put_extrap_line(struct exporting *exporting, const struct sample *sample) {
    const struct grid *grid = &exporting->study->grid;
    const struct point *point = &grid->points[sample->point];
    json_t *line = json_object(), *params = json_object();
    bool ranks = false, threads = false;
    char *path = strdup(exporting->study->definition.words.items[0]);
    for (size_t p = 0; p < grid->count; p++) {
        ranks = ranks || grid->points[p].ranks != point->ranks;
        threads = threads || grid->points[p].threads != point->threads;
    }
    if (ranks)
        json_object_set_new(params, "ranks", json_integer((json_int_t)point->ranks));
    if (threads)
        json_object_set_new(params, "threads", json_integer((json_int_t)point->threads));
    for (size_t k = 0; k < grid->names.count; k++) {
        const double value = parameter_number(point, k);
        bool varies = false;
        for (size_t p = 0; p < grid->count && !varies; p++)
            varies = parameter_number(&grid->points[p], k) != value;
        if (isfinite(value) && varies)
            json_object_set_new(params, grid->names.items[k], json_real(value));
        else if (path && point->values[k] && !isfinite(value)) {
            char *longer = text_format("%s %s=%s", path, grid->names.items[k], point->values[k]);
            free(path);
            path = longer;
        }
    }
    exporting->failed = exporting->failed || !path;
    if (json_object_size(params) == 0)
        json_object_set_new(params, "ranks", json_integer((json_int_t)point->ranks));
    json_object_set_new(line, "params", params);
    json_object_set_new(line, "callpath", json_string(path ? path : ""));
    free(path);
    json_object_set_new(line, "metric", json_string("time"));
    json_object_set_new(line, "value", json_real(sample->seconds));
    dump_line(exporting, line, 0);
    fputc('\n', exporting->stream);
    json_decref(line);
}

/* -- all lines -----------------------------------------------------------------------------------
 */

/* A line with a verdict that may have changed since it was written: see study/answers.h. */
static void update_line(const struct sample *sample, json_t *line) {
    if (!sample->judged)
        return;
    json_object_set_new(line, "outcome", json_string(outcome_names[sample->outcome]));
    json_object_set_new(line, "complaint",
                        sample->complaint ? json_string(sample->complaint) : json_null());
}

static bool export_sample(void *context, const struct sample *sample, json_t *line) {
    struct exporting *exporting = context;
    update_line(sample, line);
    const enum format format = (enum format)exporting->request->format;
    const bool all = format == FORMAT_CSV || format == FORMAT_JSON || format == FORMAT_JSONL;
    if (!all && !sample_counts(sample, exporting->request->count.disturbed))
        return true;
    switch (format) {
    case FORMAT_CSV:
        put_csv_line(exporting, line, sample);
        break;
    case FORMAT_JSON:
        fputs(exporting->written ? ",\n" : "[\n", exporting->stream);
        dump_line(exporting, line, JSON_COMPACT);
        break;
    case FORMAT_JSONL:
        dump_line(exporting, line, JSON_COMPACT);
        fputc('\n', exporting->stream);
        break;
    case FORMAT_STOPWATCH:
        put_stopwatch_line(exporting, line, sample);
        break;
    case FORMAT_EXTRAP:
        put_extrap_line(exporting, sample);
        break;
    }
    exporting->written++;
    return !exporting->failed;
}

static bool export_all(struct exporting *exporting, struct failure *failure) {
    if (exporting->request->format == FORMAT_CSV)
        put_csv_header(exporting);
    if (exporting->request->format == FORMAT_STOPWATCH)
        fputs(
            "# csv,timer,status,time,sum,start,tag,msg,uname.node,user,uname.system,platform.version\n",
            exporting->stream);
    if (!study_each_sample(exporting->study, export_sample, exporting, failure))
        return false;
    if (exporting->failed)
        return study_out_of_memory(failure);
    if (exporting->request->format == FORMAT_JSON)
        fputs(exporting->written ? "\n]\n" : "[]\n", exporting->stream);
    return true;
}

void study_export(const struct option_values *values, const void *options,
                  struct failure *failure) {
    const struct export_request request = *(const struct export_request *)options;
    (void)values;
    struct study study = {.journal = -1};
    struct atomic_file file = {0};
    bool good = study_read(&study, request.directory, failure) &&
                (!request.out || atomic_file_open(&file, request.out, failure));
    if (good) {
        struct exporting exporting = {&request, &study, request.out ? file.stream : stdout, 0,
                                      false};
        good = export_all(&exporting, failure);
        if (good && request.out && atomic_file_commit(&file, failure))
            printf("export: %zu sample%s -> %s\n", exporting.written,
                   exporting.written == 1 ? "" : "s", request.out);
    }
    atomic_file_abandon(&file);
    study_free(&study);
    if (failure->exit_status == EXIT_DONE)
        standard_output_flush(failure);
}

_Static_assert(sizeof(struct export_request) <= STUDY_OPTIONS_BYTES, "raise STUDY_OPTIONS_BYTES");

#define MEMBER(name) offsetof(struct export_request, name)
static const struct option rows[] = {
    {
        .name = "format",
        .kind = OPTION_CHOICE,
        .scope = OPTION_ARGUMENT,
        .argument = "FORMAT",
        .help =
            "csv: a row per sample, with every field; json: a list of samples; jsonl: a sample per line; stopwatch: the report's '# csv' lines; extrap: JSON lines that Extra-P reads",
        .offset = MEMBER(format),
        .choices = formats,
    },
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
        .argument = "FILE",
        .help = "where to write",
        .default_text = "standard output",
        .offset = MEMBER(out),
        .replaces = true,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    {counting_option_rows, COUNTING_OPTIONS_DISTURBED, MEMBER(count)},
    OPTION_STANDARD_TABLE,
};

const struct option_set study_export_option_set = {
    .command = "study export",
    .summary = "write the samples of a study for other programs",
    .details =
        "csv, json and jsonl have every sample of the journal, warm-ups, failures and replaced ones included, with fields that say so. stopwatch and extrap have the samples that count: measured, right, not replaced and, without --disturbed, not disturbed.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
