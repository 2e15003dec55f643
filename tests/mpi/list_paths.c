/* SPDX-License-Identifier: MIT
 * Prints the paths that this machine can run, one a line, for test scripts. */
#include "plait/exec.h"

#include <stdio.h>

int main(void) {
    for (size_t k = 0; k < plait_path_count(); k++)
        if (plait_path_supported(plait_path_at(k)))
            puts(plait_path_name(plait_path_at(k)));
    return 0;
}
