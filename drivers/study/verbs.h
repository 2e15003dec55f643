/* SPDX-License-Identifier: MIT
 * The subcommands "plait study ...": no MPI is started for any of them. Rows of the command table
 * (drivers/commands.c) are made of these. */
#ifndef PLAIT_DRIVERS_STUDY_VERBS_H
#define PLAIT_DRIVERS_STUDY_VERBS_H

#include "options/option_values.h"

extern const struct option_set study_run_option_set, study_status_option_set, study_report_option_set,
    study_compare_option_set, study_export_option_set, study_merge_option_set;

/* sets are those of all subcommands: a study may run any that has --json. */
void study_run(struct option_values *values, const struct option_set *const *sets, size_t set_count,
               struct failure *failure);
void study_status(struct option_values *values, struct failure *failure);
void study_report(struct option_values *values, struct failure *failure);
void study_compare(struct option_values *values, struct failure *failure);
void study_export(struct option_values *values, struct failure *failure);
void study_merge(struct option_values *values, struct failure *failure);

#endif
