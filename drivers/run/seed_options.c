/* SPDX-License-Identifier: MIT
 * The texts that --seed takes. */
#include "run/seed_options.h"

#include "base/number.h"

#include <string.h>

static const char random_seed[] = "random";

bool seed_is_random(const char *text) {
    return strcmp(text, random_seed) == 0;
}

bool seed_check(const char *text, struct failure *failure) {
    uint64_t seed;
    const char *reason = seed_is_random(text) ? NULL : number_count(text, &seed);
    if (reason == number_too_large)
        return failure_set(failure, EXIT_USAGE, "'%s' %s", text, reason);
    return !reason ||
           failure_set(failure, EXIT_USAGE, "'%s' is neither a whole number of at least 0 nor '%s'",
                       text, random_seed);
}
