/* SPDX-License-Identifier: MIT
 * Spawned workers: rank 0 as the manager starts some, broadcasts the number of terms, and gets the
 * sum of theirs. Free slots are checked before: Open MPI's launcher never ends after a spawn
 * without them. */
#include "check/check_operations.h"
#include "ranks/mpi_check.h"
#include "ranks/spawn.h"

#include <inttypes.h>
#include <math.h>

enum { MANAGER = 0, WORKERS = 2, TERMS = 100 };

/* The midpoint rule of 4 / (1 + x^2) with 100 terms, rounded to 12 places, and its unit. */
static const int64_t integral = INT64_C(3141600986923);
static const double places = 1e12;

/* -- the worker ------------------------------------------------------------------------------- */

/* The terms rank, rank + size, ... */
static double spawn_sum_terms(int terms, int rank, int size) {
    const double width = 1.0 / terms;
    double sum = 0;
    for (int k = rank; k < terms; k += size) {
        const double x = (k + 0.5) * width;
        sum += 4 / (1 + x * x);
    }
    return sum * width;
}

void spawn_work(void) {
    MPI_Comm parent = spawn_parent();
    int terms, rank, size;
    MPI_CHECK(MPI_Comm_rank(MPI_COMM_WORLD, &rank));
    MPI_CHECK(MPI_Comm_size(MPI_COMM_WORLD, &size));
    MPI_CHECK(MPI_Bcast(&terms, 1, MPI_INT, MANAGER, parent));
    const double sum = spawn_sum_terms(terms, rank, size);
    MPI_CHECK(MPI_Reduce(&sum, NULL, 1, MPI_DOUBLE, MPI_SUM, MANAGER, parent));
    MPI_CHECK(MPI_Comm_disconnect(&parent));
}

/* -- the manager ------------------------------------------------------------------------------ */

static struct spawn_request spawn_make_request(const struct trial *trial, int workers, char *more,
                                               size_t bytes) {
    const struct session *session = trial->session;
    const char *option = session->launcher_words->oversubscribe;
    snprintf(more, bytes, "give mpirun %s%smore slots", option ? option : "", option ? " or " : "");
    return (struct spawn_request){
        .subcommand = "check",
        .count = workers,
        /* PRRTE does not report whether it may, so assume that it may. */
        .oversubscribe = session->launcher.kind == LAUNCHER_PRRTE,
        .more = more,
        .instead = "",
    };
}

/* How many workers to start; 0 if none can be started. */
static int spawn_choose_workers(struct trial *trial) {
    struct failure failure = {0};
    const struct session *session = trial->session;
    const struct launcher_words *words = session->launcher_words;
    char more[128];
    if (session->launcher.kind == LAUNCHER_NONE && session->library != LAUNCHER_HYDRA)
        return trial_unavailable(
            trial, "no launcher to start processes: %s 1 %s%splait check --only spawn",
            words->start, words->oversubscribe ? words->oversubscribe : "",
            words->oversubscribe ? " " : "");
    struct spawn_request request = spawn_make_request(trial, WORKERS, more, sizeof more);
    if (spawn_check(session, &request, &failure))
        return WORKERS;
    failure = (struct failure){0};
    request.count = 1;
    return spawn_check(session, &request, &failure) || trial_unavailable(trial, "%s", failure.text);
}

static void spawn_workers(struct trial *trial, int workers, MPI_Comm *family) {
    char more[128];
    const struct spawn_request request = spawn_make_request(trial, workers, more, sizeof more);
    struct spawn_call call = spawn_prepare(trial->session, &request);
    TRIAL_CALL(trial, MPI_Comm_spawn(call.program, call.arguments, workers, call.info, MANAGER,
                                     trial->comm, family, MPI_ERRCODES_IGNORE));
    MPI_CHECK(MPI_Info_free(&call.info));
    if (trial->tries.failed)
        trial_unavailable(trial, "%s: this MPI, or its launcher, starts no processes",
                          trial->tries.failure);
}

/* Sends the number of terms to the workers. Returns their sum on the manager. */
static double spawn_manage(struct trial *trial, MPI_Comm family) {
    const int root = trial->rank == MANAGER ? MPI_ROOT : MPI_PROC_NULL;
    int terms = TERMS;
    double sum = 0;
    TRIAL_CALL(trial, MPI_Comm_set_errhandler(family, MPI_ERRORS_RETURN));
    TRIAL_CALL(trial, MPI_Bcast(&terms, 1, MPI_INT, root, family));
    TRIAL_CALL(trial, MPI_Reduce(NULL, &sum, 1, MPI_DOUBLE, MPI_SUM, root, family));
    TRIAL_CALL(trial, MPI_Comm_disconnect(&family));
    return sum;
}

void run_spawn(struct trial *trial) {
    MPI_Comm family = MPI_COMM_NULL;
    int workers = trial->rank == MANAGER ? spawn_choose_workers(trial) : 0;
    if (!trial_agree(trial))
        return;
    TRIAL_CALL(trial, MPI_Bcast(&workers, 1, MPI_INT, MANAGER, trial->comm));
    if (trial->rank == MANAGER) {
        *trial_table(trial, &trial->before, 1, 1) = TERMS;
        trial_table(trial, &trial->after, 1, 2);
    }
    trial_start(trial);
    spawn_workers(trial, workers, &family);
    if (!trial_agree(trial))
        return;
    const double sum = spawn_manage(trial, family);
    if (trial->after.values) {
        trial->after.values[0] = workers;
        trial->after.values[1] = llround(sum * places);
    }
    trial_stop(trial);
    if (!trial->after.values)
        return;
    trial_value(trial, 0, workers, trial->after.values[0]);
    trial_value(trial, 1, integral, trial->after.values[1]);
}

void print_integral(const struct trial_data *data, FILE *text) {
    if (data->columns == 1)
        fprintf(text, "%" PRId64 " terms to add up", data->values[0]);
    else
        fprintf(text, "%.12f, the sum of %" PRId64 " worker%s", (double)data->values[1] / places,
                data->values[0], data->values[0] == 1 ? "" : "s");
}
