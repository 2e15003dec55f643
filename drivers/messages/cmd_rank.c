/* SPDX-License-Identifier: MIT
 * plait rank: where the number of each process stands in the order of all. In the order of the
 * data: values, keys, positions, file, lines. */
#include "base/atomic_file.h"
#include "base/clock.h"
#include "messages/rank_report.h"
#include "messages/rank_values.h"
#include "messages/ranking.h"
#include "ranks/agree.h"
#include "run/command.h"
#include "run/run_begin.h"
#include "run/seed.h"
#include "run/timers.h"

#include <stddef.h>
#include <stdlib.h>

/* Every rank learns the positions of its own values. */
static bool find_positions(struct rank *rank, struct failure *failure) {
    const struct rank_values *values = &rank->values;
    const size_t room = values->count > 0 ? (size_t)values->count : 1;
    uint64_t *keys = malloc(room * sizeof *keys);
    rank->positions = malloc(room * sizeof *rank->positions);
    if (!keys || !rank->positions)
        failure_set(failure, EXIT_RUN, "out of memory for the keys");
    if (agree(rank->session, failure)) {
        for (uint64_t k = 0; k < values->count; k++)
            keys[k] = rank_key(values->type, values->values[k]);
        ranking(rank->session, keys, values->count, rank->positions, failure);
    }
    free(keys);
    return failure->exit_status == EXIT_DONE;
}

static bool spares_values(const struct rank *rank, const char *option, const char *path,
                          struct failure *failure) {
    const char *values = rank->options->values;
    return rank->drawn || !path || !atomic_file_same_target(path, values) ||
           failure_set(failure, EXIT_USAGE, "%s: '%s' has the values: choose another file", option,
                       path);
}

/* Looks at every output before the work, rank 0 only. */
static void check_outputs(const struct rank *rank, struct failure *failure) {
    const struct rank_options *options = rank->options;
    if (rank->session->rank == ROOT && spares_values(rank, "--out", options->out, failure) &&
        spares_values(rank, "--json", options->run.json, failure) && options->out &&
        atomic_file_check(options->out, failure))
        atomic_file_check_apart(options->out, options->run.json, failure);
}

/* Rank 0. The report stands for success. */
static void tell(const struct rank *rank, const struct option_values *given,
                 struct failure *failure) {
    rank_print(rank);
    if (timers_tell(rank->session, given, failure) && rank->options->run.json)
        rank_report(rank, given, failure);
}

static void go(struct rank *rank, const struct option_values *given, struct failure *failure) {
    const struct session *session = rank->session;
    const uint64_t start_ns = clock_now_ns();
    rank->drawn = !values_counts(given, "values");
    check_outputs(rank, failure);
    if (!agree(session, failure) ||
        !rank_values_begin(&rank->values, session, rank->options, given, rank->seed, failure) ||
        !run_begin(session, &rank->options->run, &rank->placements, failure) ||
        !find_positions(rank, failure) || (rank->options->out && !rank_write(rank, failure)) ||
        !rank_gather_told(rank, failure))
        return;
    rank->total_seconds = clock_seconds_since(start_ns);
    stopwatch_add(session->watch, "total", start_ns, rank->total_seconds);
    if (session->rank == ROOT)
        tell(rank, given, failure);
    agree(session, failure);
}

static void run(const struct session *session, struct option_values *given,
                struct failure *failure) {
    struct rank_options options = {.type = RANK_TYPE_ANY};
    struct rank rank = {.session = session, .options = &options};
    if (!seed_settle(session, given, &rank.seed, failure))
        return;
    values_apply(given, &options, failure);
    if (agree(session, failure))
        go(&rank, given, failure);
    free(rank.placements);
    free(rank.values.values);
    free(rank.positions);
    free(rank.told_values);
    free(rank.told_positions);
}

#define MEMBER(name) offsetof(struct rank_options, name)

/* In the order of enum rank_type. */
static const char *const types[] = {"int", "float", NULL};

static const char *const values_rivals[] = {"seed", NULL};
static const char *const seed_rivals[] = {"values", NULL};

static const struct option rows[] = {
    {
        .name = "values",
        .kind = OPTION_TEXT,
        .argument = "LIST|FILE.npy",
        .help = "numbers with commas, one for each process, or a NumPy file with one dimension of "
                "int32, int64, float32 or float64, which is shared out",
        .default_text = "each process draws one",
        .offset = MEMBER(values),
        .rivals = values_rivals,
        .check = rank_check_values,
    },
    {
        .name = "type",
        .kind = OPTION_CHOICE,
        .argument = "TYPE",
        .help = "what the values are; drawn ones are 1 to 100, or from [0, 1)",
        .default_text = "that of the values, int of drawn ones",
        .offset = MEMBER(type),
        .choices = types,
    },
    {
        .name = "seed",
        .kind = OPTION_TEXT,
        .argument = "S",
        .help = SEED_HELP "the same seed gives the same values everywhere",
        .default_value = "42",
        .offset = MEMBER(seed),
        .rivals = seed_rivals,
        .check = seed_check,
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "FILE.npy",
        .help = "write the ranks of all values, in their order, as int64",
        .offset = MEMBER(out),
        .check = rank_check_out,
        .replaces = true,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct rank_options, run)),
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "rank",
    .summary = "tell each process where its number stands among all",
    .details =
        "Each process has a number, or many, and learns how many stand before it in the order of "
        "all: 0 for the smallest. Of equal numbers that of the lower process comes first, in a "
        "file the earlier one. NaN comes last, after infinity; -0 equals 0. Of more than 100 "
        "values of a file the first 20 are printed. The processes sort together, by regular "
        "sampling; none holds all values.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_rank = {.options = &set, .run = run, .columns = true};
