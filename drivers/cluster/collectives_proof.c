/* SPDX-License-Identifier: MIT
 * Data of collective operations, and their verification. */
#include "cluster/collectives_proof.h"

#include "base/clock.h"
#include "base/payload.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <time.h>

enum { TAG_COMING = 71 };

/* The end of each line: a wrong value has one of these causes. */
#define LOOK_FOR "look for a broken network, or nodes with different versions of MPI"

/* The ranks whose contributions arrive here. */
static struct collective_pattern proof_result(const struct collective_job *job) {
    return collective_pattern(job->type, job->op, job->bytes, job->ranks,
                              job->operation->scans ? job->rank + 1 : job->ranks);
}

/* Whether the sender has another message for each rank. */
static bool proof_is_addressed(const struct collective_job *job) {
    return job->operation->sends == BLOCKS_ALL || job->operation->sends == BLOCKS_ROOT_ALL;
}

/* The key of the payload (base/payload.h) from one rank to another. */
static uint64_t proof_key(const struct collective_job *job, int from, int to) {
    const uint64_t receiver = proof_is_addressed(job) ? (uint64_t)to : 0;
    return (uint64_t)from * (uint64_t)job->ranks + receiver +
           (job->bytes + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* The rank that received block b comes from. */
static int proof_sender(const struct collective_job *job, int b) {
    const enum collective_blocks receives = job->operation->receives;
    return receives == BLOCKS_ALL || receives == BLOCKS_ROOT_ALL ? b : job->root;
}

static void proof_fill_reduction(const struct collective_job *job) {
    const struct collective_pattern pattern = proof_result(job);
    const size_t count = (size_t)job->count;
    collective_pattern_fill(&pattern, job->rank, job->send, count);
    if (collective_count(job, job->operation->receives) > 0)
        collective_pattern_spoil(&pattern, job->receive, count);
}

void proof_fill(const struct collective_job *job) {
    const struct collective *operation = job->operation;
    const size_t bytes = (size_t)job->bytes;
    if (operation->reduces) {
        proof_fill_reduction(job);
        return;
    }
    for (int b = 0; b < collective_count(job, operation->sends); b++)
        payload_fill(job->send + (size_t)b * bytes, bytes, proof_key(job, job->rank, b));
    const int received = collective_count(job, operation->receives);
    for (int b = 0; b < received; b++)
        payload_fill(job->receive + (size_t)b * bytes, bytes,
                     proof_key(job, proof_sender(job, b), job->rank));
    /* The root of a bcast sends what is in that buffer. */
    if (operation->sends == BLOCKS_NONE && job->rank == job->root)
        return;
    for (size_t k = 0; k < (size_t)received * bytes; k++)
        job->receive[k] = (unsigned char)~job->receive[k];
}

static bool proof_compare_reduction(const struct collective_job *job, struct failure *failure) {
    const struct collective_pattern pattern = proof_result(job);
    size_t element;
    double got;
    if (collective_count(job, job->operation->receives) == 0 ||
        collective_pattern_check(&pattern, job->receive, (size_t)job->count, &element, &got))
        return true;
    return failure_set(
        failure, EXIT_RUN,
        "%s of %" PRIu64
        " bytes is wrong: element %zu on rank %d is %.17g, it should be %.17g: " LOOK_FOR,
        job->operation->name, job->bytes, element, job->rank, got,
        collective_expected(&pattern, element));
}

bool proof_compare(const struct collective_job *job, struct failure *failure) {
    if (job->operation->reduces)
        return proof_compare_reduction(job, failure);
    for (int b = 0; b < collective_count(job, job->operation->receives); b++) {
        const unsigned char *block = job->receive + (size_t)b * (size_t)job->bytes;
        const int from = proof_sender(job, b);
        size_t wrong;
        unsigned char expected;
        if (payload_check(block, (size_t)job->bytes, proof_key(job, from, job->rank), &wrong,
                          &expected))
            continue;
        return failure_set(
            failure, EXIT_RUN,
            "%s of %" PRIu64
            " bytes is wrong: element %zu from rank %d on rank %d is %d, it should be %d: " LOOK_FOR,
            job->operation->name, job->bytes, wrong, from, job->rank, (int)block[wrong],
            (int)expected);
    }
    return true;
}

/* The late rank hears from each other one that it is about to enter, sleeps, and enters. So the
 * others stay at least as long as it sleeps, by their own clocks, which need not agree. */
static bool proof_barrier_late(const struct collective_job *job, int late,
                               struct failure *failure) {
    enum { LATE_NS = 1000000, AT_LEAST_NS = LATE_NS / 100 * 99 };
    if (job->rank == late) {
        struct timespec pause = {0, LATE_NS};
        for (int r = 0; r < job->ranks - 1; r++)
            MPI_CHECK(MPI_Recv(NULL, 0, MPI_BYTE, MPI_ANY_SOURCE, TAG_COMING, job->comm,
                               MPI_STATUS_IGNORE));
        while (nanosleep(&pause, &pause) != 0) /* a signal has ended it early */
            continue;
        collective_run_once(job);
        return true;
    }
    const uint64_t start_ns = clock_now_ns();
    MPI_CHECK(MPI_Send(NULL, 0, MPI_BYTE, late, TAG_COMING, job->comm));
    collective_run_once(job);
    return clock_now_ns() - start_ns >= AT_LEAST_NS ||
           failure_set(failure, EXIT_RUN,
                       "barrier is wrong: rank %d left before rank %d had come: " LOOK_FOR,
                       job->rank, late);
}

bool proof_barrier(const struct collective_job *job, struct failure *failure) {
    enum { MOST = 16 };
    const int times = job->ranks < MOST ? job->ranks : MOST;
    bool right = true;
    for (int t = 0; t < times; t++) /* to the end, since others take part */
        right &= proof_barrier_late(job, (int)((int64_t)t * job->ranks / times), failure);
    return right;
}
