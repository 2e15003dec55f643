/* SPDX-License-Identifier: MIT
 * Reads hostfiles and what batch systems say in the environment. */
#include "study/slots.h"

#include "base/number.h"
#include "study/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS_MAX = 1000000 /* of a host */, BATCH_MAX = 1000000 };

bool command_can_start(const char *name) {
    const char *path = getenv("PATH");
    if (strchr(name, '/'))
        return access(name, X_OK) == 0;
    for (bool found = false; path && !found; path += strcspn(path, ":"), path += *path == ':') {
        char *file = text_format("%.*s/%s", (int)strcspn(path, ":"), path, name);
        found = file && access(file, X_OK) == 0;
        free(file);
        if (found)
            return true;
        if (!*path)
            break;
    }
    return false;
}

/* -- hostfiles -----------------------------------------------------------------------------------
 */

/* Slots of a host's line: "node slots=4" as Open MPI has it, with spaces or without, or "node:4" as
 * MPICH does; else one. 0: it is neither. */
static uint64_t slots_of_line(const char *line) {
    const size_t host = strcspn(line, " \t\r\n");
    const char *text = line + host;
    char number[32];
    uint64_t slots;
    while ((text = strstr(text, "slots")) && !strchr(" \t", text[-1]))
        text++; /* max_slots */
    if (text) {
        text += strlen("slots");
        text += strspn(text, " \t");
        if (*text++ != '=')
            return 0;
        text += strspn(text, " \t");
    } else {
        const char *colon = memchr(line, ':', host);
        if (!colon || memchr(colon + 1, ':', host - (size_t)(colon + 1 - line)))
            return 1; /* or an IPv6 address */
        text = colon + 1;
    }
    snprintf(number, sizeof number, "%.*s", (int)strcspn(text, " \t\r\n"), text);
    return number_count(number, &slots) ? 0 : slots;
}

bool slots_of_hostfile(const char *path, uint64_t *slots, uint64_t *first,
                       struct failure *failure) {
    char *line = NULL;
    size_t capacity = 0, number = 0, bad = 0;
    FILE *stream = fopen(path, "re");
    if (!stream)
        return failure_set(failure, EXIT_USAGE, "--hostfile: cannot read '%s'", path);
    *slots = *first = 0;
    while (!bad && getline(&line, &capacity, stream) > 0) {
        line[strcspn(line, "#\r\n")] = '\0';
        const char *text = line + strspn(line, " \t");
        number++;
        if (!*text)
            continue;
        const uint64_t here = slots_of_line(text);
        bad = here == 0 || here > SLOTS_MAX ? number : 0;
        *first = *first ? *first : here;
        *slots += here;
    }
    free(line);
    fclose(stream);
    if (bad)
        return failure_set(failure, EXIT_USAGE,
                           "--hostfile: '%s', line %zu: the slots are no number from 1 to %d", path,
                           bad, SLOTS_MAX);
    return *slots > 0 || failure_set(failure, EXIT_USAGE, "--hostfile: '%s' names no host", path);
}

/* -- batch systems -------------------------------------------------------------------------------
 */

/* Batch systems: the variable that each of their jobs has, and the one with its number of ranks. */
struct batch_system {
    const char *job, *tasks;
};

static const struct batch_system *find_batch_system(void) {
    static const struct batch_system systems[] = {
        {"SLURM_JOB_ID", "SLURM_NTASKS"},
        {"PBS_JOBID", "PBS_NP"},
        {"LSB_JOBID", "LSB_DJOB_NUMPROC"},
        {"PE_HOSTFILE", "NSLOTS"}, /* Grid Engine */
    };
    for (size_t k = 0; k < sizeof systems / sizeof *systems; k++)
        if (getenv(systems[k].job))
            return &systems[k];
    return NULL;
}

/* The number that a variable of the batch system holds; 0: none. */
static uint64_t batch_number(const char *variable) {
    const char *text = getenv(variable);
    uint64_t number;
    return text && !number_count(text, &number) && number <= BATCH_MAX ? number : 0;
}

/* The first number of a variable like SLURM_JOB_CPUS_PER_NODE, "4(x3),2"; 0: none. */
static uint64_t first_number(const char *variable) {
    const char *text = getenv(variable);
    char number[32];
    uint64_t value;
    snprintf(number, sizeof number, "%.*s", (int)strcspn(text ? text : "", "(,"), text ? text : "");
    return !number_count(number, &value) && value <= BATCH_MAX ? value : 0;
}

bool slots_of_allocation(struct allocation *allocation) {
    const struct batch_system *batch = find_batch_system();
    const uint64_t tasks = batch_number(batch ? batch->tasks : "SLURM_NTASKS"),
                   threads = batch_number("SLURM_CPUS_PER_TASK"),
                   here = batch_number("SLURM_CPUS_ON_NODE");
    *allocation = (struct allocation){
        .tasks = tasks,
        .cores = tasks * (threads > 0 ? threads : 1),
        .nodes = batch_number("SLURM_JOB_NUM_NODES"),
        /* salloc starts its shell where no node of the job need be. */
        .cores_per_node = here > 0 ? here : first_number("SLURM_JOB_CPUS_PER_NODE"),
    };
    return tasks > 0;
}

bool slots_find_allocation(const char **launcher, struct failure *failure) {
    const struct batch_system *batch = find_batch_system();
    if (!batch)
        return failure_set(
            failure, EXIT_USAGE,
            "--in-allocation: this is no batch job, as SLURM_JOB_ID, PBS_JOBID, LSB_JOBID and PE_HOSTFILE are not set: run it by sbatch, qsub or bsub");
    if (batch_number(batch->tasks) == 0)
        return failure_set(
            failure, EXIT_USAGE,
            "--in-allocation: the batch job does not say in %s how many ranks it has slots for: ask for tasks when you submit it, or set %s",
            batch->tasks, batch->tasks);
    /* The mpirun of Open MPI and that of MPICH find the allocation by themselves. */
    if (!*launcher && strcmp(batch->job, "SLURM_JOB_ID") == 0 && !command_can_start("mpirun") &&
        command_can_start("srun"))
        *launcher = "srun -N {nodes} -n {ranks} -c {threads}";
    return true;
}
