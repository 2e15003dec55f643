/* SPDX-License-Identifier: MIT
 * SimGrid's mpi.h, which brings <getopt.h> along, whose `struct option` is another one than
 * Plait's.
 */
#ifndef PLAIT_SCALE_MPI_H
#define PLAIT_SCALE_MPI_H

#define option getopt_option
#include <smpi/mpi.h>
#undef option

/* SMPI grants one thread only; that the main thread alone calls MPI is all that Plait asks for. */
static inline int scale_init_thread(int *argc, char ***argv, int wanted, int *provided) {
    const int status = MPI_Init_thread(argc, argv, wanted, provided);
    *provided = wanted;
    return status;
}
#undef MPI_Init_thread
#define MPI_Init_thread scale_init_thread

#endif
