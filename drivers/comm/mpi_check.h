/* SPDX-License-Identifier: MIT
 * The one check around every MPI call. */
#ifndef PLAIT_DRIVERS_MPI_CHECK_H
#define PLAIT_DRIVERS_MPI_CHECK_H

/* MPI_CHECK(MPI_Bcast(...)): an MPI call that fails leaves the communicator in an unknown state, so
 * one line names the call, its place and MPI's own reason, and the whole job ends with status 1. */
#define MPI_CHECK(call) mpi_check((call), #call, __FILE__, __LINE__)

/* What MPI_CHECK expands to. Returns only if code is MPI_SUCCESS. */
void mpi_check(int code, const char *call, const char *file, int line);

#endif
