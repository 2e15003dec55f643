/* SPDX-License-Identifier: MIT
 * Collective operations, with the data of the report. */
#include "check/check_objects.h"
#include "check/check_operations.h"
#include "ranks/mpi_check.h"

#include <string.h>

enum { CHECK_ROOT = 0 };

static bool collectives_is_root(const struct trial *trial) {
    return trial->rank == CHECK_ROOT;
}

static size_t collectives_ranks(const struct trial *trial) {
    return (size_t)trial->size;
}

/* -- broadcast -------------------------------------------------------------------------------- */

/* An object as one struct and one datatype. */
struct parcel {
    int32_t disks;
    int64_t sizes[OBJECT_DISKS];
    char names[OBJECT_TEXT_BYTES];
};

static MPI_Datatype collectives_parcel_type(struct trial *trial) {
    const int lengths[3] = {1, OBJECT_DISKS, OBJECT_TEXT_BYTES};
    const MPI_Aint offsets[3] = {offsetof(struct parcel, disks), offsetof(struct parcel, sizes),
                                 offsetof(struct parcel, names)};
    const MPI_Datatype types[3] = {MPI_INT32_T, MPI_INT64_T, MPI_CHAR};
    MPI_Datatype type = MPI_DATATYPE_NULL;
    TRIAL_CALL(trial, MPI_Type_create_struct(3, lengths, offsets, types, &type));
    TRIAL_CALL(trial, MPI_Type_commit(&type));
    return type;
}

void run_bcast_object(struct trial *trial) {
    enum { DISKS = 3 };
    struct parcel parcel = {0};
    object_allocate(trial, &trial->after);
    if (collectives_is_root(trial)) {
        object_fill(trial, &trial->before, DISKS);
        parcel.disks = DISKS;
        memcpy(parcel.sizes, trial->before.values, DISKS * sizeof *parcel.sizes);
        strcpy(parcel.names, trial->before.text);
    }
    MPI_Datatype type = collectives_parcel_type(trial);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Bcast(&parcel, 1, type, CHECK_ROOT, trial->comm));
    trial->after.columns = parcel.disks == DISKS ? DISKS : 0;
    memcpy(trial->after.values, parcel.sizes, sizeof parcel.sizes);
    memcpy(trial->after.text, parcel.names, sizeof parcel.names);
    trial_stop(trial);
    if (type != MPI_DATATYPE_NULL)
        MPI_CHECK(MPI_Type_free(&type));
    object_verify(trial, &trial->after, DISKS);
}

/* 0 to count - 1, broadcast in place. */
void run_bcast_array(struct trial *trial) {
    const size_t count = trial_count(trial, 10);
    int64_t *values = trial_table(trial, &trial->after, 1, count);
    if (collectives_is_root(trial)) {
        for (size_t k = 0; k < count; k++)
            values[k] = (int64_t)k;
        trial->before = trial->after;
    }
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Bcast(values, (int)count, MPI_INT64_T, CHECK_ROOT, trial->comm));
    trial_stop(trial);
    for (size_t k = 0; k < count; k++)
        trial_value(trial, k, (int64_t)k, values[k]);
}

/* -- scatter and gather ----------------------------------------------------------------------- */

static int64_t collectives_square(size_t rank) {
    return (int64_t)((rank + 1) * (rank + 1));
}

/* Scatters a table from rank 0, `columns` values to each rank; row r holds row_value(r). */
static void collectives_scatter(struct trial *trial, size_t columns,
                                int64_t row_value(size_t row)) {
    int64_t *all = NULL;
    int64_t *mine = trial_table(trial, &trial->after, 1, columns);
    if (collectives_is_root(trial)) {
        all = trial_table(trial, &trial->before, collectives_ranks(trial), columns);
        for (size_t k = 0; k < collectives_ranks(trial) * columns; k++)
            all[k] = row_value(k / columns);
    }
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Scatter(all, (int)columns, MPI_INT64_T, mine, (int)columns, MPI_INT64_T,
                                  CHECK_ROOT, trial->comm));
    trial_stop(trial);
    for (size_t k = 0; k < columns; k++)
        trial_value(trial, k, row_value((size_t)trial->rank), mine[k]);
}

/* The inverse: gathers the rows on rank 0. */
static void collectives_gather(struct trial *trial, size_t columns, int64_t row_value(size_t row)) {
    int64_t *all = NULL;
    int64_t *mine = trial_table(trial, &trial->before, 1, columns);
    for (size_t k = 0; k < columns; k++)
        mine[k] = row_value((size_t)trial->rank);
    if (collectives_is_root(trial))
        all = trial_table(trial, &trial->after, collectives_ranks(trial), columns);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Gather(mine, (int)columns, MPI_INT64_T, all, (int)columns, MPI_INT64_T,
                                 CHECK_ROOT, trial->comm));
    trial_stop(trial);
    for (size_t k = 0; collectives_is_root(trial) && k < collectives_ranks(trial) * columns; k++)
        trial_value(trial, k, row_value(k / columns), all[k]);
}

static int64_t collectives_row_number(size_t row) {
    return (int64_t)row;
}

void run_scatter_list(struct trial *trial) {
    collectives_scatter(trial, 1, collectives_square);
}

void run_scatter_rows(struct trial *trial) {
    collectives_scatter(trial, trial_count(trial, 10), collectives_row_number);
}

void run_gather_list(struct trial *trial) {
    collectives_gather(trial, 1, collectives_square);
}

void run_gather_rows(struct trial *trial) {
    collectives_gather(trial, trial_count(trial, 10), collectives_row_number);
}

/* Each rank has one row of the multiplication table before, and the whole table after. */
void run_allgather(struct trial *trial) {
    const size_t rows = collectives_ranks(trial), columns = trial_count(trial, rows);
    int64_t *mine = trial_table(trial, &trial->before, 1, columns);
    int64_t *all = trial_table(trial, &trial->after, rows, columns);
    for (size_t k = 0; k < columns; k++)
        mine[k] = (int64_t)k * trial->rank;
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Allgather(mine, (int)columns, MPI_INT64_T, all, (int)columns, MPI_INT64_T,
                                    trial->comm));
    trial_stop(trial);
    for (size_t k = 0; k < rows * columns; k++)
        trial_value(trial, k, (int64_t)(k % columns * (k / columns)), all[k]);
}

/* -- reductions ------------------------------------------------------------------------------- */

/* Value k of rank r is k + r. */
static void collectives_fill_summands(struct trial *trial) {
    int64_t *values = trial_table(trial, &trial->before, 1, trial_count(trial, 5));
    for (size_t k = 0; k < trial->before.columns; k++)
        values[k] = (int64_t)k + trial->rank;
}

static void collectives_verify_sums(struct trial *trial) {
    const int64_t ranks = trial->size;
    for (size_t k = 0; k < trial->before.columns; k++)
        trial_value(trial, k, (int64_t)k * ranks + ranks * (ranks - 1) / 2, trial->after.values[k]);
}

void run_reduce(struct trial *trial) {
    collectives_fill_summands(trial);
    int64_t *sums = NULL;
    if (collectives_is_root(trial))
        sums = trial_table(trial, &trial->after, 1, trial->before.columns);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Reduce(trial->before.values, sums, (int)trial->before.columns,
                                 MPI_INT64_T, MPI_SUM, CHECK_ROOT, trial->comm));
    trial_stop(trial);
    if (collectives_is_root(trial))
        collectives_verify_sums(trial);
}

void run_allreduce(struct trial *trial) {
    collectives_fill_summands(trial);
    int64_t *sums = trial_table(trial, &trial->after, 1, trial->before.columns);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Allreduce(trial->before.values, sums, (int)trial->before.columns,
                                    MPI_INT64_T, MPI_SUM, trial->comm));
    trial_stop(trial);
    collectives_verify_sums(trial);
}

/* -- blocks of different lengths -------------------------------------------------------------- */

/* One to three rows. */
static int collectives_row_count(int rank) {
    return rank % 3 + 1;
}

/* The first row of each rank, computed from the counts; returns the number of rows. */
static int collectives_row_offsets(const struct trial *trial, int *counts, int *offsets) {
    int rows = 0;
    for (int r = 0; r < trial->size; r++) {
        counts[r] = collectives_row_count(r);
        offsets[r] = rows;
        rows += counts[r];
    }
    return rows;
}

/* As the report collects its picture: the first row of a rank comes from a scan of the row counts,
 * and rows, filled with their number, are gathered with a datatype that is one row long. */
void run_scan_gatherv(struct trial *trial) {
    const size_t columns = trial_count(trial, 4);
    const int mine = collectives_row_count(trial->rank);
    int *counts = trial_memory(trial, collectives_ranks(trial) * sizeof *counts);
    int *offsets = trial_memory(trial, collectives_ranks(trial) * sizeof *offsets);
    const int rows = collectives_row_offsets(trial, counts, offsets);
    int64_t *block = trial_table(trial, &trial->before, (size_t)mine, columns);
    int64_t *all = NULL;
    if (collectives_is_root(trial))
        all = trial_table(trial, &trial->after, (size_t)rows, columns);
    for (size_t k = 0; k < (size_t)mine * columns; k++)
        block[k] = offsets[trial->rank] + (int64_t)(k / columns);

    MPI_Datatype row = MPI_DATATYPE_NULL;
    int end = -1;
    TRIAL_CALL(trial, MPI_Type_contiguous((int)columns, MPI_INT64_T, &row));
    TRIAL_CALL(trial, MPI_Type_commit(&row));
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Scan(&mine, &end, 1, MPI_INT, MPI_SUM, trial->comm));
    TRIAL_CALL(trial,
               MPI_Gatherv(block, mine, row, all, counts, offsets, row, CHECK_ROOT, trial->comm));
    trial_stop(trial);
    if (row != MPI_DATATYPE_NULL)
        MPI_CHECK(MPI_Type_free(&row));
    trial_value(trial, 0, offsets[trial->rank] + mine, end);
    for (size_t k = 0; all && k < (size_t)rows * columns; k++)
        trial_value(trial, k, (int64_t)(k / columns), all[k]);
}

/* From each rank to each other one a block, whose values identify both. */
void run_alltoall(struct trial *trial) {
    const size_t ranks = collectives_ranks(trial), columns = trial_count(trial, 1),
                 mine = (size_t)trial->rank;
    int64_t *out = trial_table(trial, &trial->before, ranks, columns);
    int64_t *in = trial_table(trial, &trial->after, ranks, columns);
    for (size_t k = 0; k < ranks * columns; k++)
        out[k] = (int64_t)(mine * ranks + k / columns);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Alltoall(out, (int)columns, MPI_INT64_T, in, (int)columns, MPI_INT64_T,
                                   trial->comm));
    trial_stop(trial);
    for (size_t k = 0; k < ranks * columns; k++)
        trial_value(trial, k, (int64_t)(k / columns * ranks + mine), in[k]);
}
