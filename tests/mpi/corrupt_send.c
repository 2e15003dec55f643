/* SPDX-License-Identifier: MIT
 * A network that corrupts messages, to be preloaded: of those that MPI_Send sends with tag
 * CORRUPT_TAG on rank CORRUPT_RANK, from number CORRUPT_FROM on (from 0), bit 0 of byte
 * CORRUPT_BYTE is turned over, if they are long enough. */
#include <mpi.h>
#include <stdlib.h>

static long setting(const char *name) {
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : -1;
}

int MPI_Send(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
    static long sent;
    const long byte = setting("CORRUPT_BYTE");
    int rank, bytes;
    PMPI_Comm_rank(comm, &rank);
    PMPI_Type_size(type, &bytes);
    const int corrupts = rank == setting("CORRUPT_RANK") && tag == setting("CORRUPT_TAG") &&
                         sent++ >= setting("CORRUPT_FROM") && byte >= 0 &&
                         byte < (long)count * bytes;
    unsigned char *place = corrupts ? (unsigned char *)buffer + byte : NULL;
    if (place)
        *place ^= 1;
    const int code = PMPI_Send(buffer, count, type, to, tag, comm);
    if (place)
        *place ^= 1;
    return code;
}
