/* SPDX-License-Identifier: MIT
 * What the functions of the library return. */
#ifndef PLAIT_STATUS_H
#define PLAIT_STATUS_H

#include "plait/api.h"

#ifdef __cplusplus
extern "C" {
#endif

enum plait_status {
    PLAIT_OK = 0,
    PLAIT_E_ARGUMENT,         /* a value is outside the range that the header gives */
    PLAIT_E_UNRESOLVED,       /* doubles cannot separate neighbouring pixels of this view */
    PLAIT_E_PATH_UNKNOWN,     /* no path of this name is in this library */
    PLAIT_E_PATH_UNSUPPORTED, /* the path is there, but this CPU or system cannot run it */
    PLAIT_E_MISMATCH,         /* a verification found a difference */
    PLAIT_E_OVERLAP,     /* that many darts in that many runs would draw the same numbers twice */
    PLAIT_E_INTERRUPTED, /* the progress function asked to stop */
    PLAIT_E_VALUE,       /* a value is not finite, or too large to be squared */
    PLAIT_E_TOO_CLOSE,   /* values differ by too little to be squared */
    PLAIT_E_MEMORY,      /* there is not enough memory */
};

/* One line of English for a status, lower case, no full stop. Never NULL. */
PLAIT_API const char *plait_status_text(enum plait_status status);

#ifdef __cplusplus
}
#endif

#endif
