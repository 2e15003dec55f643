/* SPDX-License-Identifier: MIT
 * Two passes: the bytes become tokens, which are counted; the counts become a Huffman code, and the
 * tokens bits. Every choice that the format leaves open is made by a rule that names no machine. */
#include "image/deflate_runs.h"

#include <stdbool.h>
#include <string.h>

/* Of a match. */
enum { SHORTEST = 3, LONGEST = 258 };

/* Symbols of the format: a literal is its own, and lengths follow the end of the block. */
enum { END = 256, SYMBOLS = 286, DISTANCES = 1 };

/* A token is a literal, or this and the length of a match. */
enum { MATCH = 256, TOKENS = MATCH + LONGEST + 1 };

/* The longest codes. The format allows 15: shorter ones cost next to nothing, and three tokens fit
 * into a word. */
enum { LONGEST_CODE = 12, LONGEST_LENGTH_CODE = 7 };

enum { BITS_PER_BYTE = 8, WORD_BYTES = 8 };

/* -- a Huffman code ---------------------------------------------------------------------------- */

struct huffman {
    uint8_t lengths[SYMBOLS]; /* bits; 0: the symbol does not occur */
    uint16_t codes[SYMBOLS];  /* as they are written, the lowest bit first */
};

/* The symbols that occur, by count, ties by symbol: a stable sort by one byte of the counts after
 * the other. Returns how many they are. */
static int huffman_sort(const uint32_t *counts, int symbols, uint16_t order[SYMBOLS]) {
    uint16_t other[SYMBOLS];
    uint32_t most = 0;
    int used = 0;
    for (int s = 0; s < symbols; s++)
        if (counts[s] > 0) {
            order[used++] = (uint16_t)s;
            most = counts[s] > most ? counts[s] : most;
        }
    for (int shift = 0; shift < 32 && most >> shift > 0; shift += 8) {
        int next[257] = {0};
        for (int k = 0; k < used; k++)
            next[(counts[order[k]] >> shift & 255) + 1]++;
        for (int digit = 0; digit < 256; digit++)
            next[digit + 1] += next[digit];
        for (int k = 0; k < used; k++)
            other[next[counts[order[k]] >> shift & 255]++] = order[k];
        memcpy(order, other, (size_t)used * sizeof *order);
    }
    return used;
}

/* How many symbols of sorted counts have which length, 1 .. longest. The tree is Huffman's, where a
 * symbol goes before a node of the same weight. Of a tree that is too deep, what lies below
 * `longest` moves up to it, and as often as that is too much there, the deepest symbol above moves
 * down by one and takes one of those as its neighbour. */
static void huffman_count_lengths(const uint32_t *counts, const uint16_t *order, int used,
                                  int longest, int of_length[]) {
    uint32_t weight[2 * SYMBOLS];
    uint16_t parent[2 * SYMBOLS], depth[2 * SYMBOLS];
    for (int k = 0; k < used; k++)
        weight[k] = counts[order[k]];
    for (int next = used, leaf = 0, node = used; next < 2 * used - 1; next++) {
        weight[next] = 0;
        for (int k = 0; k < 2; k++) {
            const bool light = leaf < used && (node == next || weight[leaf] <= weight[node]);
            const int least = light ? leaf++ : node++;
            weight[next] += weight[least];
            parent[least] = (uint16_t)next;
        }
    }
    int excess = -(1 << longest);
    memset(of_length, 0, (size_t)(longest + 1) * sizeof *of_length);
    depth[2 * used - 2] = 0;
    for (int k = 2 * used - 3; k >= 0; k--) {
        depth[k] = depth[parent[k]] + 1;
        if (k < used) {
            const int length = depth[k] < longest ? depth[k] : longest;
            of_length[length]++;
            excess += 1 << (longest - length);
        }
    }
    for (; excess > 0; excess--) {
        int deepest = longest - 1;
        while (of_length[deepest] == 0)
            deepest--;
        of_length[deepest]--;
        of_length[deepest + 1] += 2;
        of_length[longest]--;
    }
}

/* The code of symbols with these counts, of which two occur or more: canonical, as the format wants
 * it, and no symbol longer than `longest`. */
static void huffman_make(struct huffman *huffman, const uint32_t *counts, int symbols,
                         int longest) {
    uint16_t order[SYMBOLS];
    int of_length[LONGEST_CODE + 1], next[LONGEST_CODE + 2] = {0};
    const int used = huffman_sort(counts, symbols, order);
    huffman_count_lengths(counts, order, used, longest, of_length);
    memset(huffman, 0, sizeof *huffman);
    for (int length = longest, k = 0; length > 0; length--)
        for (int some = of_length[length]; some > 0; some--)
            huffman->lengths[order[k++]] = (uint8_t)length;
    for (int length = 1; length <= longest; length++)
        next[length + 1] = (next[length] + of_length[length]) << 1;
    for (int s = 0; s < symbols; s++) {
        const int length = huffman->lengths[s];
        int code = length > 0 ? next[length]++ : 0, reversed = 0;
        for (int bit = 0; bit < length; bit++, code >>= 1)
            reversed = reversed << 1 | (code & 1);
        huffman->codes[s] = (uint16_t)reversed;
    }
}

/* -- bits -------------------------------------------------------------------------------------- */

/* Bits that are written, the lowest first; fewer than 8 wait in the word. */
struct bit_output {
    uint8_t *next;
    uint64_t word;
    int bits;
};

/* The bytes of the word that are complete; all eight of it are written. */
static inline void bits_flush(struct bit_output *output) {
    for (int k = 0; k < WORD_BYTES; k++)
        output->next[k] = (uint8_t)(output->word >> BITS_PER_BYTE * k);
    output->next += output->bits / BITS_PER_BYTE;
    output->word >>= output->bits / BITS_PER_BYTE * BITS_PER_BYTE;
    output->bits %= BITS_PER_BYTE;
}

static void bits_put(struct bit_output *output, uint32_t value, int bits) {
    output->word |= (uint64_t)value << output->bits;
    output->bits += bits;
    bits_flush(output);
}

/* -- the block --------------------------------------------------------------------------------- */

/* The symbol of a length of a match, and which of the symbol's lengths it is. */
struct length_symbol {
    uint16_t symbol;
    uint8_t extra_bits, extra;
};

static void length_symbols_fill(struct length_symbol symbols[LONGEST + 1]) {
    static const uint16_t first[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                     15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
    enum { LAST = sizeof first / sizeof *first - 1 }; /* of one length only */
    for (int k = 0, length = SHORTEST; length <= LONGEST; length++) {
        k += k < LAST && length >= first[k + 1];
        symbols[length] = (struct length_symbol){
            .symbol = (uint16_t)(END + 1 + k),
            .extra_bits = (uint8_t)(k < 8 || k == LAST ? 0 : k / 4 - 1),
            .extra = (uint8_t)(length - first[k]),
        };
    }
}

/* Whether this byte and the next three are equal. */
static inline bool begins_run(const uint8_t *bytes) {
    uint32_t four;
    memcpy(&four, bytes, sizeof four);
    return four == bytes[0] * UINT32_C(0x01010101);
}

/* How many of the bytes are equal to `byte` before one that is not. */
static inline size_t run_length(const uint8_t *bytes, size_t count, uint8_t byte) {
    const uint64_t eight = byte * UINT64_C(0x0101010101010101);
    size_t length = 0;
    for (uint64_t some; length + sizeof some <= count; length += sizeof some) {
        memcpy(&some, bytes + length, sizeof some);
        if (some != eight)
            break;
    }
    while (length < count && bytes[length] == byte)
        length++;
    return length;
}

/* The last two matches of a run are cut so that neither is too short. */
static size_t tokens_of(const uint8_t *bytes, size_t count, uint16_t *tokens) {
    size_t some = 0, at = 1;
    tokens[some++] = bytes[0];
    while (at < count) {
        if (at + SHORTEST > count || !begins_run(bytes + at - 1)) {
            tokens[some++] = bytes[at++];
            continue;
        }
        size_t length = run_length(bytes + at, count - at, bytes[at - 1]);
        at += length;
        for (; length > LONGEST; length -= tokens[some++] - MATCH)
            tokens[some] =
                (uint16_t)(MATCH + (length < LONGEST + SHORTEST ? length - SHORTEST : LONGEST));
        tokens[some++] = (uint16_t)(MATCH + length);
    }
    return some;
}

/* The lengths of the code before the tokens, where repetitions are symbols: of the last length 3 to
 * 6 times, of zeros 3 to 10, and of zeros 11 to 138. Each is as long as it can be. */
static void put_lengths(struct bit_output *output, const struct huffman *huffman) {
    enum { REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18, LENGTH_SYMBOLS = 19 };
    static const uint8_t order[LENGTH_SYMBOLS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                  11, 4,  12, 3, 13, 2, 14, 1, 15};
    static const uint8_t extra_bits[] = {2, 3, 7}, least[] = {3, 3, 11}, most[] = {6, 10, 138};
    int literals = SYMBOLS;
    while (huffman->lengths[literals - 1] == 0)
        literals--;
    uint8_t lengths[SYMBOLS + DISTANCES], symbols[SYMBOLS + DISTANCES], extra[SYMBOLS + DISTANCES];
    memcpy(lengths, huffman->lengths, (size_t)literals);
    lengths[literals] = 1; /* the one distance */

    uint32_t counts[LENGTH_SYMBOLS] = {0};
    int some = 0;
    for (int k = 0; k < literals + DISTANCES; some++) {
        int equal = 1;
        while (k + equal < literals + DISTANCES && lengths[k + equal] == lengths[k])
            equal++;
        const bool repeats = lengths[k] > 0 && k > 0 && lengths[k] == lengths[k - 1];
        const int kind = lengths[k] > 0 ? REPEAT : equal < least[2] ? ZEROS : MANY_ZEROS;
        const int which = kind - REPEAT;
        const bool long_enough = (lengths[k] == 0 || repeats) && equal >= least[which];
        const int taken = !long_enough ? 1 : equal < most[which] ? equal : most[which];
        symbols[some] = (uint8_t)(long_enough ? kind : lengths[k]);
        extra[some] = (uint8_t)(long_enough ? taken - least[which] : 0);
        counts[symbols[some]]++;
        k += taken;
    }

    struct huffman code;
    huffman_make(&code, counts, LENGTH_SYMBOLS, LONGEST_LENGTH_CODE);
    int listed = LENGTH_SYMBOLS;
    while (code.lengths[order[listed - 1]] == 0)
        listed--;
    bits_put(output, (uint32_t)(literals - END - 1), 5);
    bits_put(output, DISTANCES - 1, 5);
    bits_put(output, (uint32_t)listed - 4, 4);
    for (int k = 0; k < listed; k++)
        bits_put(output, code.lengths[order[k]], 3);
    for (int k = 0; k < some; k++) {
        bits_put(output, code.codes[symbols[k]], code.lengths[symbols[k]]);
        if (symbols[k] >= REPEAT)
            bits_put(output, extra[k], extra_bits[symbols[k] - REPEAT]);
    }
}

/* What a token is written as. */
struct token_bits {
    uint32_t value, bits;
};

static void put_tokens(struct bit_output *output, const uint16_t *tokens, size_t count,
                       const struct token_bits *of_token) {
    struct bit_output some = *output; /* in registers */
    enum { AT_ONCE = 3 };             /* of 18 bits at most, in addition to 7 that wait */
    size_t k = 0;
    for (; k + AT_ONCE <= count; k += AT_ONCE) {
        for (size_t i = 0; i < AT_ONCE; i++) {
            const struct token_bits *token = &of_token[tokens[k + i]];
            some.word |= (uint64_t)token->value << some.bits;
            some.bits += (int)token->bits;
        }
        bits_flush(&some);
    }
    for (; k < count; k++)
        bits_put(&some, of_token[tokens[k]].value, (int)of_token[tokens[k]].bits);
    *output = some;
}

/* A token takes 12 bits, and a match, which is three bytes or more, 18. Before them are 17 bits,
 * 19 lengths of three bits, and 287 symbols of up to 7 bits with up to 7 more; after them the end,
 * three bits and up to a byte, and four bytes. The last word is written whole. */
size_t deflate_runs_bound(size_t count) {
    enum { LENGTHS = (17 + 19 * 3 + (SYMBOLS + DISTANCES) * 14) / BITS_PER_BYTE + 1 };
    return count * LONGEST_CODE / BITS_PER_BYTE + LENGTHS + 10 + WORD_BYTES;
}

size_t deflate_runs(const uint8_t *bytes, size_t count, uint16_t *tokens, uint8_t *output) {
    const size_t some = tokens_of(bytes, count, tokens);
    struct length_symbol lengths[LONGEST + 1];
    length_symbols_fill(lengths);

    uint32_t of_token[TOKENS] = {0}, of_symbol[SYMBOLS] = {0};
    for (size_t k = 0; k < some; k++)
        of_token[tokens[k]]++;
    memcpy(of_symbol, of_token, END * sizeof *of_symbol);
    for (int length = SHORTEST; length <= LONGEST; length++)
        of_symbol[lengths[length].symbol] += of_token[MATCH + length];
    of_symbol[END] = 1;

    struct huffman huffman;
    huffman_make(&huffman, of_symbol, SYMBOLS, LONGEST_CODE);
    struct token_bits as_bits[TOKENS];
    for (int token = 0; token < MATCH; token++)
        as_bits[token] = (struct token_bits){huffman.codes[token], huffman.lengths[token]};
    for (int length = SHORTEST; length <= LONGEST; length++) {
        const struct length_symbol *symbol = &lengths[length];
        const uint32_t code_bits = huffman.lengths[symbol->symbol];
        as_bits[MATCH + length] = (struct token_bits){
            huffman.codes[symbol->symbol] | (uint32_t)symbol->extra << code_bits,
            code_bits + symbol->extra_bits + 1, /* and the one distance, a bit that is 0 */
        };
    }

    struct bit_output bits = {.next = output};
    bits_put(&bits, 2 << 1, 3); /* not the last, codes of its own */
    put_lengths(&bits, &huffman);
    put_tokens(&bits, tokens, some, as_bits);
    bits_put(&bits, huffman.codes[END], huffman.lengths[END]);
    bits_put(&bits, 0, 3); /* not the last, stored */
    if (bits.bits > 0)
        bits_put(&bits, 0, BITS_PER_BYTE - bits.bits);
    bits_put(&bits, UINT32_C(0xffff0000), 32); /* no bytes */
    return (size_t)(bits.next - output);
}
