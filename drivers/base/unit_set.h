/* SPDX-License-Identifier: MIT
 * A set of units as pieces, sorted and apart from each other: what a rank has computed, what a
 * checkpoint has finished, and what is left. Work is handed out in long pieces, so a set has few of
 * them, and mostly in rising order, so it is searched from its end. */
#ifndef PLAIT_DRIVERS_UNIT_SET_H
#define PLAIT_DRIVERS_UNIT_SET_H

#include "base/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero is the empty set; free with unit_set_free. */
struct unit_set {
    struct piece *items; /* rising, no two of them touch, none is empty */
    size_t count, capacity;
};

/* Adds the units of a piece, of which some may be in already. false without memory; then the set is
 * what it was. */
bool unit_set_add(struct unit_set *set, struct piece piece);

/* How many units are in it. */
uint64_t unit_set_units(const struct unit_set *set);

/* The set of those of [0, total) that are not in `set`, into *rest, which is overwritten. false
 * without memory. */
bool unit_set_rest(const struct unit_set *set, uint64_t total, struct unit_set *rest);

/* The units of the set in rising order have the numbers 0, 1, ...: the longest piece without a gap
 * that begins with number `index`, index < unit_set_units. */
struct piece unit_set_from(const struct unit_set *set, uint64_t index);

void unit_set_free(struct unit_set *set);

#endif
