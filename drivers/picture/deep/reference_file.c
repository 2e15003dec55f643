/* SPDX-License-Identifier: MIT
 * The file of a reference orbit. */
#include "picture/deep/reference_file.h"

#include "base/atomic_file.h"
#include "base/memory.h"
#include "plait/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXTS = 4, BLOCK_POINTS = 4096, PLAIN_WORDS = 4, EXTENDED_WORDS = 6 };

/* No text file begins like this, and a transfer that takes it for text breaks it. */
static const unsigned char magic[8] = {0x89, 'P', 'L', 'O', 'R', 'B', '\r', '\n'};

static const double BYTES_PER_MIB = 1048576;

struct reference_header {
    unsigned char magic[8];
    uint64_t format, julia, extended, bits;
    double bailout;
    uint64_t text_bytes[2], points[2], place_bytes[2];
    uint64_t fnv1a; /* of what is before */
};

static uint64_t reference_header_digest(const struct reference_header *header) {
    return plait_digest_bytes((const unsigned char *)header,
                              offsetof(struct reference_header, fnv1a));
}

static size_t reference_words(uint64_t extended) {
    return extended ? EXTENDED_WORDS : PLAIN_WORDS;
}

/* Of all texts, with zeros to whole words. */
static size_t reference_text_bytes(const struct reference_header *header) {
    const uint64_t bytes = header->text_bytes[0] + header->text_bytes[1] + header->place_bytes[0] +
                           header->place_bytes[1];
    return (size_t)((bytes + 7) / 8 * 8);
}

/* -- reading ----------------------------------------------------------------------------------- */

struct reference_reader {
    const char *path;
    FILE *stream;
    struct failure *failure;
};

static bool reference_damaged(const struct reference_reader *reader, const char *what) {
    return failure_set(reader->failure, EXIT_USAGE,
                       "reference orbit '%s' is damaged (%s): remove it, and it is computed again",
                       reader->path, what);
}

static bool reference_unreadable(const struct reference_reader *reader, int error_number) {
    return failure_set(
        reader->failure, EXIT_USAGE,
        "cannot read reference orbit '%s': %s: name another file, or allow reading it",
        reader->path, strerror(error_number));
}

static bool reference_read(const struct reference_reader *reader, void *memory, size_t bytes) {
    errno = 0;
    if (fread(memory, 1, bytes, reader->stream) == bytes)
        return true;
    return ferror(reader->stream) ? reference_unreadable(reader, errno)
                                  : reference_damaged(reader, "cut short");
}

/* A block and its checksum. */
static bool reference_read_block(const struct reference_reader *reader, void *memory, size_t bytes,
                                 const char *what) {
    uint64_t fnv1a;
    return reference_read(reader, memory, bytes) && reference_read(reader, &fnv1a, sizeof fnv1a) &&
           (fnv1a == plait_digest_bytes(memory, bytes) || reference_damaged(reader, what));
}

/* Numbers beyond what any view has would be those of a file that somebody made. */
static bool reference_header_is_sane(const struct reference_header *header) {
    const uint64_t text_max = 2 * (REFERENCE_BITS_MAX / 4 + 64);
    bool sane = header->julia <= 1 && header->extended <= 1 && header->bits >= 128 &&
                header->bits <= REFERENCE_BITS_MAX && header->bits % 64 == 0 &&
                isfinite(header->bailout) && header->bailout > 0;
    for (int k = 0; k < 2; k++)
        sane = sane && header->text_bytes[k] <= text_max && header->place_bytes[k] <= text_max &&
               header->points[k] <= (uint64_t)INT32_MAX + 1 &&
               (header->points[k] == 0) == (header->place_bytes[k] == 0);
    return sane && header->points[0] > 0 && (header->julia || header->points[1] == 0);
}

static bool reference_read_header(const struct reference_reader *reader,
                                  struct reference_header *header) {
    const size_t begin = sizeof header->magic + sizeof header->format;
    errno = 0;
    if (fread(header, 1, begin, reader->stream) != begin && ferror(reader->stream))
        return reference_unreadable(reader, errno);
    if (feof(reader->stream) || memcmp(header->magic, magic, sizeof magic) != 0)
        return failure_set(
            reader->failure, EXIT_USAGE,
            "'%s' is no reference orbit of Plait, and is left alone: name another file",
            reader->path);
    if (header->format != REFERENCE_FORMAT)
        return failure_set(
            reader->failure, EXIT_USAGE,
            "reference orbit '%s' has format %" PRIu64
            ", this Plait knows %d: name another file, or remove it, and it is computed again",
            reader->path, header->format, REFERENCE_FORMAT);
    if (!reference_read(reader, (char *)header + begin, sizeof *header - begin))
        return false;
    return (header->fnv1a == reference_header_digest(header) && reference_header_is_sane(header)) ||
           reference_damaged(reader, "its head");
}

/* Takes bytes of the texts. */
static char *reference_cut(const char **from, uint64_t bytes) {
    char *text = malloc((size_t)bytes + 1);
    if (text) {
        memcpy(text, *from, (size_t)bytes);
        text[bytes] = '\0';
    }
    *from += bytes;
    return text;
}

static bool reference_read_texts(const struct reference_reader *reader,
                                 const struct reference_header *header,
                                 struct kept_reference *kept) {
    const size_t bytes = reference_text_bytes(header);
    char *texts = malloc(bytes > 0 ? bytes : 1);
    if (!texts)
        return failure_set(reader->failure, EXIT_RUN, "out of memory");
    bool good = reference_read_block(reader, texts, bytes, "its texts");
    const char *from = texts;
    if (good) {
        kept->center = reference_cut(&from, header->text_bytes[0]);
        kept->c = reference_cut(&from, header->text_bytes[1]);
        good = kept->center && kept->c;
        for (int k = 0; k < 2 && good; k++)
            if (header->points[k] > 0)
                good =
                    (kept->orbits[k].place = reference_cut(&from, header->place_bytes[k])) != NULL;
        if (!good)
            failure_set(reader->failure, EXIT_RUN, "out of memory");
    }
    free(texts);
    return good;
}

static bool reference_number_is_sane(double number, int64_t exponent) {
    const int64_t most = INT64_C(1) << 41;
    return isfinite(number) && exponent >= -most && exponent <= most;
}

static bool reference_read_points(const struct reference_reader *reader, bool extended,
                                  uint64_t count, struct kept_orbit *orbit) {
    const size_t each = reference_words(extended);
    union {
        double number;
        int64_t exponent;
        uint64_t word;
    } *block = malloc(BLOCK_POINTS * each * sizeof *block);
    orbit->points = count <= SIZE_MAX / sizeof *orbit->points
                        ? malloc((size_t)(count > 0 ? count : 1) * sizeof *orbit->points)
                        : NULL;
    orbit->capacity = count;
    if (!block || !orbit->points) {
        free(block);
        return failure_set(reader->failure, EXIT_RUN, "out of memory");
    }
    bool good = true;
    while (good && orbit->count < count) {
        const uint64_t left = count - orbit->count;
        const size_t some = left < BLOCK_POINTS ? (size_t)left : BLOCK_POINTS;
        good = reference_read_block(reader, block, some * each * sizeof *block, "its points");
        for (size_t k = 0; k < some && good; k++) {
            const size_t at = k * each;
            const struct plait_deep_point point = {
                .x = block[at].number,
                .y = block[at + 1].number,
                .s = block[at + 2].number,
                .outside = block[at + 3].word == 1,
                .exponent = extended ? block[at + 4].exponent : 0,
                .s_exponent = extended ? block[at + 5].exponent : 0,
            };
            /* |Z|^2 at the end, which r from 1e76 on takes beyond what doubles hold */
            const bool far = !extended && point.outside && isinf(point.s) && point.s > 0;
            good = (reference_number_is_sane(point.x, point.exponent) &&
                    reference_number_is_sane(point.y, point.exponent) &&
                    (far || reference_number_is_sane(point.s, point.s_exponent))) ||
                   reference_damaged(reader, "its points");
            orbit->points[orbit->count++] = point;
        }
    }
    free(block);
    return good;
}

static bool reference_read_all(const struct reference_reader *reader, struct kept_reference *kept) {
    struct reference_header header;
    struct stat status;
    if (!reference_read_header(reader, &header))
        return false;
    uint64_t bytes = sizeof header + reference_text_bytes(&header) + sizeof(uint64_t);
    for (int k = 0; k < 2; k++)
        bytes += header.points[k] * reference_words(header.extended) * sizeof(uint64_t) +
                 (header.points[k] + BLOCK_POINTS - 1) / BLOCK_POINTS * sizeof(uint64_t);
    if (fstat(fileno(reader->stream), &status) != 0)
        return reference_unreadable(reader, errno);
    if ((uint64_t)status.st_size != bytes)
        return reference_damaged(reader,
                                 (uint64_t)status.st_size < bytes ? "cut short" : "too long");
    const uint64_t needed = (header.points[0] + header.points[1]) * sizeof(struct plait_deep_point);
    const uint64_t available = memory_available_bytes();
    if (needed > available)
        return failure_set(
            reader->failure, EXIT_USAGE,
            "reference orbit '%s' needs %.0f MiB of memory, and %.0f MiB are free: use a larger node, or leave it out",
            reader->path, (double)needed / BYTES_PER_MIB, (double)available / BYTES_PER_MIB);
    kept->julia = header.julia;
    kept->extended = header.extended;
    kept->bits = header.bits;
    kept->bailout = header.bailout;
    return reference_read_texts(reader, &header, kept) &&
           reference_read_points(reader, kept->extended, header.points[0], &kept->orbits[0]) &&
           reference_read_points(reader, kept->extended, header.points[1], &kept->orbits[1]);
}

bool reference_file_load(struct kept_reference *kept, const char *path, bool *found,
                         struct failure *failure) {
    struct reference_reader reader = {.path = path, .failure = failure};
    struct stat status;
    *kept = (struct kept_reference){0};
    /* A pipe would be waited for, which nobody has refused yet. */
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    *found = descriptor >= 0 || errno != ENOENT;
    if (descriptor < 0)
        return !*found || reference_unreadable(&reader, errno);
    if (fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode)) {
        close(descriptor);
        return failure_set(failure, EXIT_USAGE,
                           "reference orbit '%s' is no regular file: name another one", path);
    }
    reader.stream = fdopen(descriptor, "rb");
    if (!reader.stream) {
        close(descriptor);
        return failure_set(failure, EXIT_RUN, "out of memory");
    }
    const bool loaded = reference_read_all(&reader, kept);
    fclose(reader.stream);
    return loaded;
}

/* -- writing ----------------------------------------------------------------------------------- */

static bool reference_write_block(struct atomic_file *file, const void *memory, size_t bytes,
                                  struct failure *failure) {
    const uint64_t fnv1a = plait_digest_bytes(memory, bytes);
    return atomic_file_write(file, memory, bytes, failure) &&
           atomic_file_write(file, &fnv1a, sizeof fnv1a, failure);
}

static bool reference_write_texts(struct atomic_file *file, const struct reference_header *header,
                                  const char *const texts[TEXTS], struct failure *failure) {
    const size_t bytes = reference_text_bytes(header);
    char *all = calloc(bytes + 1, 1), *to = all;
    if (!all)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (int k = 0; k < TEXTS; k++) {
        const size_t length = strlen(texts[k]);
        memcpy(to, texts[k], length);
        to += length;
    }
    const bool written = reference_write_block(file, all, bytes, failure);
    free(all);
    return written;
}

static bool reference_write_points(struct atomic_file *file, bool extended,
                                   const struct kept_orbit *orbit, struct failure *failure) {
    const size_t each = reference_words(extended);
    union {
        double number;
        int64_t exponent;
        uint64_t word;
    } *block = malloc(BLOCK_POINTS * each * sizeof *block);
    bool written = block != NULL || failure_set(failure, EXIT_RUN, "out of memory");
    for (uint64_t first = 0; first < orbit->count && written; first += BLOCK_POINTS) {
        const uint64_t left = orbit->count - first;
        const size_t some = left < BLOCK_POINTS ? (size_t)left : BLOCK_POINTS;
        for (size_t k = 0; k < some; k++) {
            const struct plait_deep_point *point = &orbit->points[first + k];
            const size_t at = k * each;
            block[at].number = point->x;
            block[at + 1].number = point->y;
            block[at + 2].number = point->s;
            block[at + 3].word = point->outside;
            if (extended) {
                block[at + 4].exponent = point->exponent;
                block[at + 5].exponent = point->s_exponent;
            }
        }
        written = reference_write_block(file, block, some * each * sizeof *block, failure);
    }
    free(block);
    return written;
}

bool reference_file_store(const struct kept_reference *kept, const char *path,
                          struct failure *failure) {
    const char *const places[] = {kept->orbits[0].place ? kept->orbits[0].place : "",
                                  kept->orbits[1].place ? kept->orbits[1].place : ""};
    const char *const texts[TEXTS] = {kept->center, kept->c, places[0], places[1]};
    struct reference_header header = {
        .format = REFERENCE_FORMAT,
        .julia = kept->julia,
        .extended = kept->extended,
        .bits = kept->bits,
        .bailout = kept->bailout,
        .text_bytes = {strlen(kept->center), strlen(kept->c)},
        .points = {kept->orbits[0].count, kept->orbits[1].count},
        .place_bytes = {strlen(places[0]), strlen(places[1])},
    };
    struct atomic_file file;
    memcpy(header.magic, magic, sizeof magic);
    header.fnv1a = reference_header_digest(&header);
    if (!atomic_file_open(&file, path, failure))
        return false;
    const bool written = atomic_file_write(&file, &header, sizeof header, failure) &&
                         reference_write_texts(&file, &header, texts, failure) &&
                         reference_write_points(&file, kept->extended, &kept->orbits[0], failure) &&
                         reference_write_points(&file, kept->extended, &kept->orbits[1], failure);
    if (written)
        return atomic_file_commit(&file, failure);
    atomic_file_abandon(&file);
    return false;
}

/* -- in memory --------------------------------------------------------------------------------- */

bool kept_orbit_add(struct kept_orbit *orbit, const struct plait_deep_point *point) {
    if (orbit->count == orbit->capacity) {
        const uint64_t capacity = orbit->capacity > 0 ? 2 * orbit->capacity : 1024;
        struct plait_deep_point *points =
            capacity <= SIZE_MAX / sizeof *points
                ? realloc(orbit->points, (size_t)capacity * sizeof *points)
                : NULL;
        if (!points)
            return false;
        orbit->points = points;
        orbit->capacity = capacity;
    }
    orbit->points[orbit->count++] = *point;
    return true;
}

void kept_reference_free(struct kept_reference *kept) {
    for (int k = 0; k < 2; k++) {
        free(kept->orbits[k].points);
        free(kept->orbits[k].place);
    }
    free(kept->center);
    free(kept->c);
    *kept = (struct kept_reference){0};
}
