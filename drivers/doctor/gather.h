/* SPDX-License-Identifier: MIT
 * Finds the facts of all nodes, at the same time: names, probe.sh on each, connections between
 * them.
 */
#ifndef PLAIT_DRIVERS_DOCTOR_GATHER_H
#define PLAIT_DRIVERS_DOCTOR_GATHER_H

#include "doctor/facts.h"
#include "doctor/hosts.h"
#include "options/shell_words.h"

#include <stdint.h>

struct gather {
    /* Set by the caller. */
    struct host_list *hosts;
    struct shell_words agent; /* the words of the command that reaches a node */
    bool agent_given;         /* it is not ssh: what it cannot start is a problem of the list */
    bool agent_is_ssh;
    double seconds; /* time limit of each step */
    bool slurm;
    const char *plait, *directory;

    /* Of the result: a node for each name, and this machine, which may be one of them. */
    struct node_facts *nodes;
    size_t count;
    struct node_facts *here;
    bool connected;            /* the nodes have tried their connections */
    struct node_facts machine; /* this machine, if it is none of the nodes */
};

/* False without memory (EXIT_RUN). Hosts that cannot be reached are facts. */
bool gather_facts(struct gather *gather, struct failure *failure);
void gather_free(struct gather *gather);

#endif
