/* SPDX-License-Identifier: MIT
 * The header of an array file is a dictionary as Python writes it, with the keys descr,
 * fortran_order and shape (NumPy Enhancement Proposal 1). The little of Python that can stand there
 * is read here; all else is refused. */
#include "image/reader_npy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PROLOGUE_BYTES = 8, HEADER_BYTES_MAX = 65536 };

static bool refuse(const struct npy_reader *reader, const char *cause, struct failure *failure) {
    return failure_set(failure, EXIT_USAGE, "cannot read '%s' as an array of NumPy: %s",
                       reader->path, cause);
}

/* ---- the dictionary ---- */

/* What is left of the header's text. */
struct text {
    const char *next;
};

static void skip_blanks(struct text *text) {
    text->next += strspn(text->next, " \t\r\n");
}

/* Takes the word if it comes next. */
static bool take(struct text *text, const char *word) {
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
    take(text, "L"); /* as Python 2 wrote long ones */
    return true;
}

static bool is_little_endian(void) {
    const uint16_t probe = 1;
    uint8_t first;
    memcpy(&first, &probe, 1);
    return first == 1;
}

/* "<i4": byte order, kind, bytes. */
static bool read_type(const char *descr, struct npy_header *header) {
    static const char *const plain[] = {"b1", "i1", "i2", "i4", "i8", "u1", "u2",
                                        "u4", "u8", "f2", "f4", "f8", "c8", "c16"};
    const char order = *descr;
    if (!order || !strchr("<>=|", order))
        return false;
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
        if (strcmp(descr + 1, plain[k]) != 0)
            continue;
        strcpy(header->type, plain[k]);
        header->item_bytes = (size_t)strtoul(plain[k] + 1, NULL, 10);
        header->swapped = order == (is_little_endian() ? '>' : '<');
        return true;
    }
    return false;
}

static bool take_descr(struct text *text, struct npy_header *header) {
    char descr[NPY_TYPE_BYTES];
    return take_string(text, descr, sizeof descr) && read_type(descr, header);
}

static bool take_order(struct text *text, struct npy_header *header) {
    header->fortran = take(text, "True");
    return header->fortran || take(text, "False");
}

static bool take_shape(struct text *text, struct npy_header *header) {
    if (!take(text, "("))
        return false;
    header->dimensions = 0;
    while (!take(text, ")")) {
        if (header->dimensions == NPY_DIMENSIONS_MAX ||
            !take_number(text, &header->shape[header->dimensions]))
            return false;
        header->dimensions++;
        if (!take(text, ",") && *text->next != ')')
            return false;
    }
    return true;
}

/* The items, if their bytes can be counted. */
static bool multiply(struct npy_header *header) {
    header->items = 1;
    for (size_t k = 0; k < header->dimensions; k++)
        if (header->shape[k] == 0)
            header->items = 0;
    for (size_t k = 0; k < header->dimensions && header->items > 0; k++) {
        if (header->items > INT64_MAX / header->item_bytes / header->shape[k])
            return false;
        header->items *= header->shape[k];
    }
    return true;
}

/* Reads one entry. Answers the cause of a failure, or NULL. */
static const char *take_entry(struct text *text, struct npy_header *header, unsigned *seen) {
    static const struct {
        const char *key, *cause;
        bool (*take)(struct text *text, struct npy_header *header);
    } entries[] = {
        {"descr", "its items are no plain numbers", take_descr},
        {"fortran_order", "its fortran_order is neither True nor False", take_order},
        {"shape", "its shape is none", take_shape},
    };
    char key[16];
    if (!take_string(text, key, sizeof key) || !take(text, ":"))
        return "its header is damaged";
    for (unsigned k = 0; k < 3; k++) {
        if (strcmp(key, entries[k].key) != 0)
            continue;
        if (*seen & 1u << k)
            return "its header has an entry twice";
        *seen |= 1u << k;
        return entries[k].take(text, header) ? NULL : entries[k].cause;
    }
    return "its header has an unknown entry";
}

/* Reads the whole text. Answers the cause of a failure, or NULL. */
static const char *read_dictionary(const char *header_text, struct npy_header *header) {
    struct text text = {header_text};
    unsigned seen = 0;
    if (!take(&text, "{"))
        return "its header is damaged";
    while (!take(&text, "}")) {
        const char *cause = take_entry(&text, header, &seen);
        if (cause)
            return cause;
        if (!take(&text, ",") && *text.next != '}')
            return "its header is damaged";
    }
    skip_blanks(&text);
    if (*text.next != '\0' || seen != 7)
        return "its header is damaged";
    return multiply(header) ? NULL : "its shape is too large";
}

/* ---- the file ---- */

static bool read_bytes(struct npy_reader *reader, void *bytes, size_t count,
                       struct failure *failure) {
    if (fread(bytes, 1, count, reader->stream) == count)
        return true;
    return refuse(reader, ferror(reader->stream) ? strerror(errno) : "it is cut off", failure);
}

/* The length of the dictionary: a little-endian number of 2 bytes, from format 2.0 on of 4. */
static bool read_length(struct npy_reader *reader, size_t *length, struct failure *failure) {
    uint8_t prologue[PROLOGUE_BYTES], number[4] = {0};
    if (!read_bytes(reader, prologue, sizeof prologue, failure))
        return false;
    if (memcmp(prologue, "\x93NUMPY", 6) != 0)
        return refuse(reader, "it does not begin as one", failure);
    if (prologue[6] < 1 || prologue[6] > 3 || prologue[7] != 0)
        return refuse(reader, "its format is newer than 3.0", failure);
    if (!read_bytes(reader, number, prologue[6] == 1 ? 2 : 4, failure))
        return false;
    *length =
        number[0] | (size_t)number[1] << 8 | (size_t)number[2] << 16 | (size_t)number[3] << 24;
    return true;
}

static bool read_header(struct npy_reader *reader, struct failure *failure) {
    char text[HEADER_BYTES_MAX + 1];
    size_t length = 0;
    if (!read_length(reader, &length, failure))
        return false;
    if (length > HEADER_BYTES_MAX)
        return refuse(reader, "its header is too long", failure);
    if (!read_bytes(reader, text, length, failure))
        return false;
    text[length] = '\0';
    const char *cause =
        strlen(text) == length ? read_dictionary(text, &reader->header) : "its header is damaged";
    if (cause)
        return refuse(reader, cause, failure);
    reader->data = ftell(reader->stream);
    return reader->data >= 0 || refuse(reader, strerror(errno), failure);
}

static bool check_length(struct npy_reader *reader, struct failure *failure) {
    struct stat status;
    const uint64_t needed = reader->header.items * reader->header.item_bytes;
    if (fstat(fileno(reader->stream), &status) != 0)
        return refuse(reader, strerror(errno), failure);
    const uint64_t there = (uint64_t)status.st_size - (uint64_t)reader->data;
    if (there >= needed)
        return true;
    return failure_set(failure, EXIT_USAGE,
                       "'%s' is cut off: it has %" PRIu64 " of %" PRIu64 " bytes of numbers",
                       reader->path, there, needed);
}

/* A pipe cannot be gone back in, and might never be written to. */
static bool check_regular(const struct npy_reader *reader, struct failure *failure) {
    struct stat status;
    if (stat(reader->path, &status) != 0)
        return refuse(reader, strerror(errno), failure);
    return S_ISREG(status.st_mode) || refuse(reader, "it is no regular file", failure);
}

bool npy_open(struct npy_reader *reader, const char *path, struct failure *failure) {
    *reader = (struct npy_reader){.path = path};
    if (check_regular(reader, failure)) {
        reader->stream = fopen(path, "rb");
        if (!reader->stream)
            refuse(reader, strerror(errno), failure);
        else if (read_header(reader, failure) && check_length(reader, failure))
            return true;
    }
    npy_close(reader);
    return false;
}

static void swap_items(uint8_t *item, size_t item_bytes, size_t count) {
    for (; count > 0; count--, item += item_bytes)
        for (size_t a = 0, b = item_bytes - 1; a < b; a++, b--) {
            const uint8_t byte = item[a];
            item[a] = item[b];
            item[b] = byte;
        }
}

/* A complex number is two numbers to be swapped, each for itself. */
static void swap(const struct npy_header *header, void *items, size_t count) {
    const size_t parts = header->type[0] == 'c' ? 2 : 1;
    swap_items(items, header->item_bytes / parts, count * parts);
}

bool npy_read(struct npy_reader *reader, void *items, size_t count, struct failure *failure) {
    if (!read_bytes(reader, items, count * reader->header.item_bytes, failure))
        return false;
    if (reader->header.swapped)
        swap(&reader->header, items, count);
    return true;
}

bool npy_rewind(struct npy_reader *reader, struct failure *failure) {
    return fseek(reader->stream, reader->data, SEEK_SET) == 0 ||
           refuse(reader, strerror(errno), failure);
}

void npy_close(struct npy_reader *reader) {
    if (reader->stream)
        fclose(reader->stream);
    *reader = (struct npy_reader){0};
}
