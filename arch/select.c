/* SPDX-License-Identifier: MIT
 * The table of compiled paths: best for a CPU, by name. */
#include "select.h"

#include "path_list.h" /* PLAIT_PATH_LIST(row): row(scalar) row(...) ..., written by CMake */

#include <string.h>

#define DECLARATION(name) extern const struct plait_path plait_path_##name;
PLAIT_PATH_LIST(DECLARATION)

/* The order is the preference: a later path is better where the CPU has it. */
#define ROW(name) &plait_path_##name,
static const struct plait_path *const paths[] = {PLAIT_PATH_LIST(ROW)};

enum { PATHS = sizeof paths / sizeof paths[0] };

const struct plait_path *const *plait_select_table(size_t *count) {
    *count = PATHS;
    return paths;
}

const struct plait_path *plait_select_best(uint32_t cpu) {
    const struct plait_path *best = &plait_path_scalar;
    for (size_t k = 0; k < PATHS; k++)
        if ((paths[k]->needs & ~cpu) == 0)
            best = paths[k];
    return best;
}

enum plait_select_result plait_select_find(const char *name, uint32_t cpu,
                                           const struct plait_path **path) {
    for (size_t k = 0; k < PATHS; k++) {
        if (strcmp(paths[k]->name, name) != 0)
            continue;
        if ((paths[k]->needs & ~cpu) != 0)
            return PLAIT_SELECT_UNSUPPORTED;
        *path = paths[k];
        return PLAIT_SELECT_OK;
    }
    return PLAIT_SELECT_UNKNOWN;
}
