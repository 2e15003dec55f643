/* SPDX-License-Identifier: MIT
 * Configuration files of any content. What has been read is dumped, and the dump read back gives
 * the same values. */
#include "fuzz.h"
#include "options/config_file.h"
#include "subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of files must end as those of points do. */
static const char *good_argument(const struct option *row) {
    if (row->kind == OPTION_CHOICE)
        return row->choices[0];
    return row->kind == OPTION_TEXT || row->kind == OPTION_TEXTS ? "1.npy" : "1";
}

static bool merge(struct option_values *values, const struct option_set *set, const void *data,
                  size_t size) {
    struct failure failure = {0};
    char path[FUZZ_PATH_BYTES], option[] = "--config";
    char *arguments[] = {option, path};
    REQUIRE(values_init(values, set, &failure));
    fuzz_file(data, size, path);
    for (size_t i = 0; i < values->count; i++) { /* arguments must be there; any good ones do */
        const struct option *row = option_at(set, i, NULL);
        if (row->scope == OPTION_ARGUMENT)
            REQUIRE(values_set(values, i, ORIGIN_COMMAND_LINE, row->argument, good_argument(row),
                               &failure));
    }
    REQUIRE(values_parse_argv(values, 2, arguments, &failure));
    const bool merged = config_file_merge(values, option_sets, command_count, &failure);
    fuzz_check_failure(merged, &failure);
    return merged;
}

static void check_same(const struct option_values *a, const struct option_values *b) {
    for (size_t i = 0; i < a->count; i++) {
        const struct option *row = option_at(a->set, i, NULL);
        if (row->scope != OPTION_ANYWHERE || !values_counts(a, row->name))
            continue;
        REQUIRE(a->items[i].count == b->items[i].count);
        for (size_t t = 0; t < a->items[i].count; t++)
            REQUIRE(strcmp(a->items[i].texts[t], b->items[i].texts[t]) == 0);
    }
}

static void check_dump(const struct option_values *values) {
    struct failure failure = {0};
    struct option_values again = {0};
    char *dump = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&dump, &bytes);
    REQUIRE(stream && config_file_dump(values, stream, &failure));
    fclose(stream);
    REQUIRE(merge(&again, values->set, dump, bytes));
    check_same(values, &again);
    values_free(&again);
    free(dump);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (size_t k = 0; k < command_count; k++) {
        struct option_values values = {0};
        const bool merged = merge(&values, option_sets[k], data, size);
        if (merged)
            check_dump(&values);
        values_free(&values);
        if (!merged) /* which it would be for every other one */
            break;
    }
    return 0;
}
