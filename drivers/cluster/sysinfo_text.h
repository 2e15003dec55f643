/* SPDX-License-Identifier: MIT
 * Prints what is known about nodes, for people. */
#ifndef PLAIT_DRIVERS_SYSINFO_TEXT_H
#define PLAIT_DRIVERS_SYSINFO_TEXT_H

#include "cluster/sysinfo_node.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A table of each kind of node, in at most 80 columns: what is the same on all of its nodes once,
 * then what differs from node to node. False without memory. */
bool sysinfo_print_table(FILE *stream, const struct sysinfo *nodes, size_t count);

/* A line for each kind of S(N, p, c, t): N nodes, p sockets in each, c cores in each of these, t
 * threads in each of these; means where they differ within a node. */
void sysinfo_print_vectors(FILE *stream, const struct sysinfo *nodes, size_t count);

/* A line for each of these kinds: (nodes, sockets, cores, threads), and one for all. */
void sysinfo_print_totals(FILE *stream, const struct sysinfo *nodes, size_t count);

/* Nodes whose vectors are equal: the first of them for each node, which is itself for a first. */
size_t sysinfo_first_of_vector(const struct sysinfo *nodes, size_t node);

#endif
