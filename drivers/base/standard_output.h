/* SPDX-License-Identifier: MIT
 * Results go to standard output; that they arrived shows only when it is flushed. */
#ifndef PLAIT_DRIVERS_STANDARD_OUTPUT_H
#define PLAIT_DRIVERS_STANDARD_OUTPUT_H

#include "base/failure.h"

#include <stdbool.h>

/* Flushes standard output. EXIT_RUN if anything printed so far was lost: a full disk, a closed
 * descriptor. */
bool standard_output_flush(struct failure *failure);

#endif
