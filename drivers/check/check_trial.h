/* SPDX-License-Identifier: MIT
 * What an operation of plait check works with: one trial of one MPI operation. An operation fills
 * its data, calls trial_start, makes its MPI calls, calls trial_stop, and then compares every value
 * that it received with what it must be:
 *
 *     static void run(struct trial *trial) {
 *         int64_t *values = trial_table(trial, &trial->after, 1, trial_count(trial, 10));
 *         ...
 *         trial_start(trial);
 *         TRIAL_CALL(trial, MPI_Bcast(values, ..., trial->comm));
 *         trial_stop(trial);
 *         for (...)
 *             trial_value(trial, k, expected, values[k]);
 *     }
 *
 * After a call has failed the other calls are skipped, and nothing is compared. */
#ifndef PLAIT_DRIVERS_CHECK_TRIAL_H
#define PLAIT_DRIVERS_CHECK_TRIAL_H

#include "ranks/mpi_try.h"
#include "ranks/session.h"

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* In rising order: the worst of all ranks is that of the operation. */
enum trial_result { TRIAL_OK, TRIAL_UNAVAILABLE, TRIAL_WRONG, TRIAL_FAILED };

/* The data of a rank at one moment: a table of integers, a text, both or nothing. */
struct trial_data {
    int64_t *values; /* [rows][columns] */
    size_t rows, columns;
    char *text;
};

struct trial {
    const struct session *session;
    MPI_Comm comm; /* the ranks that take part; no other operation sends on it */
    int rank, size;
    size_t count; /* integers of a buffer, from --size */
    bool show;    /* the data of the report, and texts of it in shown */

    struct trial_data before, after;
    struct mpi_tries tries;
    double seconds;                                           /* of this rank */
    FILE *shown[2];                                           /* show: before and after */
    void (*print)(const struct trial_data *data, FILE *text); /* show: the operation's */

    enum trial_result result; /* of this rank; with tries.failed: TRIAL_FAILED */
    char text[MPI_TRIES_BYTES];
    uint64_t start_ns;
    void **memory;
    size_t blocks;
};

#define TRIAL_CALL(trial, call) MPI_TRY(&(trial)->tries, call)

/* Memory until the end of the trial, zeroed; without any left the job ends. */
void *trial_memory(struct trial *trial, size_t bytes);

/* A table of *data, filled with -1, which no operation sends. Returns its values. */
int64_t *trial_table(struct trial *trial, struct trial_data *data, size_t rows, size_t columns);

/* A text of *data, empty, with space for `bytes` bytes and a terminating zero. */
char *trial_text(struct trial *trial, struct trial_data *data, size_t bytes);

/* How many integers a buffer has: as many as the report's when its data are shown. */
size_t trial_count(const struct trial *trial, size_t of_report);

/* The timed part: begins together on all ranks, lasts until trial_stop. Before and after are shown
 * as they are then. */
void trial_start(struct trial *trial);
void trial_stop(struct trial *trial);

/* Compares; the first wrong value of a rank is kept. index: what it is called in the message. */
void trial_value(struct trial *trial, size_t index, int64_t expected, int64_t got);
void trial_string(struct trial *trial, const char *expected, const char *got);

/* This MPI, or this system, cannot do it: the reason, and how to fix it. Returns false. */
bool trial_unavailable(struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Collective over comm. Whether no rank has failed so far: needed after a step that may fail on
 * some ranks alone, before the others would wait for these. */
bool trial_agree(struct trial *trial);

/* What --large sends and writes in one call, 257 rows of 2^20 integers: 2056 MiB, more than an int
 * counts bytes. */
enum { LARGE_ROWS = 257, LARGE_ROW = 1 << 20 };

/* Collective over comm. Whether every node has `bytes` bytes for each of its ranks; `bytes` may
 * differ between ranks. If not, the operation is unavailable. */
bool trial_fits(struct trial *trial, uint64_t bytes);

/* Whether files of this rank may have that many bytes. If not, it is unavailable: MPI reports that
 * on some ranks alone, or on none, while the others wait. */
bool trial_may_write(struct trial *trial, uint64_t bytes);

/* Frees the memory. */
void trial_end(struct trial *trial);

/* How data are printed: "[1 4 9]"; "[[0 0] [1 1]]"; "{size: [1 3 8], name: [disk1 disk2 disk3]}";
 * the text alone. */
void print_list(const struct trial_data *data, FILE *text);
void print_rows(const struct trial_data *data, FILE *text);
void print_object(const struct trial_data *data, FILE *text);
void print_text(const struct trial_data *data, FILE *text);

#endif
