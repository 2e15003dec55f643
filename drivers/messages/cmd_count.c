/* SPDX-License-Identifier: MIT
 * plait count: each rank draws numbers and counts one of them, rank 0 adds up. In the order of the
 * data: draw and count, gather, print. */
#include "base/clock.h"
#include "files/report.h"
#include "plait/pcg.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "run/command.h"
#include "run/run_begin.h"
#include "run/seed.h"
#include "run/timers.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct count_options {
    uint64_t n, max, find;
    const char *seed;
    struct run_options run;
};

struct count {
    const struct session *session;
    const struct count_options *options;
    uint64_t seed;
    struct placement *placements; /* rank 0, in rank order */
    uint64_t found;               /* by this rank */
    uint32_t *numbers;            /* [shown], the first of this rank */
    uint64_t *all_found;          /* rank 0: of every rank */
    uint32_t *all_numbers;        /* rank 0: [rank][shown] */
};

/* All numbers of a rank are printed up to LIST_MAX, the first LIST_SHORT of more. */
enum { LIST_MAX = 100, LIST_SHORT = 20, PIECE = 4096 };

static int shown(const struct count *count) {
    return count->options->n <= LIST_MAX ? (int)count->options->n : LIST_SHORT;
}

static bool make_room(struct count *count, struct failure *failure) {
    const size_t ranks = (size_t)count->session->size, each = (size_t)shown(count);
    bool there = (count->numbers = calloc(each, sizeof *count->numbers)) != NULL;
    if (count->session->rank == ROOT) {
        count->all_found = calloc(ranks, sizeof *count->all_found);
        count->all_numbers = calloc(ranks * each, sizeof *count->all_numbers);
        there = there && count->all_found && count->all_numbers;
    }
    if (!there)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(count->session, failure);
}

/* Looks at the numbers [first, first + length) of this rank. */
static void take(struct count *count, uint64_t first, const uint64_t *outputs, size_t length) {
    for (size_t k = 0; k < length; k++) {
        const uint64_t number = 1 + (outputs[k] * count->options->max >> 32);
        count->found += number == count->options->find;
        if (first + k < (uint64_t)shown(count))
            count->numbers[first + k] = (uint32_t)number;
    }
}

/* Rank r has the outputs [r n, (r + 1) n) of PCG32: the numbers of all ranks are one sequence. */
static void draw(struct count *count) {
    const uint64_t n = count->options->n;
    uint64_t outputs[PIECE];
    uint64_t state =
        plait_pcg_jump(plait_pcg_seed(count->seed), (uint64_t)count->session->rank * n);
    for (uint64_t first = 0; first < n; first += PIECE) {
        const size_t length = n - first < PIECE ? (size_t)(n - first) : PIECE;
        state = plait_pcg_outputs(PLAIT_PCG32, state, length, outputs);
        take(count, first, outputs, length);
    }
}

static void gather(struct count *count) {
    MPI_CHECK(MPI_Gather(&count->found, 1, MPI_UINT64_T, count->all_found, 1, MPI_UINT64_T, ROOT,
                         count->session->world));
    MPI_CHECK(MPI_Gather(count->numbers, shown(count), MPI_UINT32_T, count->all_numbers,
                         shown(count), MPI_UINT32_T, ROOT, count->session->world));
}

static uint64_t total(const struct count *count) {
    uint64_t sum = 0;
    for (int r = 0; r < count->session->size; r++)
        sum += count->all_found[r];
    return sum;
}

/* As the report prints them: rank, how many, the numbers; then the sum. */
static void print(const struct count *count) {
    printf("# count: %" PRIu64 " numbers from 1 to %" PRIu64 " a rank, seed %" PRIu64 "\n",
           count->options->n, count->options->max, count->seed);
    for (int r = 0; r < count->session->size; r++) {
        printf("%d %" PRIu64 " [", r, count->all_found[r]);
        for (int k = 0; k < shown(count); k++)
            printf("%s%" PRIu32, k > 0 ? ", " : "",
                   count->all_numbers[(size_t)r * (size_t)shown(count) + (size_t)k]);
        printf("%s]\n", (uint64_t)shown(count) < count->options->n ? ", ..." : "");
    }
    printf("Total number of %" PRIu64 "'s: %" PRIu64 "\n", count->options->find, total(count));
}

static void write_report(const struct count *count, const struct option_values *values,
                         double total_seconds, struct failure *failure) {
    struct report *report = report_new(values, count->placements, (size_t)count->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "total_seconds", total_seconds);
        report_close(report);
        report_open_object(report, "result");
        report_open_array(report, "counts");
        for (int r = 0; r < count->session->size; r++)
            report_count(report, NULL, count->all_found[r]);
        report_close(report);
        report_count(report, "total", total(count));
        report_close(report);
    }
    report_write(report, count->options->run.json, failure);
    report_free(report);
}

static void go(struct count *count, const struct option_values *values, struct failure *failure) {
    const struct session *session = count->session;
    const uint64_t start_ns = clock_now_ns();
    if (!run_begin(session, &count->options->run, &count->placements, failure) ||
        !make_room(count, failure))
        return;
    stopwatch_start(session->watch, "draw");
    draw(count);
    stopwatch_stop(session->watch, "draw");
    stopwatch_start(session->watch, "gather");
    gather(count);
    stopwatch_stop(session->watch, "gather");
    if (session->rank == ROOT) {
        print(count);
        const double total_s = clock_seconds_since(start_ns);
        stopwatch_add(session->watch, "total", start_ns, total_s);
        if (timers_tell(session, values, failure) && count->options->run.json)
            write_report(count, values, total_s, failure);
    }
    agree(session, failure);
}

static bool check_find(const struct count_options *options, const struct option_values *values,
                       struct failure *failure) {
    return options->find <= options->max ||
           failure_set(failure, EXIT_USAGE,
                       "%s: '%" PRIu64 "' cannot be drawn, the numbers are 1 to %" PRIu64
                       ": give a larger --max",
                       values_where(values, "find"), options->find, options->max);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct count_options options = {0};
    struct count count = {.session = session, .options = &options};
    if (!seed_settle(session, values, &count.seed, failure))
        return;
    if (values_apply(values, &options, failure))
        check_find(&options, values, failure);
    if (agree(session, failure))
        go(&count, values, failure);
    free(count.placements);
    free(count.numbers);
    free(count.all_found);
    free(count.all_numbers);
}

#define MEMBER(name) offsetof(struct count_options, name)

static const struct option rows[] = {
    {
        .name = "n",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "numbers that each rank draws",
        .default_value = "20",
        .offset = MEMBER(n),
        .min = 1,
        .max = (uint64_t)1 << 40,
        .variable = "N",
    },
    {
        .name = "max",
        .kind = OPTION_COUNT,
        .argument = "MAX",
        .help = "the largest number; the smallest is 1",
        .default_value = "10",
        .offset = MEMBER(max),
        .min = 1,
        .max = UINT32_MAX,
        .variable = "MAX",
    },
    {
        .name = "find",
        .kind = OPTION_COUNT,
        .argument = "FIND",
        .help = "the number that is counted",
        .default_value = "8",
        .offset = MEMBER(find),
        .min = 1,
        .max = UINT32_MAX,
        .variable = "FIND",
    },
    SEED_ROW(MEMBER(seed), "the same seed gives the same numbers everywhere"),
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct count_options, run)),
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "count",
    .summary = "count a number among those that each rank draws",
    .details =
        "Each rank draws N numbers from 1 to MAX and counts those that are FIND; rank 0 prints how "
        "many each has found and what it drew (the first ones of more than 100), then the sum. "
        "The environment of rank 0 counts, and is sent to all ranks. Rank r draws the outputs r N "
        "to (r + 1) N - 1 of PCG XSH-RR 64/32: the ranks share one sequence.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_count = {.options = &set, .run = run};
