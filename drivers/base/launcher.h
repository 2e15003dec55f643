/* SPDX-License-Identifier: MIT
 * What the environment says about the launcher (mpirun, srun, ...) that started this process. Known
 * before MPI starts, and the only source where MPI and the launcher do not fit together. */
#ifndef PLAIT_DRIVERS_LAUNCHER_H
#define PLAIT_DRIVERS_LAUNCHER_H

#include <stdint.h>

enum launcher_kind { LAUNCHER_NONE, LAUNCHER_OPENMPI, LAUNCHER_HYDRA, LAUNCHER_SLURM };

struct launcher {
    enum launcher_kind kind;
    int32_t rank; /* 0 without a launcher */
    int32_t size; /* ranks that the launcher was asked for; 1 without a launcher */
};

/* Reads the launcher's variables from the environment of this process. */
struct launcher launcher_detect(void);

#endif
