/* SPDX-License-Identifier: MIT
 * Preloaded by tests of --watchdog: what goes wrong on the rank that STUCK_RANK names. STUCK_HOW
 * says what:
 *
 *     asleep   it never returns from MPI_Reduce, and takes no processor time there
 *     slow     it does so after STUCK_SECONDS of computing outside MPI
 *     deaf     its datagrams get lost */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool asked_for(const char *how) {
    const char *rank = getenv("STUCK_RANK"), *wanted = getenv("STUCK_HOW");
    const char *mine = getenv("OMPI_COMM_WORLD_RANK");
    if (!mine)
        mine = getenv("PMI_RANK");
    return rank && wanted && mine && strcmp(rank, mine) == 0 && strcmp(wanted, how) == 0;
}

int MPI_Reduce(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, int root,
               MPI_Comm comm) {
    const char *seconds = getenv("STUCK_SECONDS");
    const time_t end = time(NULL) + (seconds ? atoi(seconds) : 0);
    while (asked_for("asleep"))
        pause();
    while (asked_for("slow") && time(NULL) < end)
        ;
    return PMPI_Reduce(from, to, count, type, op, root, comm);
}

ssize_t sendto(int socket, const void *bytes, size_t count, int flags, const struct sockaddr *to,
               socklen_t length) {
    static ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    if (count == 24 && asked_for("deaf"))
        return (ssize_t)count;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "sendto");
    return real(socket, bytes, count, flags, to, length);
}
