/* SPDX-License-Identifier: MIT
 * Walks up the processes to the launcher's. */
#include "base/launcher_cores.h"

#include "base/process_cpus.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

bool launcher_cores_is_launcher(const char *name) {
    static const char *const launchers[] = {
        "mpirun",
        "mpiexec",
        "orterun",
        "orted",
        "prterun",
        "prted",
        "prte",
        "prun",
        "mpiexec.hydra",
        "mpirun.openmpi",
        "mpiexec.openmpi",
        "mpirun.mpich",
        "mpiexec.mpich",
        "hydra_pmi_proxy",
        "slurmstepd",
        "srun",
    };
    for (size_t k = 0; k < sizeof launchers / sizeof *launchers; k++)
        if (strcmp(name, launchers[k]) == 0)
            return true;
    return false;
}

/* Name and parent of a process. False if it has gone, or is hidden. */
static bool look_up_process(pid_t process, char name[64], pid_t *parent) {
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    FILE *stream = fopen(path, "r");
    if (!stream)
        return false;
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    /* "1234 (name) S 1200 ...", with any characters in the name. */
    const char *begin = strchr(text, '('), *end = strrchr(text, ')');
    long above;
    if (!begin || !end || sscanf(end, ") %*c %ld", &above) != 1)
        return false;
    snprintf(name, 64, "%.*s", (int)(end - begin - 1), begin + 1);
    *parent = (pid_t)above;
    return true;
}

int launcher_cores(void) {
    pid_t parent;
    char name[64];
    for (pid_t process = getppid(); process > 1; process = parent) {
        if (!look_up_process(process, name, &parent))
            return 0;
        if (launcher_cores_is_launcher(name))
            return process_cpus(process);
    }
    return 0;
}
