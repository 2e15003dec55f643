/* SPDX-License-Identifier: MIT
 * Collective operations. */
#include "cluster/collectives_operations.h"

#include "ranks/mpi_check.h"

#include <string.h>

static void call_bcast(const struct collective_job *job) {
    MPI_CHECK(MPI_Bcast(job->receive, job->count, job->mpi_type, job->root, job->comm));
}

static void call_reduce(const struct collective_job *job) {
    MPI_CHECK(MPI_Reduce(job->send, job->receive, job->count, job->mpi_type, job->mpi_op, job->root,
                         job->comm));
}

static void call_allreduce(const struct collective_job *job) {
    MPI_CHECK(
        MPI_Allreduce(job->send, job->receive, job->count, job->mpi_type, job->mpi_op, job->comm));
}

static void call_gather(const struct collective_job *job) {
    MPI_CHECK(MPI_Gather(job->send, job->count, job->mpi_type, job->receive, job->count,
                         job->mpi_type, job->root, job->comm));
}

static void call_scatter(const struct collective_job *job) {
    MPI_CHECK(MPI_Scatter(job->send, job->count, job->mpi_type, job->receive, job->count,
                          job->mpi_type, job->root, job->comm));
}

static void call_allgather(const struct collective_job *job) {
    MPI_CHECK(MPI_Allgather(job->send, job->count, job->mpi_type, job->receive, job->count,
                            job->mpi_type, job->comm));
}

static void call_alltoall(const struct collective_job *job) {
    MPI_CHECK(MPI_Alltoall(job->send, job->count, job->mpi_type, job->receive, job->count,
                           job->mpi_type, job->comm));
}

static void call_barrier(const struct collective_job *job) {
    MPI_CHECK(MPI_Barrier(job->comm));
}

static void call_scan(const struct collective_job *job) {
    MPI_CHECK(MPI_Scan(job->send, job->receive, job->count, job->mpi_type, job->mpi_op, job->comm));
}

/* The root of a bcast has its message in the buffer that the others receive into. */
const struct collective collectives_table[] = {
    {
        .name = "bcast",
        .title = "Bcast",
        .sized = true,
        .rooted = true,
        .sends = BLOCKS_NONE,
        .receives = BLOCKS_ONE,
        .meeting = MEET_AFTER,
        .call = call_bcast,
    },
    {
        .name = "reduce",
        .title = "Reduce",
        .sized = true,
        .rooted = true,
        .reduces = true,
        .sends = BLOCKS_ONE,
        .receives = BLOCKS_ROOT_ONE,
        .meeting = MEET_BEFORE,
        .call = call_reduce,
    },
    {
        .name = "allreduce",
        .title = "Allreduce",
        .sized = true,
        .reduces = true,
        .sends = BLOCKS_ONE,
        .receives = BLOCKS_ONE,
        .meeting = MEET_AFTER,
        .call = call_allreduce,
    },
    {
        .name = "gather",
        .title = "Gather",
        .sized = true,
        .rooted = true,
        .sends = BLOCKS_ONE,
        .receives = BLOCKS_ROOT_ALL,
        .meeting = MEET_AFTER,
        .call = call_gather,
    },
    {
        .name = "scatter",
        .title = "Scatter",
        .sized = true,
        .rooted = true,
        .sends = BLOCKS_ROOT_ALL,
        .receives = BLOCKS_ONE,
        .meeting = MEET_AFTER,
        .call = call_scatter,
    },
    {
        .name = "allgather",
        .title = "Allgather",
        .sized = true,
        .sends = BLOCKS_ONE,
        .receives = BLOCKS_ALL,
        .meeting = MEET_AFTER,
        .call = call_allgather,
    },
    {
        .name = "alltoall",
        .title = "Alltoall",
        .sized = true,
        .sends = BLOCKS_ALL,
        .receives = BLOCKS_ALL,
        .meeting = MEET_AFTER,
        .call = call_alltoall,
    },
    {
        .name = "barrier",
        .title = "Barrier",
        .sends = BLOCKS_NONE,
        .receives = BLOCKS_NONE,
        .meeting = MEET_NEVER,
        .call = call_barrier,
    },
    {
        .name = "scan",
        .title = "Scan",
        .sized = true,
        .reduces = true,
        .scans = true,
        .sends = BLOCKS_ONE,
        .receives = BLOCKS_ONE,
        .meeting = MEET_AFTER,
        .call = call_scan,
    },
    {0},
};

const struct collective *collective_find(const char *name) {
    for (const struct collective *operation = collectives_table; operation->name; operation++)
        if (strcmp(operation->name, name) == 0)
            return operation;
    return NULL;
}

int collective_count(const struct collective_job *job, enum collective_blocks blocks) {
    switch (blocks) {
    case BLOCKS_ONE:
        return 1;
    case BLOCKS_ROOT_ONE:
        return job->rank == job->root ? 1 : 0;
    case BLOCKS_ALL:
        return job->ranks;
    case BLOCKS_ROOT_ALL:
        return job->rank == job->root ? job->ranks : 0;
    default:
        return 0;
    }
}

uint64_t collective_bytes(const struct collective_job *job, enum collective_blocks blocks) {
    return (uint64_t)collective_count(job, blocks) * job->bytes;
}

void collective_set_types(struct collective_job *job) {
    const bool reduces = job->operation->reduces;
    const MPI_Datatype types[COLLECTIVE_TYPES] = {MPI_INT, MPI_FLOAT, MPI_DOUBLE};
    const MPI_Op ops[COLLECTIVE_OPS] = {MPI_SUM, MPI_MIN, MPI_MAX};
    job->mpi_type = reduces ? types[job->type] : MPI_BYTE;
    job->mpi_op = ops[job->op];
    job->count = (int)(job->bytes / (reduces ? collective_type_bytes(job->type) : 1));
}

void collective_run_once(const struct collective_job *job) {
    job->operation->call(job);
}
