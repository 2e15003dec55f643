/* SPDX-License-Identifier: MIT
 * The table of operations, in the order in which they run. */
#include "check/check_operations.h"

#include <string.h>

const struct operation operations[] = {
    {"send-object",
     "an object round the ranks: MPI_Send, a derived datatype",
     {.ranks = 2},
     run_send_object,
     print_object},
    {"send-packed",
     "an object round the ranks: MPI_Pack, MPI_Probe",
     {.ranks = 2},
     run_send_packed,
     print_object},
    {"send-buffer",
     "a buffer round the ranks: MPI_Send, MPI_Recv",
     {.ranks = 2},
     run_send_buffer,
     print_list},
    {"isend",
     "a buffer round the ranks, computing meanwhile: MPI_Isend, MPI_Irecv",
     {.ranks = 2},
     run_isend,
     print_list},
    {"pingpong",
     "a number with tag 55 one way, a text with tag 77 back",
     {.ranks = 2, .pairs = true},
     run_pingpong,
     print_ball},
    {"bcast-object",
     "an object of rank 0 to all: MPI_Bcast, a derived datatype",
     {0},
     run_bcast_object,
     print_object},
    {"bcast-array", "an array of rank 0 to all: MPI_Bcast", {0}, run_bcast_array, print_list},
    {"scatter-list", "a square to each rank: MPI_Scatter", {0}, run_scatter_list, print_list},
    {"scatter-rows",
     "a row of a table to each rank: MPI_Scatter",
     {0},
     run_scatter_rows,
     print_rows},
    {"gather-list", "a square from each rank: MPI_Gather", {0}, run_gather_list, print_list},
    {"gather-rows",
     "a row of a table from each rank: MPI_Gather",
     {0},
     run_gather_rows,
     print_rows},
    {"allgather",
     "the multiplication table, a row from each rank: MPI_Allgather",
     {0},
     run_allgather,
     print_rows},
    {"reduce", "sums over the ranks on rank 0: MPI_Reduce", {0}, run_reduce, print_list},
    {"allreduce", "sums over the ranks on all: MPI_Allreduce", {0}, run_allreduce, print_list},
    {"scan-gatherv",
     "blocks of rows: MPI_Scan, MPI_Gatherv with a row datatype",
     {0},
     run_scan_gatherv,
     print_rows},
    {"alltoall", "a block from each rank to each: MPI_Alltoall", {0}, run_alltoall, print_rows},
    {"split-parity",
     "even and odd ranks apart: MPI_Comm_split",
     {0},
     run_split_parity,
     print_split},
    {"groups",
     "the upper half of the ranks, backwards: MPI_Group_incl, MPI_Comm_create",
     {0},
     run_groups,
     print_group},
    {"cartesian",
     "a torus, a message along each side: MPI_Cart_create, MPI_Cart_shift",
     {0},
     run_cartesian,
     print_grid},
    {"nodes", "the ranks of each node: MPI_Comm_split_type", {0}, run_nodes, print_split},
    {"put", "a buffer into the next rank's window: MPI_Put", {0}, run_put, print_list},
    {"get", "a buffer out of the next rank's window: MPI_Get", {0}, run_get, print_list},
    {"fetch-and-add",
     "tickets from a counter of rank 0: MPI_Fetch_and_op",
     {0},
     run_fetch_and_add,
     print_ticket},
    {"write-blocks",
     "a file in blocks, and a neighbour's read back: MPI_File_write_at_all",
     {0},
     run_write_blocks,
     print_list},
    {"spawn",
     "workers that integrate pi: MPI_Comm_spawn",
     {.once = true},
     run_spawn,
     print_integral},
    {"send-large",
     "a message over 2 GiB: MPI_Send",
     {.ranks = 2, .most = 2, .large = true, .once = true},
     run_send_large,
     NULL},
    {"write-large",
     "a file over 2 GiB, written in one call: MPI_File_write_at_all",
     {.most = 2, .large = true, .once = true},
     run_write_large,
     NULL},
};
const size_t operation_count = sizeof operations / sizeof operations[0];

const struct operation *operation_find(const char *name) {
    for (size_t k = 0; k < operation_count; k++)
        if (strcmp(operations[k].name, name) == 0)
            return &operations[k];
    return NULL;
}

int operation_ranks(const struct operation *operation, int ranks) {
    const struct operation_needs *needs = &operation->needs;
    if (ranks < needs->ranks)
        return 0;
    if (needs->most > 0 && ranks > needs->most)
        return needs->most;
    return needs->pairs ? ranks - ranks % 2 : ranks;
}
