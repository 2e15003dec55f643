/* SPDX-License-Identifier: MIT
 * The subcommands "plait study ...": no MPI is started for any of them. Rows of the command table
 * (drivers/commands.c) are made of these. */
#ifndef PLAIT_DRIVERS_STUDY_VERBS_H
#define PLAIT_DRIVERS_STUDY_VERBS_H

#include "options/option_values.h"

extern const struct option_set study_run_option_set, study_status_option_set,
    study_report_option_set, study_compare_option_set, study_export_option_set,
    study_merge_option_set;

/* Space for the options of any of them, as values_apply fills it in. */
enum { STUDY_OPTIONS_BYTES = 512 };

/* values: as given; options: all applied. sets are those of all subcommands: a study may run any
 * that has --json. */
void study_run(const struct option_values *values, const void *options,
               const struct option_set *const *sets, size_t set_count, struct failure *failure);
void study_status(const struct option_values *values, const void *options, struct failure *failure);
void study_report(const struct option_values *values, const void *options, struct failure *failure);
void study_compare(const struct option_values *values, const void *options,
                   struct failure *failure);
void study_export(const struct option_values *values, const void *options, struct failure *failure);
void study_merge(const struct option_values *values, const void *options, struct failure *failure);

#endif
