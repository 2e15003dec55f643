/* SPDX-License-Identifier: MIT
 * The part of NumPy's format (NEP 1) that one row of numbers needs. */
#include "core/npy_array.h"

#include "core/number.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* Longer headers are allowed by the format, but no row of numbers has one. */
enum { PREFIX_BYTES = 8, TEXT_BYTES_MAX = 4096 };

const char *const npy_type_names[NPY_TYPES] = {"int32", "int64", "float32", "float64"};
static const char *const codes[NPY_TYPES] = {"<i4", "<i8", "<f4", "<f8"};
static const size_t type_bytes[NPY_TYPES] = {4, 8, 4, 8};

size_t npy_type_bytes(enum npy_type type) {
    return type_bytes[type];
}

static bool refuse(const char *path, const char *cause, const char *mend, struct failure *failure) {
    return failure_set(failure, EXIT_USAGE, "'%s' %s: %s", path, cause, mend);
}

static bool refuse_form(const char *path, struct failure *failure) {
    return refuse(path, "is no NumPy file", "write it by numpy.save", failure);
}

/* What follows a key of the header's dictionary, or NULL. */
static const char *value_of(const char *text, const char *key) {
    const char *place = strstr(text, key);
    if (!place)
        return NULL;
    place += strlen(key);
    place += strspn(place, " ");
    if (*place++ != ':')
        return NULL;
    return place + strspn(place, " ");
}

static bool read_type(struct npy_array *array, const char *text, const char *path,
                      struct failure *failure) {
    const char *value = value_of(text, "'descr'");
    if (!value)
        return refuse_form(path, failure);
    for (int t = 0; t < NPY_TYPES; t++) {
        if (*value == '\'' && strncmp(value + 1, codes[t], 3) == 0 && value[4] == '\'') {
            array->type = (enum npy_type)t;
            return true;
        }
    }
    return failure_set(failure, EXIT_USAGE,
                       "'%s' holds %.*s: save it as little-endian int32, int64, float32 or "
                       "float64",
                       path, (int)strcspn(value, ","), value);
}

/* One dimension is "(5,)", two are "(5, 4)", none is "()". */
static bool read_count(struct npy_array *array, const char *text, const char *path,
                       struct failure *failure) {
    const char *value = value_of(text, "'shape'");
    char digits[24];
    if (!value || *value != '(')
        return refuse_form(path, failure);
    const size_t length = strspn(++value, "0123456789");
    if (length == 0 || value[length] != ',' ||
        value[length + 1 + strspn(value + length + 1, " ")] != ')')
        return failure_set(failure, EXIT_USAGE, "'%s' has the shape (%.*s): give one dimension",
                           path, (int)strcspn(value, ")"), value);
    snprintf(digits, sizeof digits, "%.*s", (int)length, value);
    if (length >= sizeof digits || number_count(digits, &array->count))
        return refuse_form(path, failure);
    return array->count > 0 || refuse(path, "is empty", "give one number at least", failure);
}

/* The header's dictionary as text. */
static bool read_text(FILE *stream, char text[TEXT_BYTES_MAX + 1]) {
    unsigned char prefix[PREFIX_BYTES], length[4] = {0};
    if (fread(prefix, 1, sizeof prefix, stream) != sizeof prefix ||
        memcmp(prefix, "\x93NUMPY", 6) != 0 || prefix[6] < 1 || prefix[6] > 3)
        return false;
    const size_t length_bytes = prefix[6] == 1 ? 2 : 4;
    if (fread(length, 1, length_bytes, stream) != length_bytes)
        return false;
    const size_t bytes = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16;
    if (bytes > TEXT_BYTES_MAX || length[3] != 0 || fread(text, 1, bytes, stream) != bytes)
        return false;
    text[bytes] = '\0';
    return true;
}

static bool check_length(const struct npy_array *array, const char *path, struct failure *failure) {
    struct stat status;
    const long place = ftell(array->stream);
    if (place < 0 || fstat(fileno(array->stream), &status) != 0)
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    const uint64_t left = (uint64_t)status.st_size - (uint64_t)place;
    if (array->count <= left / type_bytes[array->type])
        return true;
    return failure_set(failure, EXIT_USAGE,
                       "'%s' is cut short, it has %" PRIu64 " of %" PRIu64
                       " numbers: write it again",
                       path, left / type_bytes[array->type], array->count);
}

static bool open_file(struct npy_array *array, const char *path, struct failure *failure) {
    struct stat status;
    /* A pipe would be waited for; it has no length either. */
    if (stat(path, &status) != 0)
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return refuse(path, "is not a regular file", "write the numbers by numpy.save", failure);
    array->stream = fopen(path, "rb");
    return array->stream ||
           failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
}

bool npy_array_open(struct npy_array *array, const char *path, struct failure *failure) {
    char text[TEXT_BYTES_MAX + 1];
    *array = (struct npy_array){0};
    if (!open_file(array, path, failure))
        return false;
    if ((read_text(array->stream, text) || refuse_form(path, failure)) &&
        read_type(array, text, path, failure) && read_count(array, text, path, failure) &&
        check_length(array, path, failure))
        return true;
    npy_array_close(array);
    return false;
}

bool npy_array_read(struct npy_array *array, const char *path, unsigned char *bytes, size_t count,
                    struct failure *failure) {
    if (fread(bytes, type_bytes[array->type], count, array->stream) == count)
        return true;
    return failure_set(failure, EXIT_RUN, "cannot read '%s': %s", path,
                       ferror(array->stream) ? strerror(errno) : "it became shorter");
}

void npy_array_close(struct npy_array *array) {
    if (array->stream)
        fclose(array->stream);
    *array = (struct npy_array){0};
}

static uint64_t bits_of(size_t count, const unsigned char *bytes) {
    uint64_t bits = 0;
    for (size_t k = 0; k < count; k++)
        bits |= (uint64_t)bytes[k] << (8 * k);
    return bits;
}

int64_t npy_integer(enum npy_type type, const unsigned char *bytes) {
    const uint64_t bits = bits_of(type_bytes[type], bytes);
    return type == NPY_INT32 ? (int32_t)(uint32_t)bits : (int64_t)bits;
}

double npy_real(enum npy_type type, const unsigned char *bytes) {
    const uint64_t bits = bits_of(type_bytes[type], bytes);
    const uint32_t low = (uint32_t)bits;
    float single;
    double real;
    memcpy(&single, &low, sizeof single);
    memcpy(&real, &bits, sizeof real);
    return type == NPY_FLOAT32 ? (double)single : real;
}

void npy_header_int64(uint64_t count, unsigned char header[NPY_HEADER_BYTES]) {
    char text[NPY_HEADER_BYTES];
    const int length =
        snprintf(text, sizeof text,
                 "{'descr': '<i8', 'fortran_order': False, 'shape': (%" PRIu64 ",), }", count);
    memset(header, ' ', NPY_HEADER_BYTES);
    /* Magic, version 1.0, and the bytes that follow as a little-endian 16-bit number. */
    memcpy(header, "\x93NUMPY\x01\x00", PREFIX_BYTES);
    header[PREFIX_BYTES] = NPY_HEADER_BYTES - PREFIX_BYTES - 2;
    header[PREFIX_BYTES + 1] = 0;
    memcpy(header + PREFIX_BYTES + 2, text, (size_t)length);
    header[NPY_HEADER_BYTES - 1] = '\n';
}

void npy_put_int64(int64_t value, unsigned char bytes[8]) {
    for (int k = 0; k < 8; k++)
        bytes[k] = (unsigned char)((uint64_t)value >> (8 * k));
}
