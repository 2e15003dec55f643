/* SPDX-License-Identifier: MIT
 * What can be wrong with a set of nodes, as a table of checks over their facts. No check looks at
 * the machine. */
#ifndef PLAIT_DRIVERS_DOCTOR_CHECKS_H
#define PLAIT_DRIVERS_DOCTOR_CHECKS_H

#include "base/failure.h"
#include "base/launcher.h"
#include "doctor/facts.h"
#include "doctor/hosts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that is known. */
struct doctor_view {
    const struct host_list *hosts;
    const struct node_facts *nodes; /* of each name in the host list; of this machine without any */
    size_t count;
    const struct node_facts *here; /* this machine, where mpirun is typed */
    uint64_t ranks;                /* that the run is to have; 0: not said */
    uint64_t threads;              /* of each rank; 0: not said */
    bool slurm;                    /* whether Slurm is examined */
    const char *agent;             /* what reaches a node: "ssh" */
    bool agent_is_ssh;
    const char *hostfile, *rankfile, *host_list; /* as given, or NULL */
    const char *plait, *library;                 /* this program and its libplait; "": linked in */
    const char *directory;                       /* where plait doctor runs */
};

/* What a check does not apply to has no words. They are as long as paths and lists of nodes are. */
enum { WORDS = 4 };
struct words {
    char *items[WORDS]; /* {1} to {4} of the sentence and the line; NULL: empty */
    bool lost;          /* there was no memory for one */
};

/* What a check is asked about, one by one. */
enum check_scope {
    CHECK_NODE,  /* each node */
    CHECK_RUN,   /* the run as a whole, once */
    CHECK_HOST,  /* each line of a host file */
    CHECK_RANK,  /* each line of a rank file */
    CHECK_STATE, /* each node that Slurm reports */
};

struct check {
    const char *name;
    enum check_scope scope;
    bool note;  /* good to know, and nothing that must be changed */
    bool there; /* the line is typed on the node */
    bool (*applies)(const struct doctor_view *view, size_t index, struct words *words);
    const char *sentence; /* after the nodes, or file and line, and a colon */
    const char *line;     /* of Open MPI 4, and of all that have no own one */
    const char *prrte, *mpich;
};

extern const struct check doctor_checks[];
extern const size_t doctor_check_count;

struct finding {
    const struct check *check;
    char *where;    /* "red01, red02", "hosts:3", or "mpirun" */
    char *sentence; /* where, a colon, and the sentence of the check */
    char *line;     /* what to type */
};

struct findings {
    struct finding *items;
    size_t count, notes; /* all; those that are notes */
};

/* Asks all checks. What is found on several nodes alike is one finding. False without memory. */
bool doctor_examine(const struct doctor_view *view, struct findings *findings,
                    struct failure *failure);
void findings_free(struct findings *findings);

/* -- words that others need too ----------------------------------------------------------------
 */

/* Whether the probe has come to its end there. */
bool node_is_reached(const struct node_facts *node);

/* Whether an agent other than ssh failed, for no reason that a check knows. */
bool node_agent_failed(const struct node_facts *node, bool agent_is_ssh);

/* The launcher that plait's MPI needs; if that is not known, the one that is there. */
enum launcher_kind view_launcher(const struct doctor_view *view);

/* "mpirun", or the name of the right one where several are installed. */
const char *view_mpirun(const struct doctor_view *view);

/* The options of mpirun that end the job when a node cannot be reached any more: where there are
 * others, and neither the environment nor a file has them; else NULL. */
const char *view_cut_cable(const struct doctor_view *view);

/* The network "10.0.0.0/24" in which the nodes have their names; "": there is one node, or none. */
void view_network(const struct doctor_view *view, char network[64]);

/* The name of the interface of a node in that network; "" if there is none. */
void node_interface(const struct node_facts *node, const char *network, char name[64]);

/* The names of the interfaces of all nodes in that network, each once: "eth0,enp3s0". To be freed,
 * NULL without memory. */
char *view_interfaces(const struct doctor_view *view, const char *network);

/* Whether a node has other networks than that. */
bool node_has_other_networks(const struct node_facts *node, const char *network);

/* The address by which the others reach a node; "": not known. */
void node_address(const struct doctor_view *view, const struct node_facts *node, char address[64]);

/* A program and its words so that a shell reads just these; to be freed, NULL without memory. */
char *shell_quoted(const char *word);

#endif
