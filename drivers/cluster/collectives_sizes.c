/* SPDX-License-Identifier: MIT
 * Reads lists of sizes. */
#include "cluster/collectives_sizes.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SIZE_TEXT_BYTES = 64 };

/* The bytes that a letter stands for; 0: it is no such letter. */
static uint64_t sizes_unit(char letter) {
    const char *const letters = "KMG", *found = letter ? strchr(letters, letter) : NULL;
    return found ? (uint64_t)1 << (10 * (found - letters + 1)) : 0;
}

static bool sizes_read_one(const char *text, size_t length, uint64_t *bytes,
                           struct failure *failure) {
    char digits[SIZE_TEXT_BYTES];
    if (length >= sizeof digits)
        return failure_set(failure, EXIT_USAGE, "'%.*s' is too long for a size", (int)length, text);
    snprintf(digits, sizeof digits, "%.*s", (int)length, text);
    const uint64_t unit = length > 0 ? sizes_unit(digits[length - 1]) : 0;
    if (unit > 0)
        digits[length - 1] = '\0';
    const char *reason = number_count(digits, bytes);
    if (reason)
        return failure_set(failure, EXIT_USAGE,
                           "'%.*s' %s: give sizes such as 64, 2^10 or 4K, or a range such as 1:1M",
                           (int)length, text, reason);
    if (*bytes > COLLECTIVES_SIZE_MAX / (unit ? unit : 1))
        return failure_set(failure, EXIT_USAGE, "'%.*s' is too large: at most %d bytes",
                           (int)length, text, COLLECTIVES_SIZE_MAX);
    *bytes *= unit ? unit : 1;
    return true;
}

static bool sizes_add(struct collectives_sizes *sizes, uint64_t bytes, struct failure *failure) {
    if (sizes->count > 0 && bytes <= sizes->bytes[sizes->count - 1])
        return failure_set(failure, EXIT_USAGE,
                           "%" PRIu64 " bytes come after %" PRIu64 ": give sizes in rising order",
                           bytes, sizes->bytes[sizes->count - 1]);
    if (sizes->count == COLLECTIVES_SIZES_MAX)
        return failure_set(failure, EXIT_USAGE, "there are more than %d sizes: give fewer",
                           COLLECTIVES_SIZES_MAX);
    sizes->bytes[sizes->count++] = bytes;
    return true;
}

bool collectives_read_sizes(const char *text, struct collectives_sizes *sizes,
                            struct failure *failure) {
    sizes->count = 0;
    for (const char *next = text; next;) {
        const size_t length = strcspn(next, ","), first_length = strcspn(next, ",:");
        uint64_t first, last;
        if (!sizes_read_one(next, first_length, &first, failure))
            return false;
        last = first;
        if (first_length < length &&
            !sizes_read_one(next + first_length + 1, length - first_length - 1, &last, failure))
            return false;
        if (last < first)
            return failure_set(failure, EXIT_USAGE, "'%.*s' ends below its begin", (int)length,
                               next);
        for (uint64_t bytes = first; bytes<last; bytes = bytes> 0 ? 2 * bytes : 1)
            if (!sizes_add(sizes, bytes, failure))
                return false;
        if (!sizes_add(sizes, last, failure))
            return false;
        next = next[length] ? next + length + 1 : NULL;
    }
    return true;
}
