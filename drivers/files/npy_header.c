/* SPDX-License-Identifier: MIT
 * The header of an array file is a dictionary as Python writes it, with the keys descr,
 * fortran_order and shape (NumPy Enhancement Proposal 1). The little of Python that can stand there
 * is read here; all else is refused. */
#include "files/npy_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct npy_type_row npy_types[NPY_TYPES] = {
    {"bool", "b1", 1},      {"int8", "i1", 1},         {"int16", "i2", 2},   {"int32", "i4", 4},
    {"int64", "i8", 8},     {"uint8", "u1", 1},        {"uint16", "u2", 2},  {"uint32", "u4", 4},
    {"uint64", "u8", 8},    {"float16", "f2", 2},      {"float32", "f4", 4}, {"float64", "f8", 8},
    {"complex64", "c8", 8}, {"complex128", "c16", 16},
};

/* As the format calls that of this machine. */
static char byte_order(void) {
    const uint16_t probe = 1;
    uint8_t first;
    memcpy(&first, &probe, 1);
    return first == 1 ? '<' : '>';
}

/* ---- reading ---- */

/* What is left of the header's text, and where it goes. */
struct text {
    const char *next, *path;
    struct npy_header *header;
    struct failure *failure;
};

static bool npy_header_refuse(const struct text *text, const char *cause) {
    return failure_set(text->failure, EXIT_USAGE, "'%s' has %s: write it by numpy.save", text->path,
                       cause);
}

static bool refuse_damaged(const struct text *text) {
    return npy_header_refuse(text, "a damaged header");
}

static void skip_blanks(struct text *text) {
    text->next += strspn(text->next, " \t\r\n");
}

/* Takes the word if it comes next. */
static bool npy_header_take(struct text *text, const char *word) {
    skip_blanks(text);
    const size_t length = strlen(word);
    if (strncmp(text->next, word, length) != 0)
        return false;
    text->next += length;
    return true;
}

/* Takes a string without escapes; false if another thing comes next or it is too long. */
static bool take_string(struct text *text, char *string, size_t bytes) {
    skip_blanks(text);
    const char quote = *text->next;
    if (quote != '\'' && quote != '"')
        return false;
    const char *end = strchr(text->next + 1, quote);
    const size_t length = end ? (size_t)(end - text->next) - 1 : bytes;
    if (length >= bytes)
        return false;
    memcpy(string, text->next + 1, length);
    string[length] = '\0';
    text->next = end + 1;
    return strchr(string, '\\') == NULL;
}

static bool take_number(struct text *text, uint64_t *number) {
    skip_blanks(text);
    if (*text->next < '0' || *text->next > '9')
        return false;
    for (*number = 0; *text->next >= '0' && *text->next <= '9'; text->next++) {
        const uint64_t digit = (uint64_t)(*text->next - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    npy_header_take(text, "L"); /* as Python 2 wrote long ones */
    return true;
}

/* "<i4": byte order, kind, bytes. */
static bool read_type(const char *descr, struct npy_header *header) {
    const char order = *descr;
    if (!order || !strchr("<>=|", order))
        return false;
    for (int t = 0; t < NPY_TYPES; t++) {
        if (strcmp(descr + 1, npy_types[t].code) != 0)
            continue;
        header->type = (enum npy_type)t;
        header->swapped = (order == '<' || order == '>') && order != byte_order();
        return true;
    }
    return false;
}

static bool take_descr(struct text *text) {
    char descr[8];
    skip_blanks(text);
    const char *value = text->next;
    if (take_string(text, descr, sizeof descr) && read_type(descr, text->header))
        return true;
    const size_t length = *value == '[' ? strcspn(value, "]") + 1 : strcspn(value, ",}");
    return failure_set(text->failure, EXIT_USAGE,
                       "'%s' holds %.*s, which are no plain numbers: save integers or floats",
                       text->path, (int)length, value);
}

static bool take_order(struct text *text) {
    text->header->fortran = npy_header_take(text, "True");
    return text->header->fortran || npy_header_take(text, "False") ||
           npy_header_refuse(text, "a fortran_order that is neither True nor False");
}

static bool take_numbers(struct text *text) {
    struct npy_header *header = text->header;
    while (!npy_header_take(text, ")")) {
        if (header->dimensions == NPY_DIMENSIONS_MAX ||
            !take_number(text, &header->shape[header->dimensions]))
            return false;
        header->dimensions++;
        if (!npy_header_take(text, ",") && *text->next != ')')
            return false;
    }
    return true;
}

static bool take_shape(struct text *text) {
    return (npy_header_take(text, "(") && take_numbers(text)) ||
           npy_header_refuse(text, "a damaged shape");
}

/* Reads one entry. */
static bool take_entry(struct text *text, unsigned *seen) {
    static const struct {
        const char *key;
        bool (*take)(struct text *text);
    } entries[] = {{"descr", take_descr}, {"fortran_order", take_order}, {"shape", take_shape}};
    char key[16];
    if (!take_string(text, key, sizeof key) || !npy_header_take(text, ":"))
        return refuse_damaged(text);
    for (unsigned k = 0; k < 3; k++) {
        if (strcmp(key, entries[k].key) != 0)
            continue;
        if (*seen & 1u << k)
            return npy_header_refuse(text, "an entry twice in its header");
        *seen |= 1u << k;
        return entries[k].take(text);
    }
    return npy_header_refuse(text, "an unknown entry in its header");
}

static bool take_dictionary(struct text *text) {
    unsigned seen = 0;
    if (!npy_header_take(text, "{"))
        return refuse_damaged(text);
    while (!npy_header_take(text, "}")) {
        if (!take_entry(text, &seen))
            return false;
        if (!npy_header_take(text, ",") && *text->next != '}')
            return refuse_damaged(text);
    }
    skip_blanks(text);
    return (*text->next == '\0' && seen == 7) || refuse_damaged(text);
}

/* The items, if their bytes can be counted. */
static bool multiply(struct npy_header *header) {
    const uint64_t most = INT64_MAX / npy_types[header->type].bytes;
    header->items = 1;
    for (size_t k = 0; k < header->dimensions; k++)
        if (header->shape[k] == 0)
            header->items = 0;
    for (size_t k = 0; k < header->dimensions && header->items > 0; k++) {
        if (header->items > most / header->shape[k])
            return false;
        header->items *= header->shape[k];
    }
    return true;
}

bool npy_header_parse(const char *dictionary, const char *path, struct npy_header *header,
                      struct failure *failure) {
    struct text text = {dictionary, path, header, failure};
    *header = (struct npy_header){0};
    return take_dictionary(&text) &&
           (multiply(header) || npy_header_refuse(&text, "a shape that is too large"));
}

/* ---- writing ---- */

void npy_shape_text(size_t dimensions, const uint64_t *shape, char text[NPY_SHAPE_BYTES]) {
    char *end = text;
    *end++ = '(';
    for (size_t k = 0; k < dimensions; k++)
        end += sprintf(end, "%s%" PRIu64, k > 0 ? ", " : "", shape[k]);
    strcpy(end, dimensions == 1 ? ",)" : ")");
}

void npy_header_make(enum npy_type type, size_t dimensions, const uint64_t *shape,
                     char header[NPY_HEADER_BYTES]) {
    enum { PREFIX_BYTES = 10 };
    char shape_text[NPY_SHAPE_BYTES];
    npy_shape_text(dimensions, shape, shape_text);
    memset(header, ' ', NPY_HEADER_BYTES);
    /* Magic, version 1.0, and the bytes that follow as a little-endian 16-bit number. */
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = NPY_HEADER_BYTES - PREFIX_BYTES;
    header[9] = 0;
    const int length = snprintf(header + PREFIX_BYTES, NPY_HEADER_BYTES - PREFIX_BYTES,
                                "{'descr': '%c%s', 'fortran_order': False, 'shape': %s, }",
                                byte_order(), npy_types[type].code, shape_text);
    header[PREFIX_BYTES + length] = ' ';
    header[NPY_HEADER_BYTES - 1] = '\n';
}
