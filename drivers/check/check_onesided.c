/* SPDX-License-Identifier: MIT
 * One-sided messages: a rank writes to the window of another one, or reads from it. Some settings
 * of Open MPI have no windows between nodes: creating one fails there. */
#include "check/check_operations.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { COUNTER_RANK = 0 };

/* Where Open MPI has not been started by its own launcher, a variable says the same. */
static void onesided_unavailable(struct trial *trial) {
    const struct session *session = trial->session;
    const struct launcher_words *library = launcher_words(session->library);
    if (!library->windows)
        trial_unavailable(trial, "%s: use another MPI, or ranks of one node", trial->tries.failure);
    else if (session->launcher.kind == session->library)
        trial_unavailable(trial, "%s: mpirun %s", trial->tries.failure, library->windows);
    else
        trial_unavailable(trial, "%s: set %s", trial->tries.failure, library->windows_variable);
}

/* Ranks of one node share the memory of a window in a file, in whole pages. Where a file may not
 * be that large, MPI_Win_allocate of Open MPI 4.1.4 fails on some ranks, and the others wait for
 * them without end. The sum over all nodes is an upper bound. */
static bool onesided_may_share(struct trial *trial, uint64_t bytes) {
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t mine = (bytes + page - 1) / page * page + page; /* one to keep the books */
    uint64_t all;
    MPI_CHECK(MPI_Allreduce(&mine, &all, 1, MPI_UINT64_T, MPI_SUM, trial->comm));
    if (trial->size > 1)
        trial_may_write(trial, all + page);
    return trial_agree(trial);
}

/* A window of `count` values of this rank. Collective; false on all ranks if it fails on one. */
static bool onesided_open_window(struct trial *trial, size_t count, int64_t **values,
                                 MPI_Win *window) {
    const MPI_Aint bytes = (MPI_Aint)(count * sizeof **values);
    *window = MPI_WIN_NULL;
    if (!onesided_may_share(trial, (uint64_t)bytes))
        return false;
    if (!TRIAL_CALL(trial, MPI_Win_allocate(bytes, sizeof **values, MPI_INFO_NULL, trial->comm,
                                            values, window)))
        onesided_unavailable(trial);
    if (!trial_agree(trial))
        return false;
    TRIAL_CALL(trial, MPI_Win_set_errhandler(*window, MPI_ERRORS_RETURN));
    return true;
}

/* Value k of a rank's own buffer. */
static int64_t onesided_element(const struct trial *trial, int rank, size_t k) {
    return (int64_t)((size_t)rank * trial->before.columns + k);
}

static void onesided_fill(struct trial *trial) {
    const size_t count = trial_count(trial, 5);
    trial_table(trial, &trial->before, 1, count);
    for (size_t k = 0; k < count; k++)
        trial->before.values[k] = onesided_element(trial, trial->rank, k);
    trial_table(trial, &trial->after, 1, count);
}

static void onesided_verify(struct trial *trial, int owner) {
    for (size_t k = 0; k < trial->before.columns; k++)
        trial_value(trial, k, onesided_element(trial, owner, k), trial->after.values[k]);
}

/* Each rank puts its buffer into the window of the next one. */
void run_put(struct trial *trial) {
    const int next = (trial->rank + 1) % trial->size;
    int64_t *values;
    MPI_Win window;
    onesided_fill(trial);
    const size_t count = trial->before.columns;
    if (!onesided_open_window(trial, count, &values, &window))
        return;
    /* The window's memory may be that of the last repetition, with the right values in it. */
    memcpy(values, trial->after.values, count * sizeof *values);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Win_fence(0, window));
    TRIAL_CALL(trial, MPI_Put(trial->before.values, (int)count, MPI_INT64_T, next, 0, (int)count,
                              MPI_INT64_T, window));
    TRIAL_CALL(trial, MPI_Win_fence(0, window));
    memcpy(trial->after.values, values, count * sizeof *values);
    trial_stop(trial);
    TRIAL_CALL(trial, MPI_Win_free(&window));
    onesided_verify(trial, (trial->rank + trial->size - 1) % trial->size);
}

/* Each rank gets what the next one has in its window. */
void run_get(struct trial *trial) {
    const int next = (trial->rank + 1) % trial->size;
    int64_t *values;
    MPI_Win window;
    onesided_fill(trial);
    const size_t count = trial->before.columns;
    if (!onesided_open_window(trial, count, &values, &window))
        return;
    memcpy(values, trial->before.values, count * sizeof *values);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Win_fence(0, window));
    TRIAL_CALL(trial, MPI_Get(trial->after.values, (int)count, MPI_INT64_T, next, 0, (int)count,
                              MPI_INT64_T, window));
    TRIAL_CALL(trial, MPI_Win_fence(0, window));
    trial_stop(trial);
    TRIAL_CALL(trial, MPI_Win_free(&window));
    onesided_verify(trial, next);
}

/* -- fetch and add ---------------------------------------------------------------------------- */

/* Adds to the counter; *was: its value before. */
static void onesided_add(struct trial *trial, MPI_Win window, int64_t summand, int64_t *was) {
    TRIAL_CALL(trial, MPI_Win_lock(MPI_LOCK_SHARED, COUNTER_RANK, 0, window));
    TRIAL_CALL(trial,
               MPI_Fetch_and_op(&summand, was, MPI_INT64_T, COUNTER_RANK, 0, MPI_SUM, window));
    TRIAL_CALL(trial, MPI_Win_unlock(COUNTER_RANK, window));
}

/* The number of ranks whose ticket is below this one; of two equal ones, the higher rank's is
 * above. */
static int64_t onesided_tickets_below(struct trial *trial, int64_t ticket) {
    int64_t *all = trial_memory(trial, (size_t)trial->size * sizeof *all);
    int64_t below = 0;
    TRIAL_CALL(trial, MPI_Allgather(&ticket, 1, MPI_INT64_T, all, 1, MPI_INT64_T, trial->comm));
    for (int r = 0; r < trial->size; r++)
        below += all[r] < ticket || (all[r] == ticket && r < trial->rank);
    return below;
}

/* Each rank draws a ticket: 0, 1, ... in the order of arrival, no two equal. After all draws the
 * counter is the number of ranks. */
void run_fetch_and_add(struct trial *trial) {
    int64_t *counter;
    MPI_Win window;
    trial_table(trial, &trial->after, 1, 2);
    if (trial->rank == COUNTER_RANK)
        *trial_table(trial, &trial->before, 1, 1) = 0;
    if (!onesided_open_window(trial, trial->rank == COUNTER_RANK, &counter, &window))
        return;
    if (trial->rank == COUNTER_RANK) {
        TRIAL_CALL(trial, MPI_Win_lock(MPI_LOCK_EXCLUSIVE, COUNTER_RANK, 0, window));
        *counter = 0;
        TRIAL_CALL(trial, MPI_Win_unlock(COUNTER_RANK, window));
    }
    trial_start(trial);
    onesided_add(trial, window, 1, &trial->after.values[0]);
    TRIAL_CALL(trial, MPI_Barrier(trial->comm));
    onesided_add(trial, window, 0, &trial->after.values[1]);
    trial_stop(trial);
    const int64_t below = onesided_tickets_below(trial, trial->after.values[0]);
    TRIAL_CALL(trial, MPI_Win_free(&window));
    trial_value(trial, 0, below, trial->after.values[0]);
    trial_value(trial, 1, trial->size, trial->after.values[1]);
}

void print_ticket(const struct trial_data *data, FILE *text) {
    if (data->columns == 1)
        fprintf(text, "counter %" PRId64, data->values[0]);
    else
        fprintf(text, "ticket %" PRId64 ", counter %" PRId64, data->values[0], data->values[1]);
}
