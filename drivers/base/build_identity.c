/* SPDX-License-Identifier: MIT
 * The identity changes with each commit, so it is linked to the command alone, and weakly: no test
 * has to be linked again for it. */
#include "base/build_identity.h"

#include <stddef.h>

extern const struct build_identity build_identity_of_program __attribute__((weak));

const struct build_identity *build_identity(void) {
    return &build_identity_of_program;
}
