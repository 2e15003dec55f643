/* SPDX-License-Identifier: MIT
 * The one check around every MPI call. */
#ifndef PLAIT_DRIVERS_MPI_CHECK_H
#define PLAIT_DRIVERS_MPI_CHECK_H

#include <mpi.h>

/* MPI_CHECK(MPI_Bcast(...)): an MPI call that fails leaves the communicator in an unknown state, so
 * one line names the call, its place and MPI's own reason, and the whole job ends with status 1. */
#define MPI_CHECK(call) mpi_check((call), #call, __FILE__, __LINE__)

/* MPI's own text for a code that is not MPI_SUCCESS, as one line. */
void mpi_reason(int code, char reason[MPI_MAX_ERROR_STRING]);

/* Ends the job. */
void mpi_end_job(int code, const char *call, const char *file, int line);

/* What MPI_CHECK expands to. Returns only if code is MPI_SUCCESS. Inline: a call costs some percent
 * of a short message. */
static inline void mpi_check(int code, const char *call, const char *file, int line) {
    if (code != MPI_SUCCESS)
        mpi_end_job(code, call, file, line);
}

#endif
