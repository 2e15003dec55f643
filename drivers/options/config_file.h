/* SPDX-License-Identifier: MIT
 * Configuration files: INI, a section per subcommand. All sections are checked, those of other
 * subcommands too; what config_file_dump writes, config_file_merge reads back to the same values.
 */
#ifndef PLAIT_DRIVERS_CONFIG_FILE_H
#define PLAIT_DRIVERS_CONFIG_FILE_H

#include "options/option_values.h"

#include <stdio.h>

/* Merges the file that the option "config" names, if it has a value. sets are all subcommands, the
 * values' own set (the same object) among them. A list option may stand on several lines,
 * each of which may have several items between commas. Any
 * mistake in the file is an error "file:line: cause". */
bool config_file_merge(struct option_values *values, const struct option_set *const *sets,
                       size_t set_count, struct failure *failure);

/* Writes the values of the options that define the result (option.h) as such a text, without their
 * origins; those that do not count are left out, and flags are yes or no. Refuses what
 * config_file_dump refuses. */
bool config_file_write_definition(const struct option_values *values, FILE *stream,
                                  struct failure *failure);

/* Writes the values as a section, each with its origin; options without a value that counts as
 * comments. A value that a configuration file cannot hold (" ;", spaces at its ends, a comma in an
 * item of a list, too long) is refused before anything is written. */
bool config_file_dump(const struct option_values *values, FILE *stream, struct failure *failure);

#endif
