/* SPDX-License-Identifier: MIT
 * Host files and rank files as Open MPI and MPICH write them. What cannot be read is a line of
 * text with file and number, and the reader continues after it. */
#ifndef PLAIT_DRIVERS_DOCTOR_HOSTS_H
#define PLAIT_DRIVERS_DOCTOR_HOSTS_H

#include "base/failure.h"
#include "base/text_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_TEXT_BYTES = 256, HOST_SPANS_MAX = 16, HOSTS_MAX = 4096, HOST_PROBLEMS_MAX = 100 };

/* Which MPI a line is written for. */
enum host_form { HOST_FORM_ANY, HOST_FORM_OPENMPI, HOST_FORM_MPICH };

struct host_entry {
    char name[HOST_TEXT_BYTES]; /* a name or an address */
    char user[64];              /* "": that of ssh */
    uint64_t slots;             /* 0: not given */
    uint64_t max_slots;         /* 0: no limit */
    unsigned form;              /* enum host_form, added up: a line may have words of both */
    const char *file;           /* NULL: of --host */
    unsigned long line;
};

/* Cores of one rank: first to last of a socket; socket -1: numbered over the whole node. */
struct core_span {
    int socket;
    uint32_t first, last; /* last UINT32_MAX: all */
};

struct rank_entry {
    uint64_t rank;
    char host[HOST_TEXT_BYTES];
    char user[64]; /* "": not given */
    struct core_span spans[HOST_SPANS_MAX];
    size_t span_count;
    const char *file;
    unsigned long line;
};

struct host_list {
    struct host_entry *hosts;
    size_t host_count;
    struct rank_entry *ranks;
    size_t rank_count;
    char *problems[HOST_PROBLEMS_MAX]; /* "hosts:3: ..." */
    size_t problem_count;              /* found; at most HOST_PROBLEMS_MAX are kept */
    const char *windows[2]; /* files with a byte order mark or a CR: of hosts, of ranks; or NULL */
};

/* Each adds what it reads to the list, whose texts `file` points to the path given: it must outlive
 * the list. False without memory alone (EXIT_RUN); all else is a problem of the list. A file is
 * closed by the caller. */
bool hosts_read_file(struct host_list *list, struct text_file *file, struct failure *failure);
bool hosts_read_ranks(struct host_list *list, struct text_file *file, struct failure *failure);
/* NAME, USER@NAME, NAME:SLOTS, separated by commas. */
bool hosts_read_list(struct host_list *list, const char *text, struct failure *failure);

/* Adds a problem, printf-like; false without memory. */
bool hosts_problem(struct host_list *list, struct failure *failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first entry of a name, NULL: there is none. */
const struct host_entry *hosts_find(const struct host_list *list, const char *name);

/* The cores that a rank is given; 0: all of its socket or node, or not said. */
uint64_t hosts_rank_cores(const struct rank_entry *rank);

void hosts_free(struct host_list *list);

#endif
