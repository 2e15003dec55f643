/* SPDX-License-Identifier: MIT
 * What the environment says about the launcher (mpirun, srun, ...) that started this process, known
 * before MPI starts and the only source where MPI and the launcher do not fit together; and what
 * each launcher calls the options that Plait's messages name. */
#ifndef PLAIT_DRIVERS_LAUNCHER_H
#define PLAIT_DRIVERS_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LAUNCHER_OPENMPI is the mpirun of Open MPI up to 4.1, LAUNCHER_PRRTE that of 5.0 and later and
 * PRRTE's own prterun, LAUNCHER_HYDRA the mpirun of MPICH and of what derives from it. Ranks send
 * these numbers to each other: new ones go to the end. */
enum launcher_kind {
    LAUNCHER_NONE,
    LAUNCHER_OPENMPI,
    LAUNCHER_HYDRA,
    LAUNCHER_SLURM,
    LAUNCHER_PRRTE,
};

struct launcher {
    enum launcher_kind kind;
    int32_t rank;  /* 0 without a launcher */
    int32_t size;  /* ranks that the launcher was asked for; 1 without a launcher */
    bool one_node; /* all ranks are processes of this node; false where it is not known */
};

/* Reads the launcher's variables from the environment of this process. */
struct launcher launcher_detect(void);

/* The kind that belongs to an MPI library, by the text of MPI_Get_library_version. */
enum launcher_kind launcher_of_library(const char *version);

/* Whether the launcher belongs to another MPI than the one whose launcher is `library`. srun
 * belongs to none, and the variables of Open MPI 4 and 5 cannot be distinguished for certain. */
bool launcher_is_foreign(enum launcher_kind kind, enum launcher_kind library);

/* What to type. A member is NULL where the launcher has no such option, or needs none. */
struct launcher_words {
    const char *name;             /* the launcher, as documentation calls it */
    const char *program;          /* "mpirun of Open MPI 4" */
    const char *debian;           /* what Debian calls the program, where several MPIs have one */
    const char *start;            /* the command up to the number of ranks: "mpirun -np" */
    const char *per_node;         /* what comes before the number of ranks for each node */
    const char *unbind;           /* lets each rank use all cores of its node */
    const char *unbind_advice;    /* the same after "add" */
    const char *cores;            /* binds each rank to four cores */
    const char *oversubscribe;    /* more ranks than slots or cores */
    const char *rank_file;        /* places each rank by a file, and cannot place spawned ones */
    const char *windows;          /* one-sided messages between nodes */
    const char *windows_variable; /* the same in the environment of the ranks */
    const char *cut_cable;        /* ends the job when a node cannot be reached any more */
    const char *no_opencl;        /* keeps OpenCL drivers out of the launcher itself */
};

/* Of this kind of launcher; those of LAUNCHER_NONE are Open MPI's. */
const struct launcher_words *launcher_words(enum launcher_kind kind);

/* The kinds that documentation describes, in its order; returns their number. */
enum { LAUNCHER_KINDS_MAX = 8 };
size_t launcher_kinds(enum launcher_kind kinds[LAUNCHER_KINDS_MAX]);

/* Whether the launcher was allowed to start more ranks than it has slots: mpirun passes its
 * options on in the environment. */
bool launcher_may_oversubscribe(enum launcher_kind kind);

/* Whether the launcher was given its rank_file. */
bool launcher_has_rank_file(enum launcher_kind kind);

#endif
