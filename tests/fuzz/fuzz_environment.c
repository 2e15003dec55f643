/* SPDX-License-Identifier: MIT
 * Environments, a variable per line: read, or reported in one line each. */
#include "fuzz.h"
#include "options/option_values.h"
#include "subcommands.h"

static void check_warning(void *context, const char *line) {
    (void)context;
    REQUIRE(line[0] != '\0');
    for (const char *c = line; *c; c++)
        REQUIRE((unsigned char)*c >= 0x20 && *c != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct option_values values = {0};
    const struct option_set *set = fuzz_choose_set(&data, &size);
    struct fuzz_lines lines = fuzz_lines_of(data, size);
    REQUIRE(values_init(&values, set, &failure));
    const bool merged = values_merge_environment(&values, lines.items, &failure);
    values_warn_unknown(lines.items, option_sets, command_count, check_warning, NULL);
    fuzz_check_failure(merged, &failure);
    values_free(&values);
    fuzz_lines_free(&lines);
    return 0;
}
