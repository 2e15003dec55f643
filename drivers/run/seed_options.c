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
    return !reason ||
           failure_set(failure, EXIT_USAGE, "'%s' %s, nor is it '%s'", text, reason, random_seed);
}
