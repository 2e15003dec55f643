/* SPDX-License-Identifier: MIT
 * plait count: each rank draws numbers and counts one of them, rank 0 adds up. In the order of the
 * data: draw and count, gather, print. */
#include "files/report.h"
#include "messages/count_options.h"
#include "plait/pcg.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "run/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct count {
    const struct run *run;
    const struct count_options *options;
    uint64_t found;        /* by this rank */
    uint32_t *numbers;     /* [count_listed], the first of this rank */
    uint64_t *all_found;   /* rank 0: of every rank */
    uint32_t *all_numbers; /* rank 0: [rank][count_listed] */
};

/* All numbers of a rank are printed up to LIST_MAX, the first LIST_SHORT of more. */
enum { LIST_MAX = 100, LIST_SHORT = 20, CHUNK = 4096 };

static int count_listed(const struct count *count) {
    return count->options->n <= LIST_MAX ? (int)count->options->n : LIST_SHORT;
}

/* Rank r has the outputs [r n, (r + 1) n) of PCG32: the numbers of all ranks are one sequence. */
static void count_draw(struct count *count) {
    const uint64_t n = count->options->n;
    uint64_t outputs[CHUNK];
    uint64_t state =
        plait_pcg_jump(plait_pcg_seed(count->run->seed), (uint64_t)count->run->session->rank * n);
    for (uint64_t first = 0; first < n; first += CHUNK) {
        const size_t length = n - first < CHUNK ? (size_t)(n - first) : CHUNK;
        state = plait_pcg_outputs(PLAIT_PCG32, state, length, outputs);
        for (size_t k = 0; k < length; k++) {
            const uint64_t number = 1 + (outputs[k] * count->options->max >> 32);
            count->found += number == count->options->find;
            if (first + k < (uint64_t)count_listed(count))
                count->numbers[first + k] = (uint32_t)number;
        }
    }
}

static uint64_t count_total(const struct count *count) {
    uint64_t sum = 0;
    for (int r = 0; r < count->run->session->size; r++)
        sum += count->all_found[r];
    return sum;
}

static bool count_begin(struct run *run, void *state, struct failure *failure) {
    struct count *count = state;
    const struct count_options *options = run->options;
    *count = (struct count){.run = run, .options = options};
    if (options->find <= options->max)
        return true;
    char find[VALUES_TEXT_BYTES], max[VALUES_TEXT_BYTES], set_find[VALUES_TEXT_BYTES],
        set_max[VALUES_TEXT_BYTES];
    return failure_set(
        failure, EXIT_USAGE, "%s cannot be drawn, the largest number is %s: lower %s, or raise %s",
        values_describe(run->values, "find", find), values_describe(run->values, "max", max),
        values_setters(run->values, "find", set_find), values_setters(run->values, "max", set_max));
}

static bool count_prepare(struct run *run, void *state, struct failure *failure) {
    struct count *count = state;
    const size_t ranks = (size_t)run->session->size, listed = (size_t)count_listed(count);
    count->numbers = calloc(listed, sizeof *count->numbers);
    bool allocated = count->numbers != NULL;
    if (run->session->rank == ROOT) {
        count->all_found = calloc(ranks, sizeof *count->all_found);
        count->all_numbers = calloc(ranks * listed, sizeof *count->all_numbers);
        allocated = allocated && count->all_found && count->all_numbers;
    }
    if (!allocated)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(run->session, failure);
}

static bool count_work(struct run *run, void *state, struct failure *failure) {
    (void)failure;
    struct count *count = state;
    struct stopwatch *watch = run->session->watch;
    stopwatch_start(watch, "draw");
    count_draw(count);
    stopwatch_stop(watch, "draw");
    stopwatch_start(watch, "gather");
    MPI_CHECK(MPI_Gather(&count->found, 1, MPI_UINT64_T, count->all_found, 1, MPI_UINT64_T, ROOT,
                         run->session->world));
    MPI_CHECK(MPI_Gather(count->numbers, count_listed(count), MPI_UINT32_T, count->all_numbers,
                         count_listed(count), MPI_UINT32_T, ROOT, run->session->world));
    stopwatch_stop(watch, "gather");
    return true;
}

/* In the format of the report: rank, count and numbers, a line per rank; then the sum. */
static bool count_print(const struct run *run, void *state, struct failure *failure) {
    const struct count *count = state;
    (void)run;
    (void)failure;
    printf("# count: %" PRIu64 " numbers from 1 to %" PRIu64 " per rank, seed %" PRIu64 "\n",
           count->options->n, count->options->max, count->run->seed);
    for (int r = 0; r < count->run->session->size; r++) {
        printf("%d %" PRIu64 " [", r, count->all_found[r]);
        for (int k = 0; k < count_listed(count); k++)
            printf("%s%" PRIu32, k > 0 ? ", " : "",
                   count->all_numbers[(size_t)r * (size_t)count_listed(count) + (size_t)k]);
        printf("%s]\n", (uint64_t)count_listed(count) < count->options->n ? ", ..." : "");
    }
    printf("Total number of %" PRIu64 "'s: %" PRIu64 "\n", count->options->find,
           count_total(count));
    return true;
}

static void count_report(const struct run *run, const void *state, struct report *report) {
    const struct count *count = state;
    report_open_array(report, "counts");
    for (int r = 0; r < run->session->size; r++)
        report_count(report, NULL, count->all_found[r]);
    report_close(report);
    report_count(report, "total", count_total(count));
}

static void count_free(void *state) {
    struct count *count = state;
    free(count->numbers);
    free(count->all_found);
    free(count->all_numbers);
}

const struct command cmd_count = {
    .options = &count_option_set,
    .options_bytes = sizeof(struct count_options),
    .state_bytes = sizeof(struct count),
    .begin = count_begin,
    .prepare = count_prepare,
    .work = count_work,
    .print = count_print,
    .report_result = count_report,
    .free = count_free,
};
