/* SPDX-License-Identifier: MIT
 * Prints warnings. */
#include "core/warning.h"

#include <stdio.h>

void warning_print(const char *line) {
    fprintf(stderr, "plait: warning: %s\n", line);
}
