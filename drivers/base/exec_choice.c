/* SPDX-License-Identifier: MIT
 * Resolves path and threads; what cannot be had is told with what can. */
#include "base/exec_choice.h"

#include "base/number.h"
#include "base/suggest.h"

#include <stdio.h>
#include <stdlib.h>

/* What OpenMP programs expect of this variable holds for Plait's default too. */
int exec_threads_of_environment(void) {
    const char *text = getenv("OMP_NUM_THREADS");
    uint64_t value;
    if (!text || number_count(text, &value) != NULL || value < 1 || value > PLAIT_THREADS_MAX)
        return 0;
    return (int)value;
}

/* The names of the paths that this machine can run, separated by blanks. */
static void list_paths(char *text, size_t bytes) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < plait_path_count() && used < bytes; k++) {
        const struct plait_path *path = plait_path_at(k);
        if (plait_path_supported(path))
            used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? " " : "",
                                     plait_path_name(path));
    }
}

static bool refuse_path(const char *name, enum plait_status status, struct failure *failure) {
    char here[128];
    list_paths(here, sizeof here);
    struct suggestion suggestion = suggestion_begin(name);
    for (size_t k = 0; k < plait_path_count(); k++)
        suggestion_offer(&suggestion, plait_path_name(plait_path_at(k)));
    const char *close = suggestion_best(&suggestion);
    if (status == PLAIT_E_PATH_UNSUPPORTED)
        return failure_set(failure, EXIT_USAGE, "this machine cannot run path '%s': it has %s",
                           name, here);
    return failure_set(failure, EXIT_USAGE, "unknown path '%s'%s%s%s: this machine has %s", name,
                       close ? ", did you mean " : "", close ? close : "", close ? "?" : "", here);
}

bool exec_choose(struct plait_exec *exec, const char *path, int threads, struct failure *failure) {
    const enum plait_status status = plait_exec_init(exec, path, threads);
    return status == PLAIT_OK || refuse_path(path, status, failure);
}
