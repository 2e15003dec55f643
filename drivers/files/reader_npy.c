/* SPDX-License-Identifier: MIT
 * An array file: magic and version, the length of the header's dictionary, the dictionary, items.
 */
#include "files/reader_npy.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* Longer dictionaries are allowed by the format, but no array of plain numbers has one. */
enum { PROLOGUE_BYTES = 8, DICTIONARY_BYTES_MAX = 65536 };

static bool reader_npy_refuse(const struct npy_reader *reader, const char *cause,
                              struct failure *failure) {
    return failure_set(failure, EXIT_USAGE, "'%s' %s: write it by numpy.save", reader->path, cause);
}

static bool fail(const struct npy_reader *reader, int exit_status, struct failure *failure) {
    return failure_set(failure, exit_status, "cannot read '%s': %s", reader->path, strerror(errno));
}

/* ---- the header ---- */

static bool read_bytes(struct npy_reader *reader, void *bytes, size_t count,
                       struct failure *failure) {
    if (fread(bytes, 1, count, reader->stream) == count)
        return true;
    return ferror(reader->stream) ? fail(reader, EXIT_USAGE, failure)
                                  : reader_npy_refuse(reader, "is cut off in its header", failure);
}

/* Magic and major version, minor being 0. */
static bool read_version(struct npy_reader *reader, unsigned *version, struct failure *failure) {
    uint8_t prologue[PROLOGUE_BYTES] = {0};
    const size_t bytes = fread(prologue, 1, sizeof prologue, reader->stream);
    if (ferror(reader->stream))
        return fail(reader, EXIT_USAGE, failure);
    if (bytes < sizeof prologue || memcmp(prologue, "\x93NUMPY", 6) != 0)
        return reader_npy_refuse(reader, "is no NumPy file", failure);
    *version = prologue[6];
    return (*version >= 1 && *version <= 3 && prologue[7] == 0) ||
           failure_set(failure, EXIT_USAGE, "'%s' has format %u.%u: write it in 1.0, 2.0 or 3.0",
                       reader->path, prologue[6], prologue[7]);
}

/* The length of the dictionary: a little-endian number of 2 bytes, from format 2.0 on of 4. */
static bool read_length(struct npy_reader *reader, size_t *length, struct failure *failure) {
    unsigned version = 0;
    uint8_t number[4] = {0};
    if (!read_version(reader, &version, failure) ||
        !read_bytes(reader, number, version == 1 ? 2 : 4, failure))
        return false;
    *length =
        number[0] | (size_t)number[1] << 8 | (size_t)number[2] << 16 | (size_t)number[3] << 24;
    return true;
}

static bool reader_npy_read_header(struct npy_reader *reader, struct failure *failure) {
    char text[DICTIONARY_BYTES_MAX + 1];
    size_t length = 0;
    if (!read_length(reader, &length, failure))
        return false;
    if (length > DICTIONARY_BYTES_MAX)
        return reader_npy_refuse(reader, "has a header that is too long", failure);
    if (!read_bytes(reader, text, length, failure))
        return false;
    text[length] = '\0';
    if (strlen(text) != length)
        return reader_npy_refuse(reader, "has a damaged header", failure);
    reader->data = ftell(reader->stream);
    return (reader->data >= 0 || fail(reader, EXIT_USAGE, failure)) &&
           npy_header_parse(text, reader->path, &reader->header, failure);
}

/* ---- the file ---- */

static size_t item_bytes(const struct npy_reader *reader) {
    return npy_types[reader->header.type].bytes;
}

static bool check_length(struct npy_reader *reader, struct failure *failure) {
    struct stat status;
    const uint64_t needed = reader->header.items * item_bytes(reader);
    if (fstat(fileno(reader->stream), &status) != 0)
        return fail(reader, EXIT_USAGE, failure);
    const uint64_t there = (uint64_t)status.st_size - (uint64_t)reader->data;
    return there >= needed || failure_set(failure, EXIT_USAGE,
                                          "'%s' is cut off, it has %" PRIu64 " of %" PRIu64
                                          " bytes of numbers: write it again",
                                          reader->path, there, needed);
}

/* A pipe cannot be gone back in, and might never be written to. */
static bool open_regular(struct npy_reader *reader, struct failure *failure) {
    struct stat status;
    if (stat(reader->path, &status) != 0)
        return fail(reader, EXIT_USAGE, failure);
    if (!S_ISREG(status.st_mode))
        return failure_set(failure, EXIT_USAGE,
                           "'%s' is not a regular file: save the array to a file first",
                           reader->path);
    reader->stream = fopen(reader->path, "rb");
    return reader->stream || fail(reader, EXIT_USAGE, failure);
}

bool npy_open(struct npy_reader *reader, const char *path, struct failure *failure) {
    *reader = (struct npy_reader){.path = path};
    if (open_regular(reader, failure) && reader_npy_read_header(reader, failure) &&
        check_length(reader, failure))
        return true;
    npy_close(reader);
    return false;
}

static void swap_items(uint8_t *item, size_t bytes, size_t count) {
    for (; count > 0; count--, item += bytes)
        for (size_t a = 0, b = bytes - 1; a < b; a++, b--) {
            const uint8_t byte = item[a];
            item[a] = item[b];
            item[b] = byte;
        }
}

/* A complex number is two numbers to be swapped, each for itself. */
static void swap(const struct npy_reader *reader, void *items, size_t count) {
    const enum npy_type type = reader->header.type;
    const size_t parts = type == NPY_COMPLEX64 || type == NPY_COMPLEX128 ? 2 : 1;
    swap_items(items, item_bytes(reader) / parts, count * parts);
}

bool npy_read(struct npy_reader *reader, void *items, size_t count, struct failure *failure) {
    if (fread(items, item_bytes(reader), count, reader->stream) != count)
        return ferror(reader->stream)
                   ? fail(reader, EXIT_RUN, failure)
                   : failure_set(failure, EXIT_RUN, "cannot read '%s': it became shorter",
                                 reader->path);
    if (reader->header.swapped)
        swap(reader, items, count);
    return true;
}

bool npy_seek(struct npy_reader *reader, uint64_t item, struct failure *failure) {
    const off_t place = (off_t)reader->data + (off_t)(item * item_bytes(reader));
    return fseeko(reader->stream, place, SEEK_SET) == 0 || fail(reader, EXIT_RUN, failure);
}

bool npy_rewind(struct npy_reader *reader, struct failure *failure) {
    return npy_seek(reader, 0, failure);
}

void npy_close(struct npy_reader *reader) {
    if (reader->stream)
        fclose(reader->stream);
    *reader = (struct npy_reader){0};
}
