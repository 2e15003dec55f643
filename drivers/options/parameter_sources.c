/* SPDX-License-Identifier: MIT
 * Reads environment and configuration file. */
#include "options/parameter_sources.h"

#include "base/warning.h"
#include "options/config_file.h"

extern char **environ;

static void print_warning(void *context, const char *line) {
    (void)context;
    warning_print(line);
}

bool parameter_sources_merge(struct option_values *values, const struct option_set *const *sets,
                             size_t set_count, struct failure *failure) {
    if (!values_merge_environment(values, environ, failure))
        return false;
    values_warn_unknown(environ, sets, set_count, print_warning, NULL);
    return config_file_merge(values, sets, set_count, failure);
}
