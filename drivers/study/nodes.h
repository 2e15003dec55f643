/* SPDX-License-Identifier: MIT
 * The nodes of a launch: what the reports of its runs say about each, or what this process sees of
 * its own node, and whether something there has disturbed the sample. A node is a JSON object as in
 * "nodes" of the schema of reports, with its ranks added. */
#ifndef PLAIT_DRIVERS_STUDY_NODES_H
#define PLAIT_DRIVERS_STUDY_NODES_H

#include "base/machine.h"

#include <jansson.h>

/* Appends the nodes of a report, if it has some, with "ranks", "threads", "path" and "binding", the
 * CPUs of each rank. */
void nodes_add_report(json_t *nodes, const json_t *report);

/* The node of this process with what happened there in that many seconds; own_seconds: processor
 * time of the launch. */
json_t *nodes_local(const struct machine *machine, const struct machine_moment *before,
                    const struct machine_moment *after, double seconds, double own_seconds);

/* What happened on nodes, as far as it is known; NAN: not known. */
struct nodes_summary {
    unsigned disturbed;           /* bits of enum disturbance */
    double mhz_before, mhz_after; /* where the clock has fallen most */
    double load;                  /* the highest */
    double others;                /* CPUs' worth of other programs, where these were most */
};

struct nodes_summary nodes_judge(const json_t *nodes);

/* Distinct texts of a member over all nodes, joined: "n1 n2"; NULL: none has it. To be freed. */
char *nodes_join(const json_t *nodes, const char *key, const char *link);

/* "S(2, 1, 4, 2)": nodes, processors of each, cores of each of these, threads per core; nodes of
 * different kinds are joined by " + ". NULL: not known. To be freed. */
char *nodes_shape(const json_t *nodes);

#endif
