/* SPDX-License-Identifier: MIT
 * MPI calls whose failure is a result. MPI_CHECK ends the job; where MPI itself is tested, its
 * errors are recorded and reported. Needs MPI_ERRORS_RETURN on the communicator, window or file. */
#ifndef PLAIT_DRIVERS_MPI_TRY_H
#define PLAIT_DRIVERS_MPI_TRY_H

#include <stdbool.h>

enum { MPI_TRIES_BYTES = 256 };

/* A sequence of calls, each of which makes sense only if those before it have succeeded. Zero: none
 * yet.
 */
struct mpi_tries {
    const char *volatile under_way; /* the text of the call that this rank is in, NULL: in none;
                                     * a signal handler may read it */
    bool failed;                    /* one has failed: the rest is skipped */
    int error_number;               /* errno after the last call; of calls for files it may be more
                                     * precise than MPI's error */
    char failure[MPI_TRIES_BYTES];  /* "MPI_Send: " and MPI's own reason */
};

/* MPI_TRY(&tries, MPI_Send(...)): true if it succeeded, false if it failed or was skipped. */
#define MPI_TRY(tries, call) \
    ((tries)->failed ? false : (mpi_try_begin((tries), #call), mpi_try_end((tries), (call))))

/* What MPI_TRY expands to. */
void mpi_try_begin(struct mpi_tries *tries, const char *call);
bool mpi_try_end(struct mpi_tries *tries, int code);

#endif
