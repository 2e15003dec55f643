/* SPDX-License-Identifier: MIT
 * Who computes which rows of a picture, and the computing. What happens to the rows is up to
 * their keeper. */
#ifndef PLAIT_DRIVERS_ROW_WORK_H
#define PLAIT_DRIVERS_ROW_WORK_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "base/unit_set.h"
#include "plait/escape.h"
#include "ranks/queue.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

struct keeper;
struct value_files;

struct row_work {
    /* The caller's, where they stay. */
    const struct session *session;
    const struct plait_escape *escape;
    const struct plait_exec *exec;
    double speed;               /* of this rank, for the queue */
    struct value_files *values; /* of smooth values; NULL: they are not wanted */

    struct queue queue; /* its units are rows */
    uint32_t distinct;  /* rows that ranks compute; the others mirror them */
};

/* Collective. Plans who computes which of the distinct rows; rest: those that are left, the same on
 * all ranks, NULL: all. A failure is that of all ranks. Free with row_work_end, also then. */
bool row_work_plan(struct row_work *work, enum schedule_kind kind, const struct unit_set *rest,
                   struct failure *failure);

/* Collective. Computes the rows into their keeper, shows the progress of all ranks under `label`. A
 * failure is that of this rank: agree. */
bool row_work_run(struct row_work *work, struct keeper *keeper, const char *label,
                  enum progress_style style, struct failure *failure);

void row_work_end(struct row_work *work);

#endif
