/* SPDX-License-Identifier: MIT
 * Values as they come from another rank: taken whole, and then packed as they came, or refused. */
#include "fuzz.h"
#include "options/option_values.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct option_values values = {0};
    const struct option_set *set = fuzz_choose_set(&data, &size);
    REQUIRE(values_init(&values, set, &failure));
    const bool unpacked = values_unpack(&values, data, size, &failure);
    fuzz_check_failure(unpacked, &failure);
    if (unpacked) {
        unsigned char *again;
        size_t bytes;
        REQUIRE(values_pack(&values, &again, &bytes, &failure));
        REQUIRE(bytes == size && memcmp(again, data, size) == 0);
        free(again);
    }
    values_free(&values);
    return 0;
}
