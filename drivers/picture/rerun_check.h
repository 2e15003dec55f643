/* SPDX-License-Identifier: MIT
 * Computes a picture again and compares it with a file. */
#ifndef PLAIT_DRIVERS_RERUN_CHECK_H
#define PLAIT_DRIVERS_RERUN_CHECK_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "picture/provenance.h"
#include "plait/escape.h"
#include "plait/exec.h"

#include <stdbool.h>
#include <stdint.h>

/* What is computed again, and how. */
struct rerun_job {
    const char *path;            /* of the PNG */
    const struct origin *origin; /* read from its texts */
    enum plait_escape_kind kind;
    struct plait_exec exec;
    const char *command; /* shows the progress under its name */
    bool values;         /* the file has smooth values (value_files.h) */
    enum progress_style progress;
};

/* The outcome. */
struct rerun_result {
    bool compared;          /* the pixels, too */
    struct failure missing; /* else: why not */
    uint32_t width, height; /* of the picture */
    uint32_t file_width, file_height;
    uint64_t changed;   /* pixels, if the sizes are equal */
    bool named_palette; /* which cannot have changed */
};

/* Whether the counts have the checksum in the file, and the file the pixels that were drawn; other
 * programs may have changed them, and a palette file may be missing, neither of which is an error.
 * EXIT_RUN for another checksum, EXIT_USAGE for a picture that cannot be computed
 * here. */
bool rerun_check(const struct rerun_job *job, struct rerun_result *result, struct failure *failure);

/* Prints a line: that the checksum is right, and how the pixels compare. */
void rerun_print(const struct rerun_job *job, const struct rerun_result *result);

#endif
