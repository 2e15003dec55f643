/* SPDX-License-Identifier: MIT
 * Studies that are known by a name: those of the report MPI with Python, and its own times. */
#ifndef PLAIT_DRIVERS_STUDY_PRESET_H
#define PLAIT_DRIVERS_STUDY_PRESET_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const char *const preset_names[]; /* ended by NULL */

struct preset_part {
    const char *const *words; /* subcommand and options */
    size_t word_count;
    const char *setting; /* of --set, or NULL */
    const char *size;    /* as the report's table calls it where there is no setting */
};
enum { PRESET_PARTS = 3 };
extern const struct preset_part preset_parts[PRESET_PARTS];

/* Writes DIRECTORY/report/report.html, .md and .pdf of the studies below the directory: this
 * machine's times next to the report's. out: another directory, or NULL. */
bool preset_report(const char *directory, const char *out, bool with_disturbed, uint64_t seed,
                   struct failure *failure);

#endif
