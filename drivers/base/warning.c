/* SPDX-License-Identifier: MIT
 * Prints warnings. */
#include "base/warning.h"

#include <stdio.h>

void warning_print(const char *line) {
    fprintf(stderr, "plait: warning: %s\n", line);
}
