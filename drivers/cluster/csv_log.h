/* SPDX-License-Identifier: MIT
 * StopWatch lines of many logs in one table: the lines that begin with "# csv," or "#csv,", each
 * once, also after the label that a launcher puts before them. Logs hold what programs print, so
 * any bytes may stand in the other lines.
 *
 * A header ("# csv,timer,status,...") names the columns of the lines after it, in any order; what
 * it lacks (logs of 2021 have no msg) is empty in the table. A log without one has all columns. */
#ifndef PLAIT_DRIVERS_CSV_LOG_H
#define PLAIT_DRIVERS_CSV_LOG_H

#include "base/text_file.h"

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
    size_t headers;              /* lines that name columns */
    void *index;                 /* of the records, for tsearch */
};

/* Reads a log, which has been opened, to its end; its path is what bad lines are reported by. Fails
 * as text_file_line does, and what has been read of the log stays. */
bool csv_log_read(struct csv_log *log, struct text_file *file, struct failure *failure);

/* Writes the header and the records. Whether the stream took them is for its flush to find. */
void csv_log_write(const struct csv_log *log, FILE *stream);

void csv_log_free(struct csv_log *log);

#endif
