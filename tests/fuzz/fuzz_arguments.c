/* SPDX-License-Identifier: MIT
 * Command lines, an argument per line. What has been taken can be applied, and travels to other
 * ranks as it is. */
#include "fuzz.h"
#include "options/option_values.h"

#include <stdlib.h>
#include <string.h>

enum { OPTIONS_BYTES = 1 << 14 }; /* more than the options of any subcommand */

static void check_packed(const struct option_values *values) {
    struct failure failure = {0};
    struct option_values other = {0};
    unsigned char *sent, *again;
    size_t sent_bytes, again_bytes;
    REQUIRE(values_init(&other, values->set, &failure));
    REQUIRE(values_pack(values, &sent, &sent_bytes, &failure));
    REQUIRE(values_unpack(&other, sent, sent_bytes, &failure));
    REQUIRE(values_pack(&other, &again, &again_bytes, &failure));
    REQUIRE(sent_bytes == again_bytes && memcmp(sent, again, sent_bytes) == 0);
    free(sent);
    free(again);
    values_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct option_values values = {0};
    const struct option_set *set = fuzz_choose_set(&data, &size);
    struct fuzz_lines lines = fuzz_lines_of(data, size);
    REQUIRE(values_init(&values, set, &failure));
    const bool parsed = values_parse_argv(&values, (int)lines.count, lines.items, &failure);
    fuzz_check_failure(parsed, &failure);
    if (parsed) {
        void *options = calloc(1, OPTIONS_BYTES);
        REQUIRE(options && values_apply(&values, options, &failure));
        check_packed(&values);
        free(options);
    }
    values_free(&values);
    fuzz_lines_free(&lines);
    return 0;
}
