/* SPDX-License-Identifier: MIT
 * plait check: does every MPI operation work between these ranks, and how fast. */
#include "base/clock.h"
#include "base/standard_output.h"
#include "base/stopwatch.h"
#include "base/suggest.h"
#include "check/check_options.h"
#include "check/check_run.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "run/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const struct session *session;
    const struct check_options *options;
    bool *chosen; /* [operation_count] */
    struct check_run run;
    struct outcome *outcomes; /* of the chosen ones, in the order of the table */
    size_t count;
};

static bool check_is_root(const struct check *check) {
    return check->session->rank == ROOT;
}

/* -- which operations ------------------------------------------------------------------------- */

/* Chooses the operations of a list. where: the option, for errors. */
static bool check_choose_listed(struct check *check, const char *where, const char *list,
                                bool shown, struct failure *failure) {
    char name[64];
    for (const char *next = list; next;) {
        const size_t length = strcspn(next, ",");
        struct suggestion near;
        snprintf(name, sizeof name, "%.*s", (int)length, next);
        next = next[length] ? next + length + 1 : NULL;
        const struct operation *operation = operation_find(name);
        if (operation && (!shown || operation->show)) {
            check->chosen[operation - operations] = true;
            continue;
        }
        if (operation)
            return failure_set(failure, EXIT_USAGE, "%s: the data of %s are too large to be shown",
                               where, name);
        near = suggestion_begin(name);
        for (size_t k = 0; k < operation_count; k++)
            suggestion_offer(&near, operations[k].name);
        const char *best = suggestion_best(&near);
        return failure_set(failure, EXIT_USAGE,
                           "%s: no operation '%s'%s%s%s: see plait check --list", where, name,
                           best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
    }
    return true;
}

/* An operation that was requested by name without the ranks it needs is an error. */
static bool check_enough_ranks(const struct check *check, struct failure *failure) {
    for (size_t k = 0; k < operation_count; k++)
        if (check->chosen[k] && operation_ranks(&operations[k], check->session->size) == 0)
            return failure_set(failure, EXIT_USAGE,
                               "%s needs %d ranks, this run has %d: %s %d plait check",
                               operations[k].name, operations[k].needs.ranks, check->session->size,
                               check->session->launcher_words->start, operations[k].needs.ranks);
    return true;
}

static bool check_choose(struct check *check, const struct option_values *values,
                         struct failure *failure) {
    const struct check_options *options = check->options;
    check->chosen = calloc(operation_count, sizeof *check->chosen);
    check->outcomes = calloc(operation_count, sizeof *check->outcomes);
    if (!check->chosen || !check->outcomes)
        return failure_set(failure, EXIT_RUN, "out of memory");
    char only[VALUES_TEXT_BYTES], show[VALUES_TEXT_BYTES];
    values_blame(values, "only", only);
    values_blame(values, "show", show);
    if (options->only && options->show)
        return failure_set(failure, EXIT_USAGE,
                           "%s and %s exclude each other: --show runs those that it names", only,
                           show);
    if (options->only)
        return check_choose_listed(check, only, options->only, false, failure) &&
               check_enough_ranks(check, failure);
    if (options->show)
        return check_choose_listed(check, show, options->show, true, failure) &&
               check_enough_ranks(check, failure);
    for (size_t k = 0; k < operation_count; k++)
        check->chosen[k] = options->large || !operations[k].needs.large;
    return true;
}

static void check_print_operations(void) {
    for (size_t k = 0; k < operation_count; k++) {
        const struct operation_needs *needs = &operations[k].needs;
        printf("%-14s  %s", operations[k].name, operations[k].summary);
        if (needs->ranks > 1)
            printf(" (%d ranks)", needs->ranks);
        fputs(needs->large ? " (with --large)\n" : "\n", stdout);
    }
}

/* -- running them ----------------------------------------------------------------------------- */

/* Two tables with a buffer for each rank, and what MPI may copy, on each rank of this node. */
static bool check_memory(const struct check *check, struct failure *failure) {
    const uint64_t buffers = 2 * (uint64_t)check->session->size + 4;
    memory_check(check->session, buffers * check->options->size, "buffers of that --size", failure);
    return agree(check->session, failure);
}

static const char *const result_names[] = {"ok", "unavailable", "wrong", "failed"};

static void check_print_seconds(double seconds) {
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

static void check_print_head(void) {
    printf("%-14s  %-11s  %10s  %5s\n", "operation", "result", "median", "ranks");
}

static void check_print_outcome(const struct outcome *outcome) {
    printf("%-14s  %-11s", outcome->operation->name, result_names[outcome->result]);
    check_print_seconds(outcome->median_s);
    printf("  %5d%s%s\n", outcome->ranks, outcome->note[0] ? "  " : "", outcome->note);
}

/* Rank 0: for --csv. */
static void check_keep_time(const struct check *check, uint64_t start_ns,
                            const struct outcome *outcome) {
    struct stopwatch *watch = check->session->watch;
    const double seconds = outcome->result == TRIAL_OK ? outcome->median_s : 0;
    stopwatch_add(watch, outcome->operation->name, start_ns, seconds);
    stopwatch_status(watch, outcome->operation->name, result_names[outcome->result]);
}

static bool check_flush(const struct check *check, struct failure *failure) {
    if (check_is_root(check))
        standard_output_flush(failure);
    return agree(check->session, failure);
}

/* Prints a line for each operation as it ends, so that its progress is seen. */
static bool check_run_chosen(struct check *check, struct failure *failure) {
    if (check_is_root(check))
        check_print_head();
    for (size_t k = 0; k < operation_count; k++) {
        struct outcome *outcome = &check->outcomes[check->count];
        if (!check->chosen[k])
            continue;
        const uint64_t start_ns = clock_now_ns();
        if (!check_flush(check, failure) ||
            !check_run_operation(&check->run, &operations[k], outcome, failure))
            return false;
        if (check_is_root(check)) {
            check_print_outcome(outcome);
            check_keep_time(check, start_ns, outcome);
        }
        check->count++;
    }
    return check_flush(check, failure);
}

/* An operation that is unavailable is a failure here: showing it was requested. */
static bool check_show_one(struct check *check, const struct operation *operation,
                           struct failure *failure) {
    struct outcome *outcome = &check->outcomes[check->count];
    if (check_is_root(check))
        printf("%s: %s\n", operation->name, operation->summary);
    if (!check_run_show(&check->run, operation, outcome, failure))
        return false;
    check->count++;
    if (outcome->result == TRIAL_UNAVAILABLE)
        failure_set(failure, EXIT_RUN, "%s is unavailable: %s", operation->name, outcome->note);
    return check_flush(check, failure);
}

static bool check_show_chosen(struct check *check, struct failure *failure) {
    for (size_t k = 0; k < operation_count; k++)
        if (check->chosen[k] && !check_show_one(check, &operations[k], failure))
            return false;
    return true;
}

/* -- results ---------------------------------------------------------------------------------- */

/* Wrong and failed operations, when their lines have been printed. */
static bool check_judge(const struct run *run, void *state, struct failure *failure) {
    const struct check *check = state;
    const struct outcome *first = NULL;
    size_t bad = 0;
    (void)run;
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

static void check_report(const struct run *run, const void *state, struct report *report) {
    const struct check *check = state;
    (void)run;
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
}

static bool check_begin(struct run *run, void *state, struct failure *failure) {
    struct check *check = state;
    *check = (struct check){.session = run->session, .options = run->options};
    if (!check_choose(check, run->values, failure))
        return false;
    run->over = check->options->list;
    if (run->over && check_is_root(check))
        check_print_operations();
    return true;
}

static bool check_prepare(struct run *run, void *state, struct failure *failure) {
    (void)run;
    return check_memory(state, failure);
}

static bool check_work(struct run *run, void *state, struct failure *failure) {
    struct check *check = state;
    const struct check_options *options = check->options;
    (void)run;
    check->run = (struct check_run){
        .session = check->session, .repeat = options->repeat, .bytes = options->size};
    if (!check_run_begin(&check->run, options->timeout, failure))
        return false;
    const bool done =
        options->show ? check_show_chosen(check, failure) : check_run_chosen(check, failure);
    check_run_end();
    return done;
}

static void check_free(void *state) {
    struct check *check = state;
    free(check->chosen);
    free(check->outcomes);
}

const struct command cmd_check = {
    .options = &check_option_set,
    .options_bytes = sizeof(struct check_options),
    .state_bytes = sizeof(struct check),
    .begin = check_begin,
    .prepare = check_prepare,
    .work = check_work,
    .judge = check_judge,
    .report_result = check_report,
    .free = check_free,
    .spawned = spawn_work,
};
