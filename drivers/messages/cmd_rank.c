/* SPDX-License-Identifier: MIT
 * plait rank: where the number of each process stands in the order of all. In the order of the
 * data: values, keys, positions, file, lines. */
#include "messages/rank_report.h"
#include "messages/rank_values.h"
#include "messages/ranking.h"
#include "ranks/agree.h"
#include "run/command.h"

#include <stdlib.h>

/* Each rank gets the positions of its own values. */
static bool rank_find_positions(struct rank *rank, struct failure *failure) {
    const struct rank_values *values = &rank->values;
    const size_t length = values->count > 0 ? (size_t)values->count : 1;
    uint64_t *keys = malloc(length * sizeof *keys);
    rank->positions = malloc(length * sizeof *rank->positions);
    if (!keys || !rank->positions)
        failure_set(failure, EXIT_RUN, "out of memory for the keys");
    if (agree(rank->run->session, failure)) {
        for (uint64_t k = 0; k < values->count; k++)
            keys[k] = rank_key(values->type, values->values[k]);
        ranking(rank->run->session, keys, values->count, rank->positions, failure);
    }
    free(keys);
    return failure->exit_status == EXIT_DONE;
}

/* --seed and --values exclude each other: the one from the source of higher precedence is used. */
static bool rank_begin(struct run *run, void *state, struct failure *failure) {
    const bool drawn = !values_counts(run->values, "values");
    *(struct rank *)state = (struct rank){.run = run, .options = run->options, .drawn = drawn};
    char seed[VALUES_TEXT_BYTES], values[VALUES_TEXT_BYTES];
    return drawn || !values_counts(run->values, "seed") ||
           failure_set(failure, EXIT_USAGE, "%s draws the values that %s gives: give only one",
                       values_blame(run->values, "seed", seed),
                       values_blame(run->values, "values", values));
}

static bool rank_prepare(struct run *run, void *state, struct failure *failure) {
    struct rank *rank = state;
    return rank_values_begin(&rank->values, run, rank->drawn, failure);
}

static bool rank_work(struct run *run, void *state, struct failure *failure) {
    struct rank *rank = state;
    (void)run;
    return rank_find_positions(rank, failure) &&
           (!rank->options->out || rank_write(rank, failure)) && rank_gather_listed(rank, failure);
}

static void rank_free(void *state) {
    struct rank *rank = state;
    free(rank->values.values);
    free(rank->positions);
    free(rank->listed_values);
    free(rank->listed_positions);
}

const struct command cmd_rank = {
    .options = &rank_option_set,
    .options_bytes = sizeof(struct rank_options),
    .state_bytes = sizeof(struct rank),
    .begin = rank_begin,
    .prepare = rank_prepare,
    .work = rank_work,
    .print = rank_print,
    .report_result = rank_report,
    .free = rank_free,
    .columns = true,
};
