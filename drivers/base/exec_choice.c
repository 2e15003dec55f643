/* SPDX-License-Identifier: MIT
 * Resolves path and threads; what cannot be had is reported with what can. */
#include "base/exec_choice.h"

#include "base/placement_probe.h"
#include "base/suggest.h"
#include "base/thread_trial.h"
#include "base/warning.h"

#include <stdio.h>

/* The names of the paths that this machine can run, with spaces between them. */
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
                       close ? " (did you mean " : "", close ? close : "", close ? "?)" : "", here);
}

bool exec_choose(struct plait_exec *exec, const char *path, int threads, struct failure *failure) {
    const enum plait_status status = plait_exec_init(exec, path, threads);
    return status == PLAIT_OK || refuse_path(path, status, failure);
}

bool exec_choose_alone(struct plait_exec *exec, const char *path, int threads,
                       struct failure *failure) {
    struct launcher launcher = launcher_detect();
    struct placement mine;
    struct placement_warnings warnings;
    uint64_t quota_group;
    launcher.size = 1; /* one process works, whatever the launcher started */
    placement_probe(&mine, &launcher, threads, &quota_group);
    if (!exec_choose(exec, path, mine.threads, failure))
        return false;
    mine.threads = exec->threads;
    placement_examine(&mine, 1, &warnings);
    for (size_t k = 0; k < warnings.count; k++)
        warning_print(warnings.text[k]);
    thread_trial_end(thread_trial_begin(exec->threads, failure));
    return failure->exit_status == EXIT_DONE;
}
