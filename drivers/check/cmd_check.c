/* SPDX-License-Identifier: MIT
 * plait check: does every MPI operation work between these ranks, and how fast. */
#include "base/clock.h"
#include "base/standard_output.h"
#include "base/stopwatch.h"
#include "check/check_run.h"
#include "files/report.h"
#include "ranks/agree.h"
#include "ranks/message_room.h"
#include "run/command.h"
#include "run/run_begin.h"
#include "run/timers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_options {
    struct run_options run;
    const char *only, *show;
    bool list, large;
    uint64_t repeat, size;
    double timeout;
};

struct check {
    const struct session *session;
    const struct check_options *options;
    bool *chosen; /* [operation_count] */
    struct check_run run;
    struct outcome *outcomes; /* of the chosen ones, in the order of the table */
    size_t count;
    struct placement *placements;
};

static bool is_root(const struct check *check) {
    return check->session->rank == ROOT;
}

/* -- which operations ---------------------------------------------------------------------------
 */

static bool check_name(const char *name, struct failure *failure) {
    struct suggestion near = suggestion_begin(name);
    if (operation_find(name))
        return true;
    for (size_t k = 0; k < operation_count; k++)
        suggestion_offer(&near, operations[k].name);
    const char *best = suggestion_best(&near);
    return failure_set(failure, EXIT_USAGE, "no operation '%.64s'%s%s%s: see plait check --list",
                       name, best ? ", did you mean " : "", best ? best : "", best ? "?" : "");
}

/* Calls use for each name of a list. */
static bool for_each_name(const char *list, bool use(const char *name, struct failure *failure),
                          bool *chosen, struct failure *failure) {
    char name[64];
    for (;;) {
        const size_t length = strcspn(list, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, list);
        if (use && !use(name, failure))
            return false;
        if (chosen)
            chosen[operation_find(name) - operations] = true;
        if (list[length] == '\0')
            return true;
        list += length + 1;
    }
}

static bool check_list(const char *list, struct failure *failure) {
    return for_each_name(list, check_name, NULL, failure);
}

static bool check_shown_name(const char *name, struct failure *failure) {
    if (!check_name(name, failure))
        return false;
    return operation_find(name)->show ||
           failure_set(failure, EXIT_USAGE, "the data of %s are too large to be shown", name);
}

static bool check_shown(const char *list, struct failure *failure) {
    return for_each_name(list, check_shown_name, NULL, failure);
}

/* An operation that was asked for by name has the ranks it needs, or the user is told. */
static bool check_ranks(const struct check *check, struct failure *failure) {
    for (size_t k = 0; k < operation_count; k++)
        if (check->chosen[k] && operation_ranks(&operations[k], check->session->size) == 0)
            return failure_set(failure, EXIT_USAGE,
                               "%s needs %d ranks, this run has %d: %s %d plait check",
                               operations[k].name, operations[k].needs.ranks, check->session->size,
                               check->session->launcher_words->start, operations[k].needs.ranks);
    return true;
}

static bool choose(struct check *check, struct failure *failure) {
    const struct check_options *options = check->options;
    check->chosen = calloc(operation_count, sizeof *check->chosen);
    check->outcomes = calloc(operation_count, sizeof *check->outcomes);
    if (!check->chosen || !check->outcomes)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (options->only && options->show)
        return failure_set(failure, EXIT_USAGE,
                           "--only and --show exclude each other: --show runs those that it names");
    if (options->only || options->show) {
        for_each_name(options->only ? options->only : options->show, NULL, check->chosen, failure);
        return check_ranks(check, failure);
    }
    for (size_t k = 0; k < operation_count; k++)
        check->chosen[k] = options->large || !operations[k].needs.large;
    return true;
}

static void print_list_of_operations(void) {
    for (size_t k = 0; k < operation_count; k++) {
        const struct operation_needs *needs = &operations[k].needs;
        printf("%-14s  %s", operations[k].name, operations[k].summary);
        if (needs->ranks > 1)
            printf(" (%d ranks)", needs->ranks);
        fputs(needs->large ? " (with --large)\n" : "\n", stdout);
    }
}

/* -- running them ---------------------------------------------------------------------------------
 */

/* Two tables with a buffer for each rank, and what MPI may copy, on each rank of this node. */
static bool check_memory(const struct check *check, struct failure *failure) {
    const uint64_t buffers = 2 * (uint64_t)check->session->size + 4;
    memory_check(check->session, buffers * check->options->size, "buffers of that --size", failure);
    return agree(check->session, failure);
}

static bool prepare(struct check *check, struct failure *failure) {
    const struct check_options *options = check->options;
    if (!check_memory(check, failure) ||
        !run_begin(check->session, &options->run, &check->placements, failure))
        return false;
    check->run = (struct check_run){
        .session = check->session, .repeat = options->repeat, .bytes = options->size};
    return check_run_begin(&check->run, options->timeout, failure);
}

static const char *const result_names[] = {"ok", "unavailable", "wrong", "failed"};

static void print_time(double seconds) {
    if (isnan(seconds))
        printf("  %10s", "-");
    else if (seconds < 1e-6)
        printf("  %7.0f ns", seconds * 1e9);
    else if (seconds < 1e-3)
        printf("  %7.1f us", seconds * 1e6);
    else if (seconds < 1)
        printf("  %7.2f ms", seconds * 1e3);
    else
        printf("  %7.2f s ", seconds);
}

static void print_head(void) {
    printf("%-14s  %-11s  %10s  %5s\n", "operation", "result", "median", "ranks");
}

static void print_outcome(const struct outcome *outcome) {
    printf("%-14s  %-11s", outcome->operation->name, result_names[outcome->result]);
    print_time(outcome->median_s);
    printf("  %5d%s%s\n", outcome->ranks, outcome->note[0] ? "  " : "", outcome->note);
}

/* Rank 0: for --csv. */
static void keep_time(const struct check *check, uint64_t start_ns, const struct outcome *outcome) {
    struct stopwatch *watch = check->session->watch;
    const double seconds = outcome->result == TRIAL_OK ? outcome->median_s : 0;
    stopwatch_add(watch, outcome->operation->name, start_ns, seconds);
    stopwatch_status(watch, outcome->operation->name, result_names[outcome->result]);
}

static bool flush(const struct check *check, struct failure *failure) {
    if (is_root(check))
        standard_output_flush(failure);
    return agree(check->session, failure);
}

/* A line for each as it ends: who waits sees where it is. */
static bool run_chosen(struct check *check, struct failure *failure) {
    if (is_root(check))
        print_head();
    for (size_t k = 0; k < operation_count; k++) {
        struct outcome *outcome = &check->outcomes[check->count];
        if (!check->chosen[k])
            continue;
        const uint64_t start_ns = clock_now_ns();
        if (!flush(check, failure) ||
            !check_run_operation(&check->run, &operations[k], outcome, failure))
            return false;
        if (is_root(check)) {
            print_outcome(outcome);
            keep_time(check, start_ns, outcome);
        }
        check->count++;
    }
    return flush(check, failure);
}

/* What cannot run cannot be shown, and that is why this run was started. */
static bool show_one(struct check *check, const struct operation *operation,
                     struct failure *failure) {
    struct outcome *outcome = &check->outcomes[check->count];
    if (is_root(check))
        printf("%s: %s\n", operation->name, operation->summary);
    if (!check_run_show(&check->run, operation, outcome, failure))
        return false;
    check->count++;
    if (outcome->result == TRIAL_UNAVAILABLE)
        failure_set(failure, EXIT_RUN, "%s is unavailable: %s", operation->name, outcome->note);
    return flush(check, failure);
}

static bool show_chosen(struct check *check, struct failure *failure) {
    for (size_t k = 0; k < operation_count; k++)
        if (check->chosen[k] && !show_one(check, &operations[k], failure))
            return false;
    return true;
}

/* -- what came of it ------------------------------------------------------------------------------
 */

/* The same on all ranks, as outcomes are. */
static bool judge(const struct check *check, struct failure *failure) {
    const struct outcome *first = NULL;
    size_t bad = 0;
    for (size_t k = 0; k < check->count; k++) {
        if (check->outcomes[k].result < TRIAL_WRONG)
            continue;
        first = bad++ == 0 ? &check->outcomes[k] : first;
    }
    if (bad == 0)
        return true;
    char more[64] = "";
    if (bad > 1)
        snprintf(more, sizeof more, ", and %zu more operation%s", bad - 1, bad == 2 ? "" : "s");
    return failure_set(failure, EXIT_RUN, "%s %s: %s%s: do not trust results of this MPI here",
                       first->operation->name, first->result == TRIAL_WRONG ? "is wrong" : "failed",
                       first->note, more);
}

static void write_report(const struct check *check, const struct option_values *values,
                         double total_s, struct failure *failure) {
    struct report *report = report_new(values, check->placements, (size_t)check->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "total_seconds", total_s);
        report_close(report);
        report_open_object(report, "result");
        report_open_array(report, "operations");
        for (size_t k = 0; k < check->count; k++) {
            const struct outcome *outcome = &check->outcomes[k];
            report_open_object(report, NULL);
            report_text(report, "name", outcome->operation->name);
            report_text(report, "result", result_names[outcome->result]);
            report_count(report, "ranks", (uint64_t)outcome->ranks);
            report_real(report, "median_seconds", outcome->median_s);
            report_text(report, "note", outcome->note);
            report_close(report);
        }
        report_close(report);
        report_close(report);
    }
    report_write(report, check->options->run.json, failure);
    report_free(report);
}

static void run_all(struct check *check, const struct option_values *values,
                    struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (!prepare(check, failure))
        return;
    const bool done =
        check->options->show ? show_chosen(check, failure) : run_chosen(check, failure);
    check_run_end();
    if (done && is_root(check))
        timers_tell(check->session, values, failure); /* also of what is wrong */
    if (!done || !agree(check->session, failure) || !judge(check, failure))
        return;
    if (is_root(check) && check->options->run.json)
        write_report(check, values, clock_seconds_since(start_ns), failure);
    agree(check->session, failure);
}

static void list(const struct check *check, struct failure *failure) {
    if (is_root(check))
        print_list_of_operations();
    flush(check, failure);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct check_options options = {0};
    struct check check = {.session = session, .options = &options};

    if (values_apply(values, &options, failure))
        choose(&check, failure);
    if (agree(session, failure)) {
        if (options.list)
            list(&check, failure);
        else
            run_all(&check, values, failure);
    }
    free(check.chosen);
    free(check.outcomes);
    free(check.placements);
}

static const struct option rows[] = {
    {
        .name = "only",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help = "run these operations, separated by commas",
        .default_text = "all",
        .offset = offsetof(struct check_options, only),
        .check = check_list,
    },
    {
        .name = "show",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help = "run these operations once, with the small data of the report, and print what "
                "every rank has before and after",
        .offset = offsetof(struct check_options, show),
        .check = check_shown,
    },
    {
        .name = "list",
        .kind = OPTION_FLAG,
        .scope = OPTION_COMMAND_LINE,
        .help = "print the operations and run none",
        .offset = offsetof(struct check_options, list),
    },
    {
        .name = "large",
        .kind = OPTION_FLAG,
        .help = "also send and write more than 2 GiB in one call",
        .offset = offsetof(struct check_options, large),
    },
    {
        .name = "repeat",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "times that each operation runs; the median time is told",
        .default_value = "10",
        .offset = offsetof(struct check_options, repeat),
        .min = 1,
        .max = 1000000,
    },
    {
        .name = "size",
        .kind = OPTION_COUNT,
        .argument = "BYTES",
        .help = "bytes of a buffer, down to whole integers of 8 bytes; objects and single numbers "
                "stay small",
        .default_value = "4096",
        .offset = offsetof(struct check_options, size),
        .min = 8,
        .max = 1 << 30,
    },
    {
        .name = "timeout",
        .kind = OPTION_REAL,
        .argument = "S",
        .help = "seconds after which an operation is stuck: the job ends and names it and the "
                "ranks that did not arrive",
        .default_value = "60",
        .offset = offsetof(struct check_options, timeout),
        .real_min = 0.1,
        .real_max = 1e6,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct check_options, run)),
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "check",
    .summary = "try every MPI operation of the report: is each value right, and how long it takes",
    .details =
        "Each operation runs on all ranks, and each rank compares every value that it gets with "
        "what it must be. The table says: ok; wrong, with the first wrong value; failed, with the "
        "MPI call; or unavailable, with the reason and what mends it. The median is that of the "
        "slowest rank's time, all ranks beginning together. Exit status 1 if an operation is wrong "
        "or failed.\n\n"
        "write-blocks and write-large need a folder that all hosts share, and leave no file "
        "there.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_check = {.options = &set, .run = run, .work = spawn_work};
