/* SPDX-License-Identifier: MIT
 * How much work of a kernel the arithmetic units of this machine allow at most: measured here and
 * now, by loops of the same operations without memory and branches. A kernel reaches a part of it,
 * which says how far there is to go. */
#ifndef PLAIT_LIMIT_H
#define PLAIT_LIMIT_H

#include "plait/api.h"
#include "plait/exec.h"
#include "plait/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum plait_work {
    PLAIT_WORK_STEPS, /* steps of escape counts without shortcuts (struct plait_escape, brute) */
    PLAIT_WORK_DARTS_RXS64, /* darts of PLAIT_RXS64 */
    PLAIT_WORK_DARTS_PCG32, /* darts of PLAIT_PCG32 */
};

/* Sets *per_second to the work per second that all threads of *exec could do at most on its path,
 * at the clock that they have now: the sum of the fastest of some short rounds of each. 0 where the
 * path has no such loops, as scalar has none. More threads than cores count as if each had its own.
 * Takes about 2 ms where the threads have their cores for themselves. Returns PLAIT_OK or
 * PLAIT_E_ARGUMENT. */
PLAIT_API enum plait_status plait_limit_measure(const struct plait_exec *exec, enum plait_work work,
                                                double *per_second);

#ifdef __cplusplus
}
#endif

#endif
