/* SPDX-License-Identifier: MIT
 * What stands around every MPI call. */
#ifndef PLAIT_DRIVERS_MPI_CHECK_H
#define PLAIT_DRIVERS_MPI_CHECK_H

/* MPI_CHECK(MPI_Bcast(...)): an MPI call that fails leaves the communicator in an unknown state, so
 * one line names the call, its place and MPI's own reason, and the whole job ends with status 1. */
#define MPI_CHECK(call) mpi_check((call), #call, __FILE__, __LINE__)

/* const int code = MPI_CODE(MPI_File_open(...)): where a failure is told by whoever called. Files
 * return codes unless told otherwise. */
#define MPI_CODE(call) (call)

/* What MPI_CHECK expands to. Returns only if code is MPI_SUCCESS. */
void mpi_check(int code, const char *call, const char *file, int line);

#endif
