/* SPDX-License-Identifier: MIT
 * plait mandelbrot: the Mandelbrot set. */
#include "picture/picture.h"
#include "picture/picture_options.h"
#include "run/command.h"

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    picture_run(session, values, PLAIT_MANDELBROT, failure);
}

const struct command cmd_mandelbrot = {.options = &mandelbrot_option_set, .run = run};
