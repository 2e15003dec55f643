/* SPDX-License-Identifier: MIT
 * Merges environment and configuration file on rank 0 and broadcasts the result. Nodes may have
 * other environments and no copy of the file: what rank 0 sees is what counts. */
#include "comm/parameters.h"

#include "comm/agree.h"
#include "comm/mpi_check.h"
#include "core/config_file.h"
#include "core/warning.h"

#include <stdint.h>
#include <stdlib.h>

extern char **environ;

static void print_warning(void *context, const char *line) {
    (void)context;
    warning_print(line);
}

static bool merge_on_root(struct option_values *values, const struct option_set *const *sets,
                          size_t set_count, unsigned char **buffer, size_t *bytes,
                          struct failure *failure) {
    return values_merge_environment(values, environ, sets, set_count, print_warning, NULL,
                                    failure) &&
           config_file_merge(values, sets, set_count, failure) &&
           values_pack(values, buffer, bytes, failure);
}

bool parameters_share(const struct session *session, struct option_values *values,
                      const struct option_set *const *sets, size_t set_count,
                      struct failure *failure) {
    unsigned char *buffer = NULL;
    size_t bytes = 0;
    if (session->rank == ROOT)
        merge_on_root(values, sets, set_count, &buffer, &bytes, failure);
    if (!agree(session, failure)) {
        free(buffer);
        return false;
    }

    uint64_t length = bytes;
    MPI_CHECK(MPI_Bcast(&length, 1, MPI_UINT64_T, ROOT, session->world));
    if (session->rank != ROOT) {
        buffer = malloc(length);
        if (!buffer)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    if (agree(session, failure)) {
        MPI_CHECK(MPI_Bcast(buffer, (int)length, MPI_BYTE, ROOT, session->world));
        if (session->rank != ROOT)
            values_unpack(values, buffer, length, failure);
        agree(session, failure);
    }
    free(buffer);
    return failure->exit_status == EXIT_DONE;
}
