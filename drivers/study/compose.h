/* SPDX-License-Identifier: MIT
 * The commands of a point: launcher, program and parameters, with every placeholder filled in. */
#ifndef PLAIT_DRIVERS_STUDY_COMPOSE_H
#define PLAIT_DRIVERS_STUDY_COMPOSE_H

#include "base/machine.h"
#include "options/option.h"
#include "study/study.h"

enum launcher_family { FAMILY_OPENMPI, FAMILY_HYDRA, FAMILY_OTHER };

/* Found once for a run. */
struct composer {
    const struct study *study;
    const struct option_set *set; /* of the subcommand; NULL for a program */
    const struct option
        *grows; /* the row that weak scaling grows; NULL: a parameter of --set, or none */
    enum launcher_family family;
    bool elsewhere;     /* the launcher asks a service of each node to start ranks: they are no
                         * descendants of this process, and need not run on this node */
    bool cpus_known;    /* cpus are those of the nodes that ranks run on */
    bool in_allocation; /* points must fit into the batch job */
    bool dry_run;       /* commands are looked at only: what starts them may be elsewhere */
    char launcher_version[128];
    char plait[4096]; /* this program */
    uint64_t slots;   /* for ranks: of the hostfile, the allocation or this node */
    uint64_t cores;   /* to bind threads to, on all nodes */
    uint64_t cpus;    /* threads that have a hardware thread each, on all nodes */
    uint64_t cores_per_node;
    uint64_t nodes;         /* of the allocation; 0: not known */
    struct machine machine; /* this node, with the CPUs of this process */
    struct machine_cpus machine_cpus;
};

/* Looks at machine, launcher and hostfile. The definition's words need not be there yet. */
bool composer_look(struct composer *composer, const struct study *study, struct failure *failure);

/* Finds the subcommand and what grows, and composes every point once: EXIT_USAGE for an unknown
 * placeholder, a wrong option of the subcommand, or ranks that the hostfile has no slots for.
 * wanted says which points are looked at. */
bool composer_check(struct composer *composer, const struct option_set *const *sets,
                    size_t set_count, const bool *wanted, struct failure *failure);

/* The commands of a point that write to OUTPUT.json, or OUTPUT.k.json of copy k: one, or in
 * throughput mode as many as ranks. commands has that many zeroed lists. */
size_t compose_count(const struct composer *composer, size_t point);
bool compose(const struct composer *composer, size_t point, const char *output,
             struct texts *commands, struct failure *failure);

/* "--name", or "--name=...": whether the word gives that option. */
bool compose_gives_option(const char *word, const char *name);

/* How ranks are bound: "core, slot:PE=2", "none"; of templates "as the launcher does". */
void compose_binding(const struct composer *composer, size_t point, char *text, size_t bytes);

/* Whether a point has more threads than hardware threads; false where these are not known. */
bool compose_oversubscribes(const struct composer *composer, size_t point);

#endif
