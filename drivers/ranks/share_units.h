/* SPDX-License-Identifier: MIT
 * Broadcasts a set of units. */
#ifndef PLAIT_DRIVERS_SHARE_UNITS_H
#define PLAIT_DRIVERS_SHARE_UNITS_H

#include "base/unit_set.h"
#include "ranks/session.h"

#include <stdbool.h>

/* Collective. The set of rank 0 becomes that of all ranks, whose own is overwritten. */
bool share_units(const struct session *session, struct unit_set *set, struct failure *failure);

#endif
