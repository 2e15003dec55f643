/* SPDX-License-Identifier: MIT
 * The operations of plait collectives: what each sends and receives, and its call. */
#ifndef PLAIT_DRIVERS_COLLECTIVES_OPERATIONS_H
#define PLAIT_DRIVERS_COLLECTIVES_OPERATIONS_H

#include "cluster/collectives_pattern.h"

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct collective_job;

/* How many messages a buffer has: one, one for each rank, or that on the root alone. */
enum collective_blocks { BLOCKS_NONE, BLOCKS_ONE, BLOCKS_ROOT_ONE, BLOCKS_ALL, BLOCKS_ROOT_ALL };

/* When ranks meet in a barrier, outside the timed part: where OSU's benchmark of it does. */
enum collective_meeting { MEET_AFTER, MEET_BEFORE, MEET_NEVER };

struct collective {
    const char *name;  /* "allreduce" */
    const char *title; /* "Allreduce": after "MPI_", and IMB's name */
    bool sized;        /* carries messages */
    bool scans;        /* reduces over the ranks up to each one */
    bool reduces;      /* of elements of --type by --op */
    bool rooted;       /* has a --root */
    enum collective_blocks sends, receives;
    enum collective_meeting meeting;
    void (*call)(const struct collective_job *job); /* makes the call, once */
};

/* Ended by one without a name. */
extern const struct collective collectives_table[];
enum { COLLECTIVES = 9 };

/* NULL: there is none of that name. */
const struct collective *collective_find(const char *name);

/* One operation with messages of one size, as a rank makes it. */
struct collective_job {
    const struct collective *operation;
    MPI_Comm comm;
    int rank, ranks, root;
    uint64_t bytes; /* of a message, a multiple of the type's */
    enum collective_type type;
    enum collective_op op;
    unsigned char *send, *receive; /* as large as collective_bytes says */

    /* What MPI is given: collective_set_types sets it. */
    int count;
    MPI_Datatype mpi_type;
    MPI_Op mpi_op;
};

/* The number of messages in a buffer with these blocks on this rank, and its bytes. */
int collective_count(const struct collective_job *job, enum collective_blocks blocks);
uint64_t collective_bytes(const struct collective_job *job, enum collective_blocks blocks);

/* Sets what MPI is given. */
void collective_set_types(struct collective_job *job);

/* Makes the call once. Tests put wrong values in here (tests/mpi/check_hooks.c). */
void collective_run_once(const struct collective_job *job);

#endif
