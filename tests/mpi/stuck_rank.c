/* SPDX-License-Identifier: MIT
 * Preloaded by tests of --watchdog: what goes wrong on the rank that STUCK_RANK names. STUCK_HOW
 * says what:
 *
 *     asleep   it never returns from MPI_Reduce, and takes no processor time there
 *     slow     it does so after STUCK_SECONDS of computing outside MPI
 *     deaf     its datagrams get lost
 *
 * On all ranks it prints a line if memory is asked for, as opendir does, when the main thread is
 * held: that may have been inside malloc, whose lock it then keeps. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <mpi.h>
#include <signal.h>
#include <stdatomic.h>
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
    const struct timespec while_asleep = {3600, 0};
    while (asked_for("asleep"))
        nanosleep(&while_asleep, NULL);
    while (asked_for("slow") && time(NULL) < end)
        ;
    return PMPI_Reduce(from, to, count, type, op, root, comm);
}

static atomic_bool held;

/* Called by what holds the main thread. */
int pause(void) {
    sigset_t blocked;
    atomic_store(&held, true);
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    return sigsuspend(&blocked);
}

DIR *opendir(const char *name) {
    static const char line[] = "stuck_rank: memory is asked for while the main thread is held\n";
    static DIR *(*real)(const char *);
    if (atomic_load(&held) && write(STDERR_FILENO, line, sizeof line - 1) < 0)
        return NULL;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "opendir");
    return real(name);
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
