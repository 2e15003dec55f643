/* SPDX-License-Identifier: MIT
 * Packs option values into bytes and back. Every option travels with its name, and everything read
 * is checked against the bytes left and against the option's row: a buffer made by another Plait
 * cannot do more than be refused.
 *
 * Buffer: count of options; for each its name, its origin, its where, its count of texts, for each
 * of these its place and itself. Numbers are 4 bytes, lowest first; a string is its length and its
 * bytes. */
#include "options/option_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_number(FILE *stream, size_t number) {
    for (int shift = 0; shift < 32; shift += 8)
        fputc((int)(number >> shift & 0xff), stream);
}

static void write_string(FILE *stream, const char *string) {
    const size_t length = strlen(string);
    write_number(stream, length);
    fwrite(string, 1, length, stream);
}

static void option_pack_write_values(FILE *stream, const struct option_values *values) {
    write_number(stream, values->count);
    for (size_t i = 0; i < values->count; i++) {
        const struct option_value *value = &values->items[i];
        write_string(stream, option_at(values->set, i, NULL)->name);
        write_number(stream, value->origin);
        write_string(stream, value->where);
        write_number(stream, value->count);
        for (size_t t = 0; t < value->count; t++) {
            write_string(stream, value->places[t]);
            write_string(stream, value->texts[t]);
        }
    }
}

bool values_pack(const struct option_values *values, unsigned char **buffer, size_t *bytes,
                 struct failure *failure) {
    char *memory = NULL;
    FILE *stream = open_memstream(&memory, bytes);
    if (!stream)
        return failure_set(failure, EXIT_RUN, "out of memory");
    option_pack_write_values(stream, values);
    const bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed || *bytes > UINT32_MAX) {
        free(memory);
        return failure_set(failure, EXIT_RUN, "out of memory");
    }
    *buffer = (unsigned char *)memory;
    return true;
}

/* What is left of a buffer. */
struct bytes {
    const unsigned char *next;
    size_t left;
};

static bool read_number(struct bytes *bytes, size_t *number) {
    if (bytes->left < 4)
        return false;
    *number = 0;
    for (int i = 0; i < 4; i++)
        *number |= (size_t)bytes->next[i] << (8 * i);
    bytes->next += 4;
    bytes->left -= 4;
    return true;
}

/* A copy of the next string, to be freed; NULL if there is no whole one. */
static char *read_string(struct bytes *bytes) {
    size_t length;
    if (!read_number(bytes, &length) || length > bytes->left || memchr(bytes->next, 0, length))
        return NULL;
    char *string = strndup((const char *)bytes->next, length);
    bytes->next += length;
    bytes->left -= length;
    return string;
}

/* Takes one text over. A default is not sent for its value: both ends must have the same. */
static bool option_pack_take_text(struct option_values *values, size_t index, size_t origin,
                                  const char *place, size_t t, const char *text) {
    const struct option_value *value = &values->items[index];
    struct failure ignored = {0};
    if (origin == ORIGIN_DEFAULT)
        return t < value->count && strcmp(value->texts[t], text) == 0 &&
               strcmp(value->places[t], place) == 0;
    return values_set(values, index, (enum option_origin)origin, place, text, &ignored);
}

static bool read_texts(struct bytes *bytes, struct option_values *values, size_t index,
                       size_t origin, const char *where) {
    size_t count;
    if (!read_number(bytes, &count) || origin > ORIGIN_COMMAND_LINE)
        return false;
    const struct option_value *value = &values->items[index];
    if (origin == ORIGIN_DEFAULT ? count != value->count : count == 0)
        return false;
    for (size_t t = 0; t < count; t++) {
        char *place = read_string(bytes), *text = place ? read_string(bytes) : NULL;
        const bool taken = text && option_pack_take_text(values, index, origin, place, t, text);
        free(text);
        free(place);
        if (!taken)
            return false;
    }
    return strcmp(where, value->where) == 0;
}

static bool read_value(struct bytes *bytes, struct option_values *values, size_t index) {
    size_t origin = 0;
    char *name = read_string(bytes);
    const bool known = name && strcmp(name, option_at(values->set, index, NULL)->name) == 0 &&
                       read_number(bytes, &origin);
    char *where = known ? read_string(bytes) : NULL;
    const bool good = where && read_texts(bytes, values, index, origin, where);
    free(where);
    free(name);
    return good;
}

bool values_unpack(struct option_values *values, const unsigned char *buffer, size_t bytes,
                   struct failure *failure) {
    struct bytes rest = {buffer, bytes};
    struct option_values fresh;
    size_t count;
    bool good = values_init(&fresh, values->set, failure);
    if (!good) {
        values_free(&fresh);
        return false;
    }
    good = read_number(&rest, &count) && count == fresh.count;
    for (size_t i = 0; good && i < fresh.count; i++)
        good = read_value(&rest, &fresh, i);
    if (!good || rest.left > 0) {
        values_free(&fresh);
        return failure_set(
            failure, EXIT_RUN,
            "the options from rank 0 cannot be read: start the same plait on every rank");
    }
    values_free(values);
    *values = fresh;
    return true;
}
