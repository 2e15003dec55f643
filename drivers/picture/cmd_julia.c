/* SPDX-License-Identifier: MIT
 * plait julia: Julia sets. */
#include "picture/picture.h"
#include "picture/picture_options.h"
#include "run/command.h"

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    picture_run(session, values, PLAIT_JULIA, failure);
}

const struct command cmd_julia = {.options = &julia_option_set, .run = run};
