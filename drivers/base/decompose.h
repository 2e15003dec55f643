/* SPDX-License-Identifier: MIT
 * Block decomposition: how many of `units` things each of `parts` parts gets. */
#ifndef PLAIT_DRIVERS_DECOMPOSE_H
#define PLAIT_DRIVERS_DECOMPOSE_H

#include <stdint.h>

/* Units of part `part`, 0 <= part < parts: shares differ by at most one, the remainder goes to the
 * first parts, and none is lost. 0 for the last parts where there are more parts than units. */
uint64_t decompose_block(uint64_t units, uint64_t parts, uint64_t part);

#endif
