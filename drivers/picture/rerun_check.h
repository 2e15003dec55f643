/* SPDX-License-Identifier: MIT
 * Computes a picture again and compares it with a file. */
#ifndef PLAIT_DRIVERS_RERUN_CHECK_H
#define PLAIT_DRIVERS_RERUN_CHECK_H

#include "base/failure.h"
#include "picture/provenance.h"
#include "plait/escape.h"

/* Computes the picture that *origin of the PNG `path` tells of and prints a line: that the checksum
 * is right, and whether the pixels still are those that were drawn; other programs may have changed
 * them. EXIT_RUN for another checksum, EXIT_USAGE for a picture that cannot be computed here. */
bool rerun_check(const char *path, const struct origin *origin, enum plait_escape_kind kind,
                 const struct plait_exec *exec, struct failure *failure);

#endif
