/* SPDX-License-Identifier: MIT
 * Payloads are those of their key, and every wrong byte is found. */
#include "base/payload.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

/* The first outputs of pcg-cpp's oneseq_rxs_m_xs_64_64 seeded by 42, the lowest byte first. */
static void known_bytes(void) {
    static const unsigned char known[] = {0xa9, 0x03, 0xf0, 0xed, 0x29, 0x38, 0xa5, 0x27,
                                          0x1c, 0xc3, 0x04, 0x5c, 0x8e, 0x45, 0x28, 0xdf};
    unsigned char payload[sizeof known];
    payload_fill(payload, sizeof payload, 42);
    CHECK(memcmp(payload, known, sizeof known) == 0);
}

static void every_wrong_byte(void) {
    static const size_t sizes[] = {0, 1, 7, 8, 4095, 4096, 4097, 10000};
    unsigned char *payload = malloc(10001);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        size_t wrong = 0;
        unsigned char expected = 0;
        payload[sizes[s]] = 99;
        payload_fill(payload, sizes[s], 7);
        CHECK(payload[sizes[s]] == 99);
        CHECK(payload_check(payload, sizes[s], 7, &wrong, &expected));
        for (size_t k = 0; k<sizes[s]; k += sizes[s]> 100 ? 91 : 1) {
            const unsigned char right = payload[k];
            payload[k] ^= 128;
            CHECK(!payload_check(payload, sizes[s], 7, &wrong, &expected));
            CHECK(wrong == k && expected == right);
            payload[k] = right;
        }
        CHECK(sizes[s] < 2 || !payload_check(payload, sizes[s], 8, &wrong, &expected));
    }
    free(payload);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known bytes", known_bytes}, {"every wrong byte", every_wrong_byte}, {0}};
    return check_main("payload", tests, argc, argv);
}
