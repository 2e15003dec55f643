/* SPDX-License-Identifier: MIT
 * Merges environment and configuration file on rank 0 and broadcasts the result. Nodes may have
 * other environments and no copy of the file: only what rank 0 reads counts. */
#include "ranks/parameters.h"

#include "options/parameter_sources.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdint.h>
#include <stdlib.h>

/* Ranks may be started with different options (application contexts of mpirun). All but those of
 * rank 0 would be ignored silently, so it is an error. The packed values are compared by their
 * length and FNV-1a.
 */
static bool parameters_check_same_command_line(const struct session *session,
                                               const struct option_values *values,
                                               struct failure *failure) {
    unsigned char *buffer = NULL;
    size_t bytes = 0;
    uint64_t of_root[2];
    values_pack(values, &buffer, &bytes, failure);
    const uint64_t hash = plait_digest_bytes(buffer, bytes);
    free(buffer);
    of_root[0] = bytes;
    of_root[1] = hash;
    MPI_CHECK(MPI_Bcast(of_root, 2, MPI_UINT64_T, ROOT, session->world));
    if (of_root[0] != bytes || of_root[1] != hash)
        failure_set(
            failure, EXIT_USAGE,
            "the options of this rank differ from those of rank 0: give all ranks the same");
    return agree(session, failure);
}

bool parameters_share(const struct session *session, struct option_values *values,
                      const struct option_set *const *sets, size_t set_count,
                      struct failure *failure) {
    unsigned char *buffer = NULL;
    size_t bytes = 0;
    if (!parameters_check_same_command_line(session, values, failure))
        return false;
    if (session_is_root(session) && parameter_sources_merge(values, sets, set_count, failure))
        values_pack(values, &buffer, &bytes, failure);
    if (!agree(session, failure)) {
        free(buffer);
        return false;
    }

    uint64_t length = bytes;
    MPI_CHECK(MPI_Bcast(&length, 1, MPI_UINT64_T, ROOT, session->world));
    if (!session_is_root(session)) {
        buffer = malloc(length);
        if (!buffer)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    if (agree(session, failure)) {
        MPI_CHECK(MPI_Bcast(buffer, (int)length, MPI_BYTE, ROOT, session->world));
        if (!session_is_root(session))
            values_unpack(values, buffer, length, failure);
        agree(session, failure);
    }
    free(buffer);
    return failure->exit_status == EXIT_DONE;
}
