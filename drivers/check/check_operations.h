/* SPDX-License-Identifier: MIT
 * The operations of plait check. Adding one: a function in the file of its family, its name here, a
 * row in the table of check_operations.c. */
#ifndef PLAIT_DRIVERS_CHECK_OPERATIONS_H
#define PLAIT_DRIVERS_CHECK_OPERATIONS_H

#include "check/check_trial.h"

/* Which ranks an operation takes, and when it runs. */
struct operation_needs {
    int ranks;  /* at least; 0 is 1 */
    int most;   /* at most, the first ones take part; 0: all */
    bool pairs; /* an even number of ranks: the last one of an odd number takes no part */
    bool large; /* only with --large, or requested by name */
    bool once;  /* not repeated: it is slow */
};

struct operation {
    const char *name;
    const char *summary;
    struct operation_needs needs;
    void (*run)(struct trial *trial);                        /* on the ranks that take part */
    void (*show)(const struct trial_data *data, FILE *text); /* prints the data of a rank */
};

extern const struct operation operations[];
extern const size_t operation_count;

/* The operation of that name, or NULL. */
const struct operation *operation_find(const char *name);

/* How many of `ranks` ranks take part; 0 if there are too few. */
int operation_ranks(const struct operation *operation, int ranks);

/* The work of a process that the operation spawn has started. */
void spawn_work(void);

/* The functions of the table, family by family. */
void run_send_object(struct trial *trial);
void run_send_packed(struct trial *trial);
void run_send_buffer(struct trial *trial);
void run_isend(struct trial *trial);
void run_pingpong(struct trial *trial);
void run_send_large(struct trial *trial);
void print_ball(const struct trial_data *data, FILE *text);

void run_bcast_object(struct trial *trial);
void run_bcast_array(struct trial *trial);
void run_scatter_list(struct trial *trial);
void run_scatter_rows(struct trial *trial);
void run_gather_list(struct trial *trial);
void run_gather_rows(struct trial *trial);
void run_allgather(struct trial *trial);
void run_reduce(struct trial *trial);
void run_allreduce(struct trial *trial);
void run_scan_gatherv(struct trial *trial);
void run_alltoall(struct trial *trial);

void run_split_parity(struct trial *trial);
void run_groups(struct trial *trial);
void run_cartesian(struct trial *trial);
void run_nodes(struct trial *trial);
void print_split(const struct trial_data *data, FILE *text);
void print_group(const struct trial_data *data, FILE *text);
void print_grid(const struct trial_data *data, FILE *text);

void run_spawn(struct trial *trial);
void print_integral(const struct trial_data *data, FILE *text);

void run_put(struct trial *trial);
void run_get(struct trial *trial);
void run_fetch_and_add(struct trial *trial);
void print_ticket(const struct trial_data *data, FILE *text);

void run_write_blocks(struct trial *trial);
void run_write_large(struct trial *trial);

#endif
