/* SPDX-License-Identifier: MIT
 * Payloads: made and compared piece by piece. */
#include "base/payload.h"

#include "plait/pcg.h"

#include <string.h>

enum { PIECE_WORDS = 512, PIECE_BYTES = 8 * PIECE_WORDS };

/* The next piece of the payload; returns the state after it. */
static uint64_t make_piece(uint64_t state, unsigned char piece[PIECE_BYTES]) {
    uint64_t words[PIECE_WORDS];
    state = plait_pcg_outputs(PLAIT_RXS64, state, PIECE_WORDS, words);
    for (size_t k = 0; k < PIECE_BYTES; k++)
        piece[k] = (unsigned char)(words[k / 8] >> (8 * (k % 8)));
    return state;
}

static size_t piece_bytes(size_t bytes, size_t done) {
    return bytes - done < PIECE_BYTES ? bytes - done : PIECE_BYTES;
}

void payload_fill(unsigned char *payload, size_t bytes, uint64_t key) {
    unsigned char piece[PIECE_BYTES];
    uint64_t state = plait_pcg_seed(key);
    for (size_t done = 0; done < bytes; done += PIECE_BYTES) {
        state = make_piece(state, piece);
        memcpy(payload + done, piece, piece_bytes(bytes, done));
    }
}

bool payload_check(const unsigned char *payload, size_t bytes, uint64_t key, size_t *wrong,
                   unsigned char *expected) {
    unsigned char piece[PIECE_BYTES];
    uint64_t state = plait_pcg_seed(key);
    for (size_t done = 0; done < bytes; done += PIECE_BYTES) {
        state = make_piece(state, piece);
        for (size_t k = 0; k < piece_bytes(bytes, done); k++) {
            if (payload[done + k] == piece[k])
                continue;
            *wrong = done + k;
            *expected = piece[k];
            return false;
        }
    }
    return true;
}
