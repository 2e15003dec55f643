/* SPDX-License-Identifier: MIT
 * A driver that MPI_Init loads and that takes signals for itself, as LLVM does below an OpenCL
 * driver, to be preloaded: from the end of MPI_Init on, signals that no one has ignored are
 * swallowed. What HWLOC_COMPONENTS is when MPI starts goes to the file TAKE_SIGNALS_LOG. */
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void swallow(int signal) {
    (void)signal;
}

static void take(int number) {
    struct sigaction action;
    sigaction(number, NULL, &action);
    if (action.sa_handler == SIG_IGN)
        return;
    action = (struct sigaction){.sa_handler = swallow, .sa_flags = SA_RESTART};
    sigaction(number, &action, NULL);
}

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided) {
    static const int taken[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGALRM};
    const char *path = getenv("TAKE_SIGNALS_LOG");
    const char *components = getenv("HWLOC_COMPONENTS");
    FILE *log = path ? fopen(path, "w") : NULL;
    if (log) {
        fprintf(log, "%s\n", components ? components : "");
        fclose(log);
    }
    const int code = PMPI_Init_thread(argc, argv, required, provided);
    for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++)
        take(taken[k]);
    return code;
}
