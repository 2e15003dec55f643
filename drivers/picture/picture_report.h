/* SPDX-License-Identifier: MIT
 * What the run of a picture knows, and how it is told: the lines on standard output and the report.
 */
#ifndef PLAIT_DRIVERS_PICTURE_REPORT_H
#define PLAIT_DRIVERS_PICTURE_REPORT_H

#include "base/placement.h"
#include "image/palette.h"
#include "options/option_values.h"
#include "picture/keeper.h"
#include "picture/keeper_disk.h"
#include "picture/picture_options.h"
#include "picture/provenance.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

enum { VERIFY_SAMPLES = 1000 };

/* Seconds. Maxima over the ranks on rank 0, this rank's own elsewhere. */
struct timing {
    double compute, gather, encode, total;
};

/* When these began on this rank, by clock_now_ns. */
struct begun {
    uint64_t compute, gather, encode, total;
};

/* Everything a rank knows of its run. */
struct picture {
    const struct session *session;
    const struct picture_options *options;
    struct plait_escape escape;
    struct plait_exec exec;
    struct placement *placements; /* rank 0: of all ranks */
    struct picture_checkpoint checkpoint;
    struct picture_rows rows;
    struct picture_stream stream;    /* with --stream, instead of the counts of rows */
    struct palette palette;          /* rank 0 */
    uint8_t *indices;                /* rank 0: of smooth colours, [height][width], or NULL */
    struct plait_escape_tally tally; /* rank 0: of the picture */
    uint64_t fnv1a;                  /* rank 0: checksum of the picture */
    struct provenance provenance;    /* rank 0: what the files tell of themselves */
    struct timing timing;
    struct begun begun;
};

/* Prints the line at the end and, for several ranks, what each did. Rank 0. */
void picture_print(const struct picture *picture, const char *command);

/* Describes a pixel that is not what the reference says. Answers false. */
bool picture_mismatch(const struct plait_escape_difference *difference, struct failure *failure);

/* Writes the report that --json asks for. Rank 0. */
bool picture_report(const struct picture *picture, const struct option_values *values,
                    struct failure *failure);

#endif
