/* SPDX-License-Identifier: MIT
 * A repetition is a meeting, an attempt, a meeting, and the combined results of the ranks. */
#include "check/check_run.h"

#include "check/watch.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool check_run_begin(struct check_run *run, double limit_s, struct failure *failure) {
    return watch_begin(run->session, limit_s, &run->trial.tries, failure);
}

void check_run_end(void) {
    watch_end();
}

/* -- one repetition --------------------------------------------------------------------------- */

static void check_run_attempt(struct check_run *run, const struct operation *operation,
                              MPI_Comm comm, FILE *const shown[2]) {
    struct trial *trial = &run->trial;
    *trial = (struct trial){
        .session = run->session,
        .comm = comm,
        .rank = run->session->rank,
        .count = (size_t)(run->bytes / sizeof(int64_t)),
        .print = operation->show,
    };
    if (comm == MPI_COMM_NULL)
        return;
    MPI_CHECK(MPI_Comm_size(comm, &trial->size));
    if (shown) {
        trial->show = true;
        trial->shown[0] = shown[0];
        trial->shown[1] = shown[1];
    }
    operation->run(trial);
    if (trial->tries.failed && trial->result != TRIAL_UNAVAILABLE) {
        trial->result = TRIAL_FAILED;
        memcpy(trial->text, trial->tries.failure, sizeof trial->text);
    }
    trial_end(trial);
}

/* The worst result of all ranks, with the note of the lowest rank that has it. Returns the time of
 * the slowest rank. */
static double check_run_combine_results(struct check_run *run, struct outcome *outcome) {
    const struct session *session = run->session;
    const double mine[2] = {run->trial.result, run->trial.seconds};
    double worst[2];
    MPI_CHECK(MPI_Allreduce(mine, worst, 2, MPI_DOUBLE, MPI_MAX, session->world));
    outcome->result = (enum trial_result)worst[0];
    if (outcome->result == TRIAL_OK)
        return worst[1];
    const int candidate = run->trial.result == outcome->result ? session->rank : session->size;
    int reporter;
    MPI_CHECK(MPI_Allreduce(&candidate, &reporter, 1, MPI_INT, MPI_MIN, session->world));
    MPI_CHECK(
        MPI_Bcast(run->trial.text, sizeof run->trial.text, MPI_CHAR, reporter, session->world));
    if (outcome->result == TRIAL_UNAVAILABLE)
        snprintf(outcome->note, sizeof outcome->note, "%s", run->trial.text);
    else
        snprintf(outcome->note, sizeof outcome->note, "rank %d, %s", reporter, run->trial.text);
    return NAN;
}

static double check_run_repeat_once(struct check_run *run, const struct operation *operation,
                                    MPI_Comm comm, FILE *const shown[2], struct outcome *outcome) {
    watch_meet(operation->name);
    check_run_attempt(run, operation, comm, shown);
    watch_meet(operation->name);
    const double seconds = check_run_combine_results(run, outcome);
    watch_rest();
    return seconds;
}

/* -- an operation ----------------------------------------------------------------------------- */

static int check_run_compare_seconds(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double check_run_median(double *values, uint64_t count) {
    qsort(values, count, sizeof *values, check_run_compare_seconds);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* The communicator of the ranks that take part: a new one, so that no message of an operation that
 * failed is taken for one of the next. */
static MPI_Comm check_run_create_comm(const struct session *session, int ranks) {
    MPI_Comm comm;
    MPI_CHECK(MPI_Comm_split(session->world, session->rank < ranks ? 0 : MPI_UNDEFINED,
                             session->rank, &comm));
    return comm;
}

static void check_run_free_comm(MPI_Comm comm) {
    if (comm != MPI_COMM_NULL)
        MPI_CHECK(MPI_Comm_free(&comm));
}

/* Initializes the outcome; false if there are too few ranks. */
static bool check_run_begin_outcome(const struct check_run *run, const struct operation *operation,
                                    struct outcome *outcome) {
    const int ranks = operation_ranks(operation, run->session->size);
    *outcome = (struct outcome){.operation = operation, .ranks = ranks, .median_s = NAN};
    if (ranks > 0)
        return true;
    outcome->result = TRIAL_UNAVAILABLE;
    snprintf(outcome->note, sizeof outcome->note, "needs %d ranks: %s %d plait check",
             operation->needs.ranks, run->session->launcher_words->start, operation->needs.ranks);
    return false;
}

/* The mpirun of Open MPI 5 (PRRTE 3.0.6) loses a daemon, and with it the job, at the third spawn of
 * a job on several nodes. */
static uint64_t check_run_repetitions(const struct check_run *run,
                                      const struct operation *operation) {
    const bool once = operation->needs.once || (operation->run == run_spawn &&
                                                run->session->launcher.kind == LAUNCHER_PRRTE);
    return once ? 1 : run->repeat;
}

bool check_run_operation(struct check_run *run, const struct operation *operation,
                         struct outcome *outcome, struct failure *failure) {
    const uint64_t repeat = check_run_repetitions(run, operation);
    if (!check_run_begin_outcome(run, operation, outcome))
        return true;
    double *seconds = malloc(repeat * sizeof *seconds);
    if (!seconds)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!agree(run->session, failure)) {
        free(seconds);
        return false;
    }
    MPI_Comm comm = check_run_create_comm(run->session, outcome->ranks);
    for (uint64_t k = 0; k < repeat && outcome->result == TRIAL_OK; k++)
        seconds[k] = check_run_repeat_once(run, operation, comm, NULL, outcome);
    if (outcome->result == TRIAL_OK)
        outcome->median_s = check_run_median(seconds, repeat);
    check_run_free_comm(comm);
    free(seconds);
    return true;
}

/* -- showing ---------------------------------------------------------------------------------- */

/* Prints the data of all ranks at one moment, in rank order. */
static void check_run_print_moment(const struct session *session, int moment, char *mine,
                                   size_t bytes) {
    static const char *const names[2] = {"before", "after"};
    if (session->rank != ROOT) {
        MPI_CHECK(MPI_Send(mine, (int)bytes, MPI_CHAR, ROOT, moment, session->world));
        return;
    }
    for (int r = 0; r < session->size; r++) {
        char *text = mine;
        int length = (int)bytes;
        if (r != ROOT) {
            MPI_Status status;
            MPI_CHECK(MPI_Probe(r, moment, session->world, &status));
            MPI_CHECK(MPI_Get_count(&status, MPI_CHAR, &length));
            text = malloc((size_t)length + 1);
            if (!text)
                mpi_check(MPI_ERR_NO_MEM, "check_run_print_moment", __FILE__, __LINE__);
            MPI_CHECK(
                MPI_Recv(text, length, MPI_CHAR, r, moment, session->world, MPI_STATUS_IGNORE));
        }
        printf("%s, rank %d: %.*s\n", names[moment], r, length, text);
        if (r != ROOT)
            free(text);
    }
}

static bool check_run_open_texts(const struct session *session, FILE *shown[2], char *texts[2],
                                 size_t bytes[2], struct failure *failure) {
    for (int m = 0; m < 2; m++) {
        shown[m] = open_memstream(&texts[m], &bytes[m]);
        if (!shown[m])
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    return agree(session, failure);
}

/* false where a text is not whole, for want of memory. */
static bool check_run_close_texts(FILE *shown[2]) {
    bool whole = true;
    for (int m = 0; m < 2; m++)
        whole = (!shown[m] || fclose(shown[m]) == 0) && whole;
    return whole;
}

bool check_run_show(struct check_run *run, const struct operation *operation,
                    struct outcome *outcome, struct failure *failure) {
    FILE *shown[2] = {NULL, NULL};
    char *texts[2] = {NULL, NULL};
    size_t bytes[2] = {0, 0};
    const bool opened = check_run_begin_outcome(run, operation, outcome) &&
                        check_run_open_texts(run->session, shown, texts, bytes, failure);
    if (opened) {
        MPI_Comm comm = check_run_create_comm(run->session, outcome->ranks);
        outcome->median_s = check_run_repeat_once(run, operation, comm, shown, outcome);
        for (int m = 0; m < 2 && comm == MPI_COMM_NULL; m++)
            fputs("takes no part", shown[m]);
        check_run_free_comm(comm);
    }
    if (!check_run_close_texts(shown) && opened)
        failure_set(failure, EXIT_RUN, "out of memory");
    const bool whole = opened && agree(run->session, failure);
    for (int m = 0; m < 2 && whole && outcome->result != TRIAL_UNAVAILABLE; m++)
        check_run_print_moment(run->session, m, texts[m], bytes[m]);
    free(texts[0]);
    free(texts[1]);
    return failure->exit_status == EXIT_DONE;
}
