/* SPDX-License-Identifier: MIT
 * Draws a picture of escape counts on all ranks: the run of mandelbrot and of julia. */
#ifndef PLAIT_DRIVERS_PICTURE_H
#define PLAIT_DRIVERS_PICTURE_H

#include "base/failure.h"
#include "options/option_values.h"
#include "plait/escape.h"
#include "ranks/session.h"

#include <stdbool.h>

/* Collective, with the same values on all ranks. Rank 0 writes the files, prints the summary and,
 * where asked, verifies and reports. A failure is that of all ranks. */
void picture_run(const struct session *session, struct option_values *values,
                 enum plait_escape_kind kind, struct failure *failure);

#endif
