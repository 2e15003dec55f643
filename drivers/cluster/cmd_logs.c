/* SPDX-License-Identifier: MIT
 * plait logs merge: the StopWatch lines of many logs in one table. All logs are read before
 * anything is written. */
#include "base/atomic_file.h"
#include "base/standard_output.h"
#include "base/warning.h"
#include "cluster/csv_log.h"
#include "run/command.h"

#include <stdio.h>
#include <string.h>

struct logs_options {
    struct option_texts logs;
    const char *out; /* NULL: standard output */
    bool skip_bad;
};

static bool is_standard_input(const char *path) {
    return strcmp(path, "-") == 0;
}

static bool logs_check_out(const struct logs_options *options, struct failure *failure) {
    if (!options->out)
        return true;
    for (size_t k = 0; k < options->logs.count; k++) {
        const char *log = options->logs.items[k];
        if (!is_standard_input(log) && atomic_file_same_target(options->out, log))
            return failure_set(failure, EXIT_USAGE,
                               "--out: '%s' is one of the logs: choose another file", options->out);
    }
    return atomic_file_check(options->out, failure);
}

static bool read_log(struct csv_log *log, const char *path, struct failure *failure) {
    struct text_file file;
    bool good = true;
    if (is_standard_input(path))
        text_file_standard_input(&file, "log");
    else
        good = text_file_open(&file, "log", path, TEXT_PIPE_AWAITED, failure);
    good = good && csv_log_read(log, &file, failure);
    text_file_close(&file);
    return good;
}

/* Printed when all logs have been read: an error is to be one line. */
static void logs_warn(const struct csv_log *log, bool skip_bad) {
    for (size_t k = 0; k < log->bad.count; k++)
        warning_print(log->bad.items[k]);
    if (log->bad.count > 0 && skip_bad) {
        char line[FAILURE_TEXT_BYTES];
        snprintf(line, sizeof line, "%zu bad line%s left out", log->bad.count,
                 log->bad.count == 1 ? " is" : "s are");
        warning_print(line);
    }
    if (log->records.count + log->bad.count > 0)
        return;
    if (log->headers > 0)
        warning_print("no line follows a header: give logs of runs that have ended");
    else
        warning_print("no line begins with '# csv,': give logs of runs with --csv");
}

static bool logs_write_file(const struct csv_log *log, const char *path, struct failure *failure) {
    struct atomic_file file;
    if (!atomic_file_open(&file, path, failure))
        return false;
    csv_log_write(log, file.stream);
    return atomic_file_commit(&file, failure);
}

static bool logs_write(const struct csv_log *log, const struct logs_options *options,
                       struct failure *failure) {
    if (options->out) {
        if (!logs_write_file(log, options->out, failure))
            return false;
        printf("logs: %zu line%s of %zu log%s, %zu repeated, %zu bad -> %s\n", log->records.count,
               log->records.count == 1 ? "" : "s", options->logs.count,
               options->logs.count == 1 ? "" : "s", log->repeats, log->bad.count, options->out);
    } else {
        csv_log_write(log, stdout);
    }
    return standard_output_flush(failure);
}

static void logs_run(struct option_values *values, struct failure *failure) {
    struct logs_options options = {0};
    struct csv_log log = {0};
    bool good = values_apply(values, &options, failure) && logs_check_out(&options, failure);
    for (size_t k = 0; good && k < options.logs.count; k++)
        good = read_log(&log, options.logs.items[k], failure);
    if (good) {
        logs_warn(&log, options.skip_bad);
        good = logs_write(&log, &options, failure);
    }
    /* The table is there, but a script must not take it for the whole of the logs. */
    if (good && log.bad.count > 0 && !options.skip_bad)
        failure_set(failure, EXIT_RUN,
                    "%zu bad line%s left out: correct the logs, or accept that by --skip-bad",
                    log.bad.count, log.bad.count == 1 ? " is" : "s are");
    csv_log_free(&log);
}

static const char *const actions[] = {"merge", NULL};

static const struct option rows[] = {
    {
        .name = "action",
        .kind = OPTION_CHOICE,
        .scope = OPTION_ARGUMENT,
        .argument = "ACTION",
        .help = "what to do with the logs",
        .offset = OPTION_NO_MEMBER, /* there is only one */
        .choices = actions,
    },
    {
        .name = "logs",
        .kind = OPTION_TEXTS,
        .scope = OPTION_ARGUMENT,
        .argument = "FILE",
        .help = "logs to read, '-' is standard input; pipes are read like files",
        .offset = offsetof(struct logs_options, logs),
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help = "where to write the table",
        .default_text = "standard output",
        .offset = offsetof(struct logs_options, out),
        .replaces = true,
    },
    {
        .name = "skip-bad",
        .kind = OPTION_FLAG,
        .help = "accept that lines of the wrong form are left out: exit status 0 nevertheless",
        .offset = offsetof(struct logs_options, skip_bad),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "logs",
    .summary = "merge the StopWatch lines of many logs into one table",
    .details =
        "Reads the lines that begin with '# csv,' or '#csv,', which other subcommands and the "
        "report's StopWatch print with --csv, also after a launcher's label of the rank. Leaves "
        "out those that have been there, and writes the others as one CSV file with one header. A "
        "log may hold anything else; its own header says which columns it has. Values of Python "
        "with commas between brackets are one column. Lines of the wrong form are reported on "
        "standard error with their file and number, counted and left out; then the exit status is "
        "1 without --skip-bad. No MPI is started.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_logs = {.options = &set, .run_local = logs_run};
