/* SPDX-License-Identifier: MIT
 * Reads --gpu-ranks. */
#include "base/gpu_ranks.h"

#include <stddef.h>
#include <string.h>

const char *const gpu_ranks_words[] = {"auto", "none", "all", NULL};

enum { RANK_MAX = 9999999 };

/* A number of at most 7 digits. */
static bool gpu_ranks_number(const char **at, uint64_t *value) {
    const char *begin = *at;
    *value = 0;
    while (**at >= '0' && **at <= '9' && *at - begin < 8)
        *value = *value * 10 + (uint64_t)(*(*at)++ - '0');
    return *at > begin && *value <= RANK_MAX;
}

/* Takes the next range from a list, and the comma after it. */
static bool gpu_ranks_take(const char **at, uint64_t *first, uint64_t *last) {
    *at += strspn(*at, " ");
    if (!gpu_ranks_number(at, first))
        return false;
    *last = *first;
    if (**at == '-') {
        (*at)++;
        if (!gpu_ranks_number(at, last) || *last < *first)
            return false;
    }
    *at += strspn(*at, " ");
    if (**at == ',' && (*at)[1] != '\0')
        (*at)++;
    else if (**at != '\0')
        return false;
    return true;
}

enum gpu_ranks gpu_ranks_of(const char *text) {
    for (int k = 0; gpu_ranks_words[k]; k++)
        if (strcmp(text, gpu_ranks_words[k]) == 0)
            return (enum gpu_ranks)k;
    return GPU_RANKS_LIST;
}

bool gpu_ranks_check(const char *text, struct failure *failure) {
    uint64_t first, last;
    if (gpu_ranks_of(text) != GPU_RANKS_LIST)
        return true;
    for (const char *at = text; *at || at == text;)
        if (!gpu_ranks_take(&at, &first, &last))
            return failure_set(failure, EXIT_USAGE,
                               "'%s' is neither auto, none, all nor a list of ranks such as 0,2-5",
                               text);
    return true;
}

bool gpu_ranks_has(const char *list, uint64_t rank) {
    uint64_t first, last;
    for (const char *at = list; *at && gpu_ranks_take(&at, &first, &last);)
        if (first <= rank && rank <= last)
            return true;
    return false;
}

uint64_t gpu_ranks_last(const char *list) {
    uint64_t most = 0, first, last;
    for (const char *at = list; *at && gpu_ranks_take(&at, &first, &last);)
        most = last > most ? last : most;
    return most;
}
