/* SPDX-License-Identifier: MIT
 * What this plait was built with and runs with: for `plait --version --verbose`. */
#ifndef PLAIT_DRIVERS_VERSIONS_H
#define PLAIT_DRIVERS_VERSIONS_H

#include <stdio.h>

/* Writes features, paths, libraries with their versions, and licences. Needs no MPI_Init. */
void versions_print(FILE *stream);

#endif
