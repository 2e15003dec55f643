/* SPDX-License-Identifier: MIT
 * What starting and ending MPI costs by itself: the baseline of ./dev bench messages. */
#include <mpi.h>

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    MPI_Finalize();
    return 0;
}
