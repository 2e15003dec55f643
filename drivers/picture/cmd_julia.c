/* SPDX-License-Identifier: MIT
 * plait julia: Julia sets. */
#include "picture/picture.h"
#include "picture/picture_report.h"

static bool julia_begin(struct run *run, void *state, struct failure *failure) {
    return picture_begin(run, state, PLAIT_JULIA, failure);
}

const struct command cmd_julia = {
    .options = &julia_option_set,
    .options_bytes = sizeof(struct picture_options),
    .state_bytes = sizeof(struct picture),
    .device_job = PLAIT_JOB_ROWS,
    .settle = picture_settle,
    .begin = julia_begin,
    .prepare = picture_prepare,
    .work = picture_work,
    .print = picture_print,
    .limit = picture_limit,
    .report_timing = picture_report_timing,
    .report_result = picture_report_result,
    .amounts = picture_amounts,
    .finish = picture_finish,
    .free = picture_free,
    .phases = true,
};
