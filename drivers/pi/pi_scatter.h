/* SPDX-License-Identifier: MIT
 * The picture of some darts, as the report draws it: a square of paper, a dot for each dart, one
 * colour inside the circle and another outside. */
#ifndef PLAIT_DRIVERS_PI_SCATTER_H
#define PLAIT_DRIVERS_PI_SCATTER_H

#include "base/failure.h"
#include "plait/pcg.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the file's name ends as that of a PNG picture, which is the only format. A failure's text
 * completes "--scatter: ". */
bool pi_scatter_check_name(const char *path, struct failure *failure);

/* Draws the first 4000 darts of run 0, or `darts` if that is less, into `path`. EXIT_RUN on
 * failure. */
bool pi_scatter_draw(const char *path, enum plait_generator generator, uint64_t seed,
                     uint64_t darts, struct failure *failure);

#endif
