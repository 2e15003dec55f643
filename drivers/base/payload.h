/* SPDX-License-Identifier: MIT
 * What messages carry that only measure: bytes that whoever knows their key can check. */
#ifndef PLAIT_DRIVERS_PAYLOAD_H
#define PLAIT_DRIVERS_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills `bytes` bytes with pseudo-random ones that the key decides: the outputs of PCG RXS-M-XS
 * 64/64 of that seed, the lowest byte first. */
void payload_fill(unsigned char *payload, size_t bytes, uint64_t key);

/* Whether these are the bytes of that key. If not, sets *wrong to the first that is not, *expected
 * to what it should be. */
bool payload_check(const unsigned char *payload, size_t bytes, uint64_t key, size_t *wrong,
                   unsigned char *expected);

#endif
