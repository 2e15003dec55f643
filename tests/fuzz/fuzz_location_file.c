/* SPDX-License-Identifier: MIT
 * Locations of any kind: a failure in one line, or numbers that are written as Plait's options take
 * them. */
#include "fuzz.h"
#include "picture/location/location_file.h"

#include <stdlib.h>
#include <string.h>

/* Rewriting changes nothing any more. */
static void fuzz_check_decimal(const char *text) {
    char *again = malloc(strlen(text) + 3);
    REQUIRE(again != NULL);
    strcpy(again, text);
    REQUIRE(decimal_rewrite(again) == NULL && strcmp(again, text) == 0);
    REQUIRE(strspn(text, "0123456789+-.e") == strlen(text) && *text != '+' && *text != '.');
    free(again);
}

static void fuzz_check_location(const struct location *location, struct failure *failure) {
    static const uint64_t sizes[][2] = {{1, 1}, {1200, 800}, {7, 13}, {UINT64_C(1) << 31, 1}};
    char zoom[DECIMAL_SCALED_BYTES];
    fuzz_check_decimal(location->re);
    fuzz_check_decimal(location->im);
    fuzz_check_decimal(location->zoom);
    REQUIRE(decimal_is_positive(location->zoom) && location->maxit <= INT32_MAX);
    REQUIRE(!strpbrk(location->left_out, "\r\n"));
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        REQUIRE(location_zoom(location, sizes[k][0], sizes[k][1], zoom, failure));
        REQUIRE(strlen(zoom) < sizeof zoom && decimal_is_positive(zoom));
        fuzz_check_decimal(zoom);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct location location;
    char path[FUZZ_PATH_BYTES];
    fuzz_file(data, size, path);
    const bool loaded = location_load(&location, path, &failure);
    fuzz_check_failure(loaded, &failure);
    if (loaded)
        fuzz_check_location(&location, &failure);
    location_free(&location);

    char *text = malloc(size + 1); /* so that reading beyond the end is seen */
    REQUIRE(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    failure = (struct failure){0};
    fuzz_check_failure(location_parse(&location, "there", text, size, &failure), &failure);
    location_free(&location);
    free(text);
    return 0;
}
