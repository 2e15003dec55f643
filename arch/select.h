/* SPDX-License-Identifier: MIT
 * The table of compiled paths and the choice among them. The CPU mask is a parameter, so that the
 * choice can be tested for machines that are not at hand. */
#ifndef PLAIT_ARCH_SELECT_H
#define PLAIT_ARCH_SELECT_H

#include "path.h"

#include <stddef.h>
#include <stdint.h>

enum plait_select_result {
    PLAIT_SELECT_OK,
    PLAIT_SELECT_UNKNOWN,     /* no path of this name was compiled in */
    PLAIT_SELECT_UNSUPPORTED, /* compiled in, but cpu lacks a bit that it needs */
};

/* The compiled paths, from the plainest to the fastest; `count` of them. Index 0 is scalar. */
const struct plait_path *const *plait_select_table(size_t *count);

/* The last path of the table that `cpu` can run. Never NULL: scalar needs nothing. */
const struct plait_path *plait_select_best(uint32_t cpu);

/* Looks `name` up, exactly. *path is set only on PLAIT_SELECT_OK. */
enum plait_select_result plait_select_find(const char *name, uint32_t cpu,
                                           const struct plait_path **path);

#endif
