/* SPDX-License-Identifier: MIT
 * Asks the system for the host's name. */
#include "base/host_name.h"

#include <string.h>
#include <unistd.h>

void host_name(char name[HOST_NAME_BYTES]) {
    /* A name that just fits may come without its zero. */
    name[HOST_NAME_BYTES - 1] = '\0';
    if (gethostname(name, HOST_NAME_BYTES - 1) != 0 || name[0] == '\0')
        strcpy(name, "unknown");
}
