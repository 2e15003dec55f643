/* SPDX-License-Identifier: MIT
 * The part of bash completion that comes from the option tables; drivers/completion.bash uses it.
 */
#ifndef PLAIT_DRIVERS_COMPLETION_H
#define PLAIT_DRIVERS_COMPLETION_H

#include "options/option.h"

#include <stdio.h>

/* Writes the variable _plait_subcommands and three bash functions: _plait_verbs WORD sets `words`
 * to the second words of subcommands that begin with it, _plait_options SUBCOMMAND sets `words` to
 * its options, _plait_value SUBCOMMAND OPTION sets `value` to what the option takes: "words A B",
 * "files", "files or A B", "directories", "text" (which nobody can guess) or "" (no value, or no
 * such option). For arguments without -- OPTION is their place from 1 on, and from the place of the
 * last one that may be given again '*'. */
void completion_tables(const struct option_set *const *sets, size_t count, FILE *stream);

#endif
