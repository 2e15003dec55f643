/* SPDX-License-Identifier: MIT
 * Outputs checked, placements gathered. */
#include "run/run_begin.h"

#include "files/report.h"
#include "ranks/agree.h"
#include "ranks/placing.h"

bool run_begin(const struct session *session, const struct run_options *run,
               struct placement **placements, struct failure *failure) {
    struct plait_exec exec;
    struct placement mine;
    *placements = NULL;
    if (session->rank == ROOT && failure->exit_status == EXIT_DONE && run->json)
        report_check(run->json, failure);
    if (!agree(session, failure) || !placing_resolve(session, NULL, 1, &exec, &mine, failure) ||
        !placing_gather(session, &mine, placements, failure))
        return false;
    placing_warn(session, *placements);
    return true;
}
