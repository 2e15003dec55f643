/* SPDX-License-Identifier: MIT
 * The texts of the statuses, and the version. */
#include "plait/status.h"

#include "plait/version.h"

const char *plait_status_text(enum plait_status status) {
    switch (status) {
    case PLAIT_OK:
        return "no error";
    case PLAIT_E_ARGUMENT:
        return "an argument is out of range";
    case PLAIT_E_UNRESOLVED:
        return "double precision cannot resolve this view";
    case PLAIT_E_PATH_UNKNOWN:
        return "there is no such path";
    case PLAIT_E_PATH_UNSUPPORTED:
        return "this machine cannot run the path";
    case PLAIT_E_MISMATCH:
        return "the result differs from the reference";
    case PLAIT_E_OVERLAP:
        return "runs of so many darts would overlap";
    case PLAIT_E_INTERRUPTED:
        return "interrupted";
    case PLAIT_E_VALUE:
        return "a value is not finite, or too large to be squared";
    case PLAIT_E_TOO_CLOSE:
        return "the values differ by too little to be squared";
    case PLAIT_E_MEMORY:
        return "not enough memory";
    }
    return "unknown status";
}

const char *plait_version(void) {
    return PLAIT_VERSION;
}
