/* SPDX-License-Identifier: MIT
 * What a run reads and what it writes, as its option rows say (`reads`, `replaces`, `plots`). */
#ifndef PLAIT_DRIVERS_OUTPUTS_H
#define PLAIT_DRIVERS_OUTPUTS_H

#include "base/failure.h"
#include "options/option_values.h"

#include <stdbool.h>

/* Looks before the work whether every output can be written (base/atomic_file.h), and whether each
 * is a file of its own: none is an input, nor another output, nor a file of a plot. EXIT_USAGE if
 * not. A text that is one of its row's choices ("null", a palette's name) is no file. */
bool outputs_check(const struct option_values *values, struct failure *failure);

#endif
