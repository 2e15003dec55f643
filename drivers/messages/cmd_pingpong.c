/* SPDX-License-Identifier: MIT
 * plait pingpong: latency and bandwidth by size between two ranks, or between all. */
#include "messages/pingpong_pairs.h"
#include "messages/pingpong_report.h"
#include "run/command.h"

const struct command cmd_pingpong = {
    .options = &pingpong_option_set,
    .options_bytes = sizeof(struct pingpong_options),
    .state_bytes = sizeof(struct pingpong),
    .begin = pingpong_begin,
    .prepare = pingpong_prepare,
    .work = pingpong_work,
    .print = pingpong_print,
    .report_result = pingpong_report,
    .free = pingpong_free,
    .columns = true,
    .any_version = true,
    .one_thread = true,
};
