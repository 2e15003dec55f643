/* SPDX-License-Identifier: MIT
 * One text as the value of every option of every subcommand, and as the numbers below them. */
#include "base/number.h"
#include "fuzz.h"
#include "subcommands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_rows(const struct option_set *set, const char *text) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++) {
        struct failure failure = {0};
        const bool parsed = option_parse(option_at(set, i, NULL), "--x", text, NULL, &failure);
        fuzz_check_failure(parsed, &failure);
    }
}

/* A number is written as what reads back to the same bits. */
static void check_real(const char *text) {
    char written[NUMBER_TEXT_BYTES];
    double value, again;
    if (number_real(text, &value))
        return;
    REQUIRE(isfinite(value));
    number_text(value, written);
    REQUIRE(!number_real(written, &again));
    REQUIRE(memcmp(&value, &again, sizeof value) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t count;
    char *text = malloc(size + 1);
    REQUIRE(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    for (size_t k = 0; k < command_count; k++)
        check_rows(option_sets[k], text);
    check_real(text);
    (void)number_count(text, &count);
    free(text);
    return 0;
}
