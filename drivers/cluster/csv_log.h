/* SPDX-License-Identifier: MIT
 * StopWatch lines of many logs in one table: the lines that begin with "# csv," or "#csv,", each
 * once. Logs hold what programs print, so any bytes may stand in the other lines. */
#ifndef PLAIT_DRIVERS_CSV_LOG_H
#define PLAIT_DRIVERS_CSV_LOG_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Texts that grow in number. */
struct csv_log_list {
    char **items;
    size_t count, capacity;
};

/* What has been read so far. All zero: nothing. */
struct csv_log {
    struct csv_log_list records; /* CSV as it will be written, in the order they came */
    struct csv_log_list bad;     /* "run.log:7: has 5 columns, not 11", in that order */
    size_t repeats;              /* records that came again, left out */
    void *index;                 /* of the records, for tsearch */
};

/* Reads a log to its end; name is what bad lines are told by. EXIT_USAGE if it cannot be read, and
 * what has been read of it stays. */
bool csv_log_read(struct csv_log *log, FILE *stream, const char *name, struct failure *failure);

/* Writes the header and the records. Whether the stream took them is for its flush to tell. */
void csv_log_write(const struct csv_log *log, FILE *stream);

void csv_log_free(struct csv_log *log);

#endif
