/* SPDX-License-Identifier: MIT
 * What a user's program gets from libplait, which it is linked to as users link it: the visible
 * cores, the default of the threads, and what is left of 64 threads. For test_exec_cores.sh. */
#include "plait/plait.h"

#include <stdio.h>

int main(void) {
    struct plait_exec exec = {0}, many = {0};
    if (plait_exec_init(&exec, NULL, 0) != PLAIT_OK || plait_exec_init(&many, NULL, 64) != PLAIT_OK)
        return 1;
    printf("%d %d %d\n", plait_visible_cores(), exec.threads, many.threads);
    return 0;
}
