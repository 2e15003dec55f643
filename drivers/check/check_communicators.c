/* SPDX-License-Identifier: MIT
 * Communicators and groups. What a rank has before is its rank; after, its rank in the
 * new communicator and the result of a message within it. */
#include "base/host_name.h"
#include "check/check_operations.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static void communicators_free(MPI_Comm *comm) {
    if (*comm != MPI_COMM_NULL)
        MPI_CHECK(MPI_Comm_free(comm));
}

/* values: rank and size in comm, and the sum of the old ranks in it. */
static void communicators_describe(struct trial *trial, MPI_Comm comm, int64_t values[3]) {
    const int64_t mine = trial->rank;
    int rank = -1, size = -1;
    TRIAL_CALL(trial, MPI_Comm_rank(comm, &rank));
    TRIAL_CALL(trial, MPI_Comm_size(comm, &size));
    TRIAL_CALL(trial, MPI_Allreduce(&mine, &values[2], 1, MPI_INT64_T, MPI_SUM, comm));
    values[0] = rank;
    values[1] = size;
}

static void communicators_verify(struct trial *trial, const int64_t *expected, size_t count) {
    for (size_t k = 0; k < count; k++)
        trial_value(trial, k, expected[k], trial->after.values[k]);
}

/* -- split by parity -------------------------------------------------------------------------- */

/* The even ranks and the odd ones: their number, and their sum. */
void run_split_parity(struct trial *trial) {
    const int64_t parity = trial->rank % 2, members = (trial->size + 1 - parity) / 2;
    const int64_t expected[3] = {trial->rank / 2, members, members * (members - 1 + parity)};
    MPI_Comm comm = MPI_COMM_NULL;
    *trial_table(trial, &trial->before, 1, 1) = trial->rank;
    int64_t *values = trial_table(trial, &trial->after, 1, 3);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Comm_split(trial->comm, (int)parity, trial->rank, &comm));
    communicators_describe(trial, comm, values);
    trial_stop(trial);
    communicators_free(&comm);
    communicators_verify(trial, expected, 3);
}

void print_split(const struct trial_data *data, FILE *text) {
    if (data->columns == 1)
        fprintf(text, "rank %" PRId64, data->values[0]);
    else
        fprintf(text, "rank %" PRId64 " of %" PRId64 ", sum of the old ranks %" PRId64,
                data->values[0], data->values[1], data->values[2]);
}

/* -- included groups -------------------------------------------------------------------------- */

static void communicators_create_group(struct trial *trial, const int *members, int count,
                                       MPI_Comm *comm) {
    MPI_Group all = MPI_GROUP_NULL, group = MPI_GROUP_NULL;
    TRIAL_CALL(trial, MPI_Comm_group(trial->comm, &all));
    TRIAL_CALL(trial, MPI_Group_incl(all, count, members, &group));
    TRIAL_CALL(trial, MPI_Comm_create(trial->comm, group, comm));
    if (group != MPI_GROUP_NULL)
        MPI_CHECK(MPI_Group_free(&group));
    if (all != MPI_GROUP_NULL)
        MPI_CHECK(MPI_Group_free(&all));
}

/* The upper half of the ranks, including the middle one, in falling order: a group determines which
 * ranks take part and in which order. */
void run_groups(struct trial *trial) {
    const int last = trial->size - 1, first = trial->size / 2, count = last - first + 1;
    const bool member = trial->rank >= first;
    const int64_t expected[3] = {member ? last - trial->rank : -1, member ? count : -1,
                                 member ? (int64_t)count * (first + last) / 2 : -1};
    int *members = trial_memory(trial, (size_t)trial->size * sizeof *members);
    MPI_Comm comm = MPI_COMM_NULL;
    for (int k = 0; k < count; k++)
        members[k] = last - k;
    *trial_table(trial, &trial->before, 1, 1) = trial->rank;
    int64_t *values = trial_table(trial, &trial->after, 1, 3);
    trial_start(trial);
    communicators_create_group(trial, members, count, &comm);
    if (comm != MPI_COMM_NULL)
        communicators_describe(trial, comm, values);
    trial_stop(trial);
    communicators_free(&comm);
    communicators_verify(trial, expected, 3);
}

void print_group(const struct trial_data *data, FILE *text) {
    if (data->values[0] < 0)
        fputs("not a member", text);
    else
        print_split(data, text);
}

/* -- Cartesian grid --------------------------------------------------------------------------- */

static int communicators_wrap(int value, int size) {
    return (value + size) % size;
}

/* A message one step along each dimension; what arrives is the rank of the previous neighbour. */
static void communicators_shift(struct trial *trial, MPI_Comm grid, int dimension, int64_t *from) {
    int source = MPI_PROC_NULL, destination = MPI_PROC_NULL;
    const int64_t mine = trial->rank;
    TRIAL_CALL(trial, MPI_Cart_shift(grid, dimension, 1, &source, &destination));
    TRIAL_CALL(trial, MPI_Sendrecv(&mine, 1, MPI_INT64_T, destination, dimension, from, 1,
                                   MPI_INT64_T, source, dimension, grid, MPI_STATUS_IGNORE));
}

/* A torus of two dimensions. Ranks are not reordered, so that row and column follow from the rank.
 */
void run_cartesian(struct trial *trial) {
    int sides[2] = {0, 0}, place[2] = {-1, -1};
    const int around[2] = {1, 1};
    MPI_Comm grid = MPI_COMM_NULL;
    TRIAL_CALL(trial, MPI_Dims_create(trial->size, 2, sides));
    *trial_table(trial, &trial->before, 1, 1) = trial->rank;
    int64_t *values = trial_table(trial, &trial->after, 1, 6);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Cart_create(trial->comm, 2, sides, around, 0, &grid));
    TRIAL_CALL(trial, MPI_Cart_coords(grid, trial->rank, 2, place));
    communicators_shift(trial, grid, 0, &values[4]);
    communicators_shift(trial, grid, 1, &values[5]);
    for (int d = 0; d < 2; d++) {
        values[d] = place[d];
        values[2 + d] = sides[d];
    }
    trial_stop(trial);
    communicators_free(&grid);
    if (trial->tries.failed)
        return;
    const int row = trial->rank / sides[1], column = trial->rank % sides[1];
    const int64_t expected[6] = {row,
                                 column,
                                 sides[0],
                                 trial->size / sides[0],
                                 communicators_wrap(row - 1, sides[0]) * sides[1] + column,
                                 row * sides[1] + communicators_wrap(column - 1, sides[1])};
    communicators_verify(trial, expected, 6);
}

void print_grid(const struct trial_data *data, FILE *text) {
    const int64_t *v = data->values;
    if (data->columns == 1)
        fprintf(text, "rank %" PRId64, v[0]);
    else
        fprintf(text,
                "place (%" PRId64 ", %" PRId64 ") of %" PRId64 " x %" PRId64 ", rank %" PRId64
                " is above, rank %" PRId64 " to the left",
                v[0], v[1], v[2], v[3], v[4], v[5]);
}

/* -- one communicator for each node ----------------------------------------------------------- */

/* The members of comm by their old ranks, in rising order, are on this rank's host; the ranks of
 * all communicators together are all ranks. values: rank, size and sum as in
 * communicators_describe, and that total. */
static void communicators_verify_hosts(struct trial *trial, MPI_Comm comm, int64_t values[4]) {
    const int64_t leader = values[0] == 0 ? values[1] : 0;
    char host[HOST_NAME_BYTES] = "", other[HOST_NAME_BYTES];
    host_name(host);
    TRIAL_CALL(trial, MPI_Allreduce(&leader, &values[3], 1, MPI_INT64_T, MPI_SUM, trial->comm));
    for (int r = 0; r < values[1]; r++) {
        memcpy(other, host, sizeof host);
        TRIAL_CALL(trial, MPI_Bcast(other, HOST_NAME_BYTES, MPI_CHAR, r, comm));
        trial_string(trial, host, other);
    }
}

void run_nodes(struct trial *trial) {
    MPI_Comm comm = MPI_COMM_NULL;
    *trial_table(trial, &trial->before, 1, 1) = trial->rank;
    int64_t *values = trial_table(trial, &trial->after, 1, 4);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Comm_split_type(trial->comm, MPI_COMM_TYPE_SHARED, trial->rank,
                                          MPI_INFO_NULL, &comm));
    communicators_describe(trial, comm, values);
    communicators_verify_hosts(trial, comm, values);
    trial_stop(trial);
    int64_t before = 0, sum = 0, mine = trial->rank;
    if (comm != MPI_COMM_NULL) {
        /* The number of members before this one, and the sum of all, computed in another way. */
        const int64_t one = 1;
        int64_t members = -1;
        TRIAL_CALL(trial, MPI_Scan(&one, &before, 1, MPI_INT64_T, MPI_SUM, comm));
        TRIAL_CALL(trial, MPI_Reduce(&mine, &sum, 1, MPI_INT64_T, MPI_SUM, 0, comm));
        TRIAL_CALL(trial, MPI_Bcast(&sum, 1, MPI_INT64_T, 0, comm));
        TRIAL_CALL(trial, MPI_Allreduce(&one, &members, 1, MPI_INT64_T, MPI_SUM, comm));
        const int64_t expected[4] = {before - 1, members, sum, trial->size};
        communicators_verify(trial, expected, 4);
    }
    communicators_free(&comm);
}
