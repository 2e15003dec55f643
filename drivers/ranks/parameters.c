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
#include <string.h>

/* Makes the order of texts count. */
#define PLACE_FACTOR UINT64_C(0x9e3779b97f4a7c15)

static uint64_t parameters_digest(const struct option_value *value) {
    uint64_t digest = value->origin;
    for (size_t t = 0; t < value->count; t++) {
        const char *text = value->texts[t];
        digest =
            digest * PLACE_FACTOR + plait_digest_bytes((const unsigned char *)text, strlen(text));
    }
    return digest;
}

/* Ranks may be started with different options (application contexts of mpirun). All but those of
 * rank 0 would be ignored silently, so it is an error, which names the first option that differs.
 * Where versions may differ, so may the number of options. */
static bool parameters_check_same_command_line(const struct session *session,
                                               const struct option_values *values,
                                               struct failure *failure) {
    uint64_t count = values->count;
    MPI_CHECK(MPI_Bcast(&count, 1, MPI_UINT64_T, ROOT, session->world));
    uint64_t *of_root = malloc(count * sizeof *of_root);
    if (!of_root)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!agree(session, failure)) {
        free(of_root);
        return false;
    }
    for (size_t k = 0; session_is_root(session) && k < count; k++)
        of_root[k] = parameters_digest(&values->items[k]);
    MPI_CHECK(MPI_Bcast(of_root, (int)count, MPI_UINT64_T, ROOT, session->world));

    size_t same = 0;
    while (same < count && same < values->count &&
           of_root[same] == parameters_digest(&values->items[same]))
        same++;
    free(of_root);
    if (same < values->count) {
        const struct option *option = option_at(values->set, same, NULL);
        failure_set(
            failure, EXIT_USAGE,
            "%s%s of this rank differs from that of rank 0: give all ranks the same options",
            option->scope == OPTION_ARGUMENT ? "" : "--", option->name);
    } else if (same < count)
        failure_set(failure, EXIT_USAGE,
                    "rank 0 has more options than this rank: install one version on all hosts");
    return agree(session, failure);
}

bool parameters_share(const struct session *session, struct option_values *values,
                      const struct option_set *const *sets, size_t set_count,
                      struct failure *failure) {
    if (!parameters_check_same_command_line(session, values, failure))
        return false;
    if (session_is_root(session))
        parameter_sources_merge(values, sets, set_count, failure);
    return parameters_broadcast(session, values, failure);
}

bool parameters_broadcast(const struct session *session, struct option_values *values,
                          struct failure *failure) {
    unsigned char *buffer = NULL;
    size_t bytes = 0;
    if (session_is_root(session) && failure->exit_status == EXIT_DONE)
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
