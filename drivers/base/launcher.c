/* SPDX-License-Identifier: MIT
 * Recognises the launcher by the variables it sets. */
#include "base/launcher.h"

#include <stddef.h>
#include <stdlib.h>

/* The first row whose variables are set wins: mpirun inside a Slurm job sets both kinds. Slurm is
 * recognised by SLURM_STEP_NUM_TASKS, which srun alone sets: a batch script has a SLURM_PROCID too,
 * but a program started there without srun is one process. */
static const struct {
    enum launcher_kind kind;
    const char *rank, *size;
} launchers[] = {
    {LAUNCHER_OPENMPI, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    {LAUNCHER_HYDRA, "PMI_RANK", "PMI_SIZE"},
    {LAUNCHER_SLURM, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
};

static int32_t number_of(const char *text) {
    char *end;
    const long value = strtol(text, &end, 10);
    return *text && !*end && value >= 0 && value <= INT32_MAX ? (int32_t)value : -1;
}

/* srun --mpi=pmi2 sets Hydra's variables too. Hydra within a Slurm job starts its proxies by srun,
 * so that Slurm's number of tasks is that of the proxies, not of the ranks. */
static enum launcher_kind kind_behind(enum launcher_kind kind, int32_t size) {
    const char *tasks = getenv("SLURM_STEP_NUM_TASKS");
    return kind == LAUNCHER_HYDRA && tasks && number_of(tasks) == size ? LAUNCHER_SLURM : kind;
}

struct launcher launcher_detect(void) {
    for (size_t k = 0; k < sizeof launchers / sizeof launchers[0]; k++) {
        const char *rank = getenv(launchers[k].rank);
        const char *size = getenv(launchers[k].size);
        if (!rank || !size)
            continue;
        const int32_t ranks = number_of(size);
        const struct launcher found = {kind_behind(launchers[k].kind, ranks), number_of(rank),
                                       ranks};
        if (found.rank >= 0 && found.size > found.rank)
            return found;
    }
    return (struct launcher){LAUNCHER_NONE, 0, 1};
}
