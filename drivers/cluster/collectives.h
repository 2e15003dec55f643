/* SPDX-License-Identifier: MIT
 * One run of plait collectives, and what rank 0 prints of it. */
#ifndef PLAIT_DRIVERS_COLLECTIVES_H
#define PLAIT_DRIVERS_COLLECTIVES_H

#include "cluster/collectives_options.h"
#include "cluster/collectives_sizes.h"
#include "cluster/collectives_time.h"
#include "run/command.h"

#include <stdbool.h>
#include <stdint.h>

/* An operation that is timed. */
struct collectives_part {
    const struct collective *operation;
    struct collectives_sizes sizes; /* that it can have; one, of 0 bytes, if it carries none */
    struct collective_line lines[COLLECTIVES_SIZES_MAX]; /* rank 0, once they are measured */
};

struct collectives {
    const struct run *run;
    const struct collectives_options *options;
    struct collectives_part *parts; /* [COLLECTIVES], in the order of the table */
    int count;
    struct collective_timer timer;
    unsigned char *send, *receive;
};

/* Rank 0 prints what stands before all, before the lines of a part, and the line of a size; these
 * flush standard output, and write errors are reported at the end. */
void collectives_print_head(const struct collectives *collectives);
void collectives_print_part(const struct collectives *collectives,
                            const struct collectives_part *part);
void collectives_print_line(const struct collectives *collectives,
                            const struct collectives_part *part,
                            const struct collective_line *line);

/* Steps of the subcommand: writes data and script of the plot; writes the result of the report. */
bool collectives_print(const struct run *run, void *state, struct failure *failure);
void collectives_report(const struct run *run, const void *state, struct report *report);

#endif
