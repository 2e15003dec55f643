/* SPDX-License-Identifier: MIT
 * Memory without a name that the first rank of a node makes, and the others open by way of that
 * rank's descriptors in /proc: unlike files in /dev/shm, or the windows of MPI, which are such
 * files, it has no other limit than memory itself, and nothing of it is left when a rank is killed.
 * Where that does not work, as between containers that do not see each other's processes, the
 * tables are copied. */
#define _GNU_SOURCE /* memfd_create */
#include "picture/deep/deep_share.h"

#include "base/memory.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const double BYTES_PER_MIB = 1048576;

enum { ALIGNMENT = 64 };

/* What the first rank says of its tables. */
struct share_offer {
    uint64_t bytes;         /* 0: there are none */
    int64_t process;        /* whose descriptor leads to the memory */
    int64_t descriptor;     /* -1: it cannot be shared */
    uint64_t device, inode; /* of the memory: a process of another container may have that number */
};

/* Memory for the tables with its pages, which the kernel else would not have when they are touched.
 * Returns a descriptor, or -1. */
static int share_make(struct deep_share *share) {
    const int descriptor = memfd_create("plait-reference-orbit", MFD_CLOEXEC);
    if (descriptor < 0)
        return -1;
    void *memory = MAP_FAILED;
    int error;
    do
        error = posix_fallocate(descriptor, 0, (off_t)share->bytes);
    while (error == EINTR); /* a stop signal, which the run sees to later */
    if (error == 0)
        memory = mmap(NULL, share->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) {
        close(descriptor);
        return -1;
    }
    share->memory = memory;
    share->mapped = true;
    return descriptor;
}

/* The memory that another process has made; false: it cannot be reached. */
static bool share_open(struct deep_share *share, const struct share_offer *offer) {
    char name[64];
    struct stat status;
    snprintf(name, sizeof name, "/proc/%" PRId64 "/fd/%" PRId64, offer->process, offer->descriptor);
    /* What it is, is known only when it is open: a pipe of another process must not make this one
     * wait. */
    const int descriptor = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool same = fstat(descriptor, &status) == 0 && status.st_dev == offer->device &&
                      status.st_ino == offer->inode && (uint64_t)status.st_size == offer->bytes;
    void *memory =
        same ? mmap(NULL, share->bytes, PROT_READ, MAP_SHARED, descriptor, 0) : MAP_FAILED;
    close(descriptor);
    if (memory == MAP_FAILED)
        return false;
    share->memory = memory;
    share->mapped = true;
    return true;
}

/* Memory of this rank alone, while `ranks` ranks of the node take as much. */
static bool share_allocate(struct deep_share *share, int ranks, struct failure *failure) {
    const uint64_t available = memory_available_bytes();
    deep_share_end(share);
    share->memory =
        share->bytes <= available / (uint64_t)ranks ? aligned_alloc(ALIGNMENT, share->bytes) : NULL;
    return share->memory ||
           failure_set(
               failure, EXIT_RUN,
               "the tables of the reference orbit need %.0f MiB for each rank of this node, which has %.0f MiB free: choose a smaller --maxit, or start fewer ranks with more threads",
               (double)share->bytes / BYTES_PER_MIB, (double)available / BYTES_PER_MIB);
}

/* The first rank: moves its tables into memory that others can reach, if there is such. */
static struct share_offer share_offer_tables(struct deep_share *share, struct plait_deep *tables,
                                             int *descriptor, struct failure *failure) {
    struct share_offer offer = {.process = getpid(), .descriptor = -1};
    struct stat status;
    if (failure->exit_status != EXIT_DONE)
        return offer;
    share->bytes = plait_deep_tables_bytes(tables);
    if (share->bytes > memory_available_bytes())
        share_allocate(share, 1, failure); /* which says so */
    else
        *descriptor = share_make(share);
    if (*descriptor < 0 && !share_allocate(share, 1, failure))
        return offer;
    if (*descriptor >= 0 && fstat(*descriptor, &status) == 0) {
        offer.descriptor = *descriptor;
        offer.device = status.st_dev;
        offer.inode = status.st_ino;
    }
    if (plait_deep_move(tables, share->memory) != PLAIT_OK)
        failure_set(failure, EXIT_RUN, "the tables of the reference orbit cannot be moved");
    else
        offer.bytes = share->bytes;
    return offer;
}

/* Each rank gets a copy; all take part, so that none waits. false on all ranks: one has no memory.
 */
static bool share_copy(struct deep_share *share, const struct session *session,
                       struct failure *failure) {
    const size_t most = 1 << 28;
    int have = session->node_rank == 0 || share_allocate(share, session->node_size - 1, failure),
        all;
    MPI_CHECK(MPI_Allreduce(&have, &all, 1, MPI_INT, MPI_MIN, session->node));
    for (size_t done = 0; all && done < share->bytes; done += most) {
        const size_t left = share->bytes - done;
        MPI_Request request;
        MPI_CHECK(MPI_Ibcast((char *)share->memory + done, (int)(left < most ? left : most),
                             MPI_BYTE, 0, session->node, &request));
        wait_quietly(&request);
    }
    return all;
}

void deep_share_tables(struct deep_share *share, const struct session *session,
                       struct plait_deep *tables, struct failure *failure) {
    struct share_offer offer = {0};
    const bool first = session->node_rank == 0;
    int descriptor = -1, reached = 1, all;
    MPI_Request request;
    if (first)
        offer = share_offer_tables(share, tables, &descriptor, failure);
    MPI_CHECK(MPI_Ibcast(&offer, (int)sizeof offer, MPI_BYTE, 0, session->node, &request));
    wait_quietly(&request); /* as long as the orbit takes */
    if (offer.bytes == 0)
        return;
    share->bytes = (size_t)offer.bytes;
    if (!first)
        reached = offer.descriptor >= 0 && share_open(share, &offer);
    MPI_CHECK(MPI_Allreduce(&reached, &all, 1, MPI_INT, MPI_MIN, session->node));
    if (descriptor >= 0)
        close(descriptor); /* those who have mapped the memory keep it */
    if (!all && !share_copy(share, session, failure))
        return;
    if (!first && failure->exit_status == EXIT_DONE &&
        plait_deep_attach(tables, share->memory, share->bytes) != PLAIT_OK)
        failure_set(failure, EXIT_RUN,
                    "the tables of the reference orbit are not those of this picture");
}

void deep_share_end(struct deep_share *share) {
    if (share->mapped)
        munmap(share->memory, share->bytes);
    else
        free(share->memory);
    share->memory = NULL;
    share->mapped = false;
}
