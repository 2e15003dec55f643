/* SPDX-License-Identifier: MIT
 * Distances to the set as a path sees them: counts as escape.h has them, and as values, in the same
 * pass, how far each escaped pixel is from the set. docs/determinism.md has the arithmetic. */
#ifndef PLAIT_ARCH_DISTANCE_H
#define PLAIT_ARCH_DISTANCE_H

#include "escape.h"

#include <stdint.h>

/* The reference: the count of one pixel by the plain loop, with the derivative, and its distance in
 * *value, in pixels; INFINITY where the count is maxit. Every path equals both on every pixel. */
int32_t plait_distance_reference(const struct plait_escape_job *job, uint32_t row, uint32_t col,
                                 double *value);

#endif
