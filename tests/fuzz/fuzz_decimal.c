/* SPDX-License-Identifier: MIT
 * Two texts as decimal numbers: the one form of a number is that number, and what is one here is
 * one for doubles too. */
#include "base/decimal.h"
#include "base/number.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_number(const char *text, size_t length) {
    const struct decimal number = decimal_of(text, length);
    const size_t bytes = number.digits + 32;
    char *form = malloc(bytes);
    REQUIRE(form != NULL);
    decimal_write(&number, form, bytes);
    REQUIRE(!decimal_check(form, strlen(form)));
    const struct decimal again = decimal_of(form, strlen(form));
    /* Exponents near the limit may come back as the limit. */
    if (number.exponent < INT64_C(1) << 50 && number.exponent > -(INT64_C(1) << 50)) {
        REQUIRE(decimal_equal(&number, &again));
        REQUIRE(decimal_equal(&again, &number));
        REQUIRE(strtod(form, NULL) == strtod(text, NULL));
    }
    free(form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 2);
    REQUIRE(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = text[size + 1] = '\0';
    const size_t length = strlen(text);
    double value;
    const char *reason = number_real(text, &value);
    const bool is_number = !reason || strstr(reason, "for a double");
    REQUIRE(is_number == !decimal_check(text, length));
    if (is_number)
        check_number(text, length);
    char *comma = strchr(text, ',');
    if (comma) { /* as many pieces as there are */
        size_t count = 1;
        for (const char *c = text; *c; c++)
            count += *c == ',';
        for (size_t k = 0; k < count; k++) {
            const char *begin;
            const size_t piece = decimal_piece(text, k, &begin);
            REQUIRE(begin >= text && begin + piece <= text + length);
            (void)decimal_check(begin, piece);
        }
    }
    free(text);
    return 0;
}
