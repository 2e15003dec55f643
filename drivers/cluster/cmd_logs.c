/* SPDX-License-Identifier: MIT
 * plait logs merge: the StopWatch lines of many logs in one table. All logs are read before
 * anything is written. */
#include "base/atomic_file.h"
#include "base/warning.h"
#include "cluster/csv_log.h"
#include "cluster/logs_options.h"
#include "run/command.h"

#include <stdio.h>
#include <string.h>

static bool is_standard_input(const char *path) {
    return strcmp(path, "-") == 0;
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

static bool logs_work(struct run *run, void *state, struct failure *failure) {
    const struct logs_options *options = run->options;
    struct csv_log *log = state;
    for (size_t k = 0; k < options->logs.count; k++)
        if (!read_log(log, options->logs.items[k], failure))
            return false;
    logs_warn(log, options->skip_bad);
    return !options->out || logs_write_file(log, options->out, failure);
}

static bool logs_print(const struct run *run, void *state, struct failure *failure) {
    const struct logs_options *options = run->options;
    const struct csv_log *log = state;
    (void)failure;
    if (options->out)
        printf("logs: %zu line%s of %zu log%s, %zu repeated, %zu bad -> %s\n", log->records.count,
               log->records.count == 1 ? "" : "s", options->logs.count,
               options->logs.count == 1 ? "" : "s", log->repeats, log->bad.count, options->out);
    else
        csv_log_write(log, stdout);
    return true;
}

/* The table is there, but a script must not take it for the whole of the logs. */
static bool logs_judge(const struct run *run, void *state, struct failure *failure) {
    const struct logs_options *options = run->options;
    const struct csv_log *log = state;
    return log->bad.count == 0 || options->skip_bad ||
           failure_set(failure, EXIT_RUN,
                       "%zu bad line%s left out: correct the logs, or accept that by --skip-bad",
                       log->bad.count, log->bad.count == 1 ? " is" : "s are");
}

static void logs_free(void *state) {
    csv_log_free(state);
}

const struct command cmd_logs = {
    .options = &logs_option_set,
    .options_bytes = sizeof(struct logs_options),
    .state_bytes = sizeof(struct csv_log),
    .work = logs_work,
    .print = logs_print,
    .judge = logs_judge,
    .free = logs_free,
    .local = true,
};
