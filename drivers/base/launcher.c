/* SPDX-License-Identifier: MIT
 * Recognises the launcher by the variables it sets, and knows its words. */
#define _GNU_SOURCE /* strcasestr */
#include "base/launcher.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first row whose variables are set wins: mpirun inside a Slurm job sets both kinds. Open MPI
 * has set OMPI_VERSION since its mpirun is PRRTE. Slurm is recognised by SLURM_STEP_NUM_TASKS,
 * which srun alone sets: a batch script has a SLURM_PROCID too, but a program started there without
 * srun is one process. */
static const struct {
    enum launcher_kind kind;
    const char *rank, *size, *also; /* also: NULL, or one that must be set too */
    const char *node_size; /* ranks on this node; NULL where none of its variables says it */
} launchers[] = {
    {LAUNCHER_PRRTE, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_VERSION",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {LAUNCHER_OPENMPI, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", NULL,
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {LAUNCHER_HYDRA, "PMI_RANK", "PMI_SIZE", NULL, "MPI_LOCALNRANKS"},
    {LAUNCHER_SLURM, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", NULL, NULL},
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
        if (!rank || !size || (launchers[k].also && !getenv(launchers[k].also)))
            continue;
        const int32_t ranks = number_of(size);
        const char *node_size = launchers[k].node_size ? getenv(launchers[k].node_size) : NULL;
        const struct launcher found = {
            .kind = kind_behind(launchers[k].kind, ranks),
            .rank = number_of(rank),
            .size = ranks,
            .one_node = node_size && number_of(node_size) == ranks,
        };
        if (found.rank >= 0 && found.size > found.rank)
            return found;
    }
    /* A launcher that is not in the table, but passes PMIx's variable, may have started others. */
    return (struct launcher){
        .kind = LAUNCHER_NONE, .size = 1, .one_node = getenv("PMIX_NAMESPACE") == NULL};
}

enum launcher_kind launcher_of_library(const char *version) {
    static const char open_mpi[] = "Open MPI v";
    if (strncmp(version, open_mpi, sizeof open_mpi - 1) != 0)
        return LAUNCHER_HYDRA;
    return strtol(version + sizeof open_mpi - 1, NULL, 10) >= 5 ? LAUNCHER_PRRTE : LAUNCHER_OPENMPI;
}

bool launcher_is_foreign(enum launcher_kind kind, enum launcher_kind library) {
    return kind != LAUNCHER_NONE && kind != LAUNCHER_SLURM &&
           (kind == LAUNCHER_HYDRA) != (library == LAUNCHER_HYDRA);
}

/* -- words ------------------------------------------------------------------------------------- */

#define KEEPALIVE(option)                                                           \
    option " oob_tcp_keepalive_time 2 " option " oob_tcp_keepalive_intvl 1 " option \
           " oob_tcp_keepalive_probes 3"

/* Hydra and Slurm count no slots: Hydra starts what it is asked for, Slurm overcommits on demand.
 * MPICH's windows, and those of Open MPI since 5.0, work between nodes as they are. */
static const struct {
    enum launcher_kind kind;
    struct launcher_words words;
} table[] = {
    {LAUNCHER_OPENMPI,
     {
         .name = "Open MPI 4",
         .program = "mpirun of Open MPI 4",
         .debian = "mpiexec.openmpi",
         .start = "mpirun -np",
         .per_node = "-N ",
         .unbind = "--bind-to none",
         .unbind_advice = "--bind-to none for mpirun",
         .cores = "--map-by slot:PE=4",
         .oversubscribe = "--oversubscribe",
         .rank_file = "--rankfile",
         .windows = "-mca osc pt2pt,sm",
         .windows_variable = "OMPI_MCA_osc=pt2pt,sm",
         .cut_cable = KEEPALIVE("-mca"),
     }},
    {LAUNCHER_PRRTE,
     {
         .name = "Open MPI 5",
         .program = "mpirun of Open MPI 5",
         .debian = "mpiexec.openmpi",
         .start = "mpirun -np",
         .per_node = "-N ",
         .unbind = "--bind-to none",
         .unbind_advice = "--bind-to none for mpirun",
         .cores = "--map-by slot:PE=4",
         .oversubscribe = "--map-by :OVERSUBSCRIBE",
         .cut_cable = KEEPALIVE("--prtemca"),
     }},
    {LAUNCHER_HYDRA,
     {
         .name = "MPICH",
         .program = "mpiexec of MPICH",
         .debian = "mpiexec.mpich",
         .start = "mpirun -np",
         .per_node = "-ppn ",
         .unbind = "-bind-to none",
         .unbind_advice = "-bind-to none for mpirun",
         .cores = "-bind-to core:4",
     }},
    {LAUNCHER_SLURM,
     {
         .name = "Slurm",
         .program = "srun",
         .start = "srun -n",
         .per_node = "--ntasks-per-node=",
         .unbind = "--cpu-bind=none",
         .unbind_advice = "--cpu-bind=none, or a larger --cpus-per-task, for srun",
         .cores = "--cpus-per-task=4",
         .oversubscribe = "--overcommit",
     }},
};
enum { TABLE_ROWS = sizeof table / sizeof table[0] };
_Static_assert((int)TABLE_ROWS <= (int)LAUNCHER_KINDS_MAX, "launcher_kinds writes too many");

const struct launcher_words *launcher_words(enum launcher_kind kind) {
    for (size_t k = 0; k < TABLE_ROWS; k++)
        if (table[k].kind == kind)
            return &table[k].words;
    return &table[0].words;
}

size_t launcher_kinds(enum launcher_kind kinds[LAUNCHER_KINDS_MAX]) {
    for (size_t k = 0; k < TABLE_ROWS; k++)
        kinds[k] = table[k].kind;
    return TABLE_ROWS;
}

/* -- what the launcher was given ----------------------------------------------------------------
 */

static bool is_set(const char *variable) {
    const char *text = getenv(variable);
    return text && strcmp(text, "0") != 0 && strcasecmp(text, "false") != 0;
}

static bool policy_oversubscribes(const char *variable) {
    const char *policy = getenv(variable);
    return policy && strcasestr(policy, "OVERSUBSCRIBE") && !strcasestr(policy, "NOOVERSUBSCRIBE");
}

/* PRRTE passes on neither its options nor, unless asked to (-x), its parameters: it may
 * oversubscribe more often than this says. */
bool launcher_may_oversubscribe(enum launcher_kind kind) {
    switch (kind) {
    case LAUNCHER_OPENMPI:
        return is_set("OMPI_MCA_rmaps_base_oversubscribe") ||
               policy_oversubscribes("OMPI_MCA_rmaps_base_mapping_policy");
    case LAUNCHER_PRRTE:
        return policy_oversubscribes("PRTE_MCA_rmaps_default_mapping_policy");
    default:
        return false;
    }
}

/* What mpirun --rankfile sets, under the two names of the parameter. */
bool launcher_has_rank_file(enum launcher_kind kind) {
    return kind == LAUNCHER_OPENMPI &&
           (getenv("OMPI_MCA_orte_rankfile") || getenv("OMPI_MCA_rmaps_rank_file_path"));
}
