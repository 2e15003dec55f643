/* SPDX-License-Identifier: MIT
 * Reports, JSON through jansson. */
#include "files/report.h"

#include "base/atomic_file.h"
#include "base/build_identity.h"
#include "base/decimal.h"
#include "base/number.h"
#include "plait/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum { DEPTH_MAX = 8 };

struct report {
    json_t
        *open[DEPTH_MAX]; /* open[0] is the whole; each other one is a member of the one before */
    size_t depth;         /* number of open ones */
    bool failed;          /* jansson ran out of memory somewhere */
};

/* Takes over the reference to value, as jansson's _new functions do. */
static void put(struct report *report, const char *key, json_t *value) {
    json_t *open = report->open[report->depth - 1];
    const int code =
        key ? json_object_set_new(open, key, value) : json_array_append_new(open, value);
    report->failed = report->failed || code != 0;
}

static void report_open_below(struct report *report, const char *key, json_t *value) {
    put(report, key, value);
    if (report->depth < DEPTH_MAX && value)
        report->open[report->depth++] = value;
    else
        report->failed = true;
}

void report_open_object(struct report *report, const char *key) {
    report_open_below(report, key, json_object());
}

void report_open_array(struct report *report, const char *key) {
    report_open_below(report, key, json_array());
}

void report_close(struct report *report) {
    if (report->depth > 1)
        report->depth--;
}

void report_count(struct report *report, const char *key, uint64_t value) {
    /* jansson's integers are signed; counts stay far below that. */
    put(report, key, json_integer((json_int_t)value));
}

void report_integer(struct report *report, const char *key, int64_t value) {
    put(report, key, json_integer((json_int_t)value));
}

void report_real(struct report *report, const char *key, double value) {
    json_t *real = json_real(value); /* NULL for what is not finite */
    put(report, key, real ? real : json_null());
}

void report_flag(struct report *report, const char *key, bool value) {
    put(report, key, json_boolean(value));
}

void report_text(struct report *report, const char *key, const char *text) {
    json_t *string = json_string(text); /* NULL for what is not UTF-8: file names may be anything */
    put(report, key, string ? string : json_string("(not UTF-8)"));
}

void report_null(struct report *report, const char *key) {
    put(report, key, json_null());
}

void report_identifier(struct report *report, const char *key, uint64_t value) {
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    report_text(report, key, text);
}

/* An exact number: a number where a double has its value, else the text. */
static void put_exact(struct report *report, const char *key, const char *text, size_t length) {
    const struct decimal exact = decimal_of(text, length);
    char *copy = strndup(text, length);
    double value = 0;
    if (!copy)
        report->failed = true;
    else if (exact.digits <= 17 && !number_real(copy, &value))
        report_real(report, key, value);
    else
        report_text(report, key, copy);
    free(copy);
}

void report_decimal(struct report *report, const char *key, const char *text) {
    put_exact(report, key, text, strlen(text));
}

/* One option's value with the type that its kind has in JSON. The text has passed its row's checks.
 */
static void put_parameter(struct report *report, const char *key, const struct option *option,
                          const char *text) {
    struct failure ignored = {0};
    union {
        bool flag;
        uint64_t count;
        double real, reals[OPTION_REALS_MAX];
        struct option_size size;
        int choice;
        const char *text;
    } value;
    if (option->kind == OPTION_TEXTS) {
        report_text(report, key, text);
        return;
    }
    if (!option_parse(option, option->name, text, &value, &ignored)) {
        report->failed = true;
        return;
    }
    switch (option->kind) {
    case OPTION_FLAG:
        put(report, key, json_boolean(value.flag));
        break;
    case OPTION_COUNT:
        report_count(report, key, value.count);
        break;
    case OPTION_REAL:
        if (option->exact)
            put_exact(report, key, text, strlen(text));
        else
            report_real(report, key, value.real);
        break;
    case OPTION_REALS:
        report_open_array(report, key);
        for (size_t k = 0; k < option->reals; k++) {
            const char *piece = text;
            const size_t length = option->exact ? decimal_piece(text, k, &piece) : 0;
            if (option->exact)
                put_exact(report, NULL, piece, length);
            else
                report_real(report, NULL, value.reals[k]);
        }
        report_close(report);
        break;
    case OPTION_SIZE:
        report_open_array(report, key);
        report_count(report, NULL, value.size.width);
        report_count(report, NULL, value.size.height);
        report_close(report);
        break;
    case OPTION_CHOICE:
        report_text(report, key, option->choices[value.choice]);
        break;
    case OPTION_TEXT:
    case OPTION_TEXTS:
        report_text(report, key, text);
        break;
    }
}

static void put_parameters(struct report *report, const struct option_values *values) {
    report_open_object(report, "parameters");
    for (size_t k = 0; k < values->count; k++) {
        const struct option *option = option_at(values->set, k, NULL);
        const struct option_value *value = &values->items[k];
        if (option->offset == OPTION_NO_MEMBER)
            continue; /* --help and the like say nothing about the run */
        if (option->kind == OPTION_TEXTS) {
            report_open_array(report, option->name);
            for (size_t i = 0; i < value->count; i++)
                put_parameter(report, NULL, option, value->texts[i]);
            report_close(report);
        } else if (values_counts(values, option->name)) {
            put_parameter(report, option->name, option, value->texts[0]);
        } else {
            put(report, option->name, json_null());
        }
    }
    report_close(report);
}

static void put_text_or_null(struct report *report, const char *key, const char *text) {
    if (*text)
        report_text(report, key, text);
    else
        put(report, key, json_null());
}

static void put_placement(struct report *report, const struct report_places *places) {
    report_open_array(report, "placement");
    for (size_t r = 0; r < places->rank_count; r++) {
        const struct placement *rank = &places->ranks[r];
        size_t node = 0;
        while (node < places->node_count && places->nodes[node].rank != rank->node)
            node++;
        report_open_object(report, NULL);
        report_text(report, "host", rank->host);
        report_count(report, "node", node);
        report_count(report, "visible_cores", (uint64_t)rank->visible_cores);
        put_text_or_null(report, "cpus", rank->cpus);
        if (rank->cpu_quota > 0)
            report_real(report, "cpu_quota", rank->cpu_quota);
        else
            put(report, "cpu_quota", json_null());
        report_count(report, "threads", (uint64_t)rank->threads);
        report_text(report, "path", rank->path);
        put_text_or_null(report, "device", rank->device_why[0] ? "" : rank->device);
        report_close(report);
    }
    report_close(report);
}

static void put_moment(struct report *report, const char *key,
                       const struct machine_moment *moment) {
    report_open_object(report, key);
    report_real(report, "mhz", moment->mhz);
    report_real(report, "load", moment->load);
    report_real(report, "throttles", moment->throttles);
    report_close(report);
}

static void put_nodes(struct report *report, const struct report_places *places) {
    report_open_array(report, "nodes");
    for (size_t n = 0; n < places->node_count; n++) {
        const struct machine_record *node = &places->nodes[n];
        const struct machine *machine = &node->machine;
        report_open_object(report, NULL);
        report_text(report, "host", machine->host);
        report_identifier(report, "boot", machine->boot);
        put_text_or_null(report, "system", machine->system);
        put_text_or_null(report, "processor", machine->processor);
        report_count(report, "sockets", (uint64_t)machine->sockets);
        report_count(report, "cores", (uint64_t)machine->cores);
        report_count(report, "cpus", (uint64_t)machine->cpus);
        put_text_or_null(report, "governor", machine->governor);
        report_text(report, "mpi", places->ranks[node->rank].mpi);
        report_text(report, "libraries", machine->libraries);
        put_moment(report, "before", &node->before);
        put_moment(report, "after", &node->after);
        report_real(report, "seconds", node->seconds);
        report_real(report, "busy_seconds", node->after.busy_seconds - node->before.busy_seconds);
        report_real(report, "own_seconds", node->own_seconds);
        report_close(report);
    }
    report_close(report);
}

/* Words that spaces separate, as a list. */
static void put_words(struct report *report, const char *key, const char *words) {
    report_open_array(report, key);
    while (*(words += strspn(words, " "))) {
        const size_t bytes = strcspn(words, " ");
        put(report, NULL, json_stringn(words, bytes));
        words += bytes;
    }
    report_close(report);
}

static void put_build(struct report *report) {
    const struct build_identity *build = build_identity();
    if (!build)
        return;
    report_open_object(report, "build");
    put_text_or_null(report, "commit", build->commit ? build->commit : "");
    put_text_or_null(report, "changes", build->changes ? build->changes : "");
    report_text(report, "compiler", build->compiler);
    report_text(report, "flags", build->flags);
    put_words(report, "features", build->features);
    put_words(report, "paths", build->paths);
    report_close(report);
}

struct report *report_new(const struct option_values *values, const struct report_places *places) {
    struct report *report = calloc(1, sizeof *report);
    if (!report)
        return NULL;
    report->open[0] = json_object();
    report->depth = 1;
    report_text(report, "command", values->set->command);
    report_text(report, "version", plait_version());
    put_build(report);
    put_parameters(report, values);
    put_placement(report, places);
    put_nodes(report, places);
    return report;
}

void report_free(struct report *report) {
    if (!report)
        return;
    json_decref(report->open[0]);
    free(report);
}

bool report_write(const struct report *report, const char *path, struct failure *failure) {
    struct atomic_file file;
    if (!report || report->failed)
        return failure_set(failure, EXIT_RUN, "out of memory for the report '%s'", path);
    if (!atomic_file_open(&file, path, failure))
        return false;
    const int code =
        json_dumpf(report->open[0], file.stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    if (code != 0 && !ferror(file.stream)) { /* no error of the file, which the commit would find */
        atomic_file_abandon(&file);
        return failure_set(failure, EXIT_RUN, "out of memory for the report '%s'", path);
    }
    fputc('\n', file.stream);
    return atomic_file_commit(&file, failure);
}
