/* SPDX-License-Identifier: MIT
 * PNG by libpng, row by row; an interlaced picture, whose rows are complete only at the end, is
 * held in memory. All that a step of it makes is kept in *reading, which is freed after it
 * (image/png_guard.h). */
#include "image/reader_png.h"

#include "base/memory.h"
#include "image/png_guard.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is read of strangers. Pictures of ours have fewer pixels, their texts a few hundred bytes.
 */
enum { SIDE_MAX = 1 << 20, CHUNK_BYTES_MAX = 1 << 20, CHUNKS_MAX = 1000 };

struct reading {
    struct png_guard guard;
    png_infop info;
    FILE *stream;
    const char *path;
    struct png_content *content;
    png_row_fn *take;
    png_row16_fn *take16; /* not NULL: colours have 2 bytes, of the machine's order, and opacity */
    bool looks;           /* only at the header */
    void *context;
    uint8_t *row;     /* [width][3], or of take16 [width][4] of 2 bytes */
    uint8_t *picture; /* such rows of an interlaced one */
    png_bytepp rows;  /* into picture */
};

static bool reading_run(struct reading *reading, void (*step)(void *reading),
                        struct failure *failure) {
    return png_guard_run(&reading->guard, step, reading) ||
           failure_set(failure, EXIT_USAGE, "'%s' is damaged: libpng: %s", reading->path,
                       reading->guard.message);
}

static void reader_png_read_header(void *context) {
    struct reading *reading = context;
    png_structp png = reading->guard.png;
    png_init_io(png, reading->stream);
    png_set_user_limits(png, SIDE_MAX, SIDE_MAX);
    png_set_chunk_malloc_max(png, CHUNK_BYTES_MAX);
    png_set_chunk_cache_max(png, CHUNKS_MAX);
    /* A text whose check sum is wrong must not pass for a text that is not there. */
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, reading->info);
    const unsigned type = png_get_color_type(png, reading->info);
    reading->content->bits = png_get_bit_depth(png, reading->info);
    reading->content->grey = (type & PNG_COLOR_MASK_COLOR) == 0;
    reading->content->alpha =
        (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, reading->info, PNG_INFO_tRNS) != 0;
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    if (reading->take16) {
        png_set_expand_16(png);
        png_set_swap(png); /* all machines of ours are little-endian */
        png_set_add_alpha(png, 0xffff, PNG_FILLER_AFTER);
    } else {
        png_set_scale_16(png);
        png_set_strip_alpha(png);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, reading->info);
    reading->content->width = png_get_image_width(png, reading->info);
    reading->content->height = png_get_image_height(png, reading->info);
}

static void give(struct reading *reading, uint32_t row, const uint8_t *rgb) {
    if (reading->take16)
        reading->take16(reading->context, reading->content, row,
                        (const uint16_t *)(const void *)rgb);
    else if (reading->take)
        reading->take(reading->context, reading->content, row, rgb);
}

static void read_rows(void *context) {
    struct reading *reading = context;
    for (uint32_t row = 0; row < reading->content->height; row++) {
        png_read_row(reading->guard.png, reading->row, NULL);
        give(reading, row, reading->row);
    }
}

static void read_interlaced(void *context) {
    struct reading *reading = context;
    png_read_image(reading->guard.png, reading->rows);
    for (uint32_t row = 0; row < reading->content->height; row++)
        give(reading, row, reading->rows[row]);
}

static void read_end(void *context) {
    struct reading *reading = context;
    png_read_end(reading->guard.png, reading->info);
}

static bool out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory");
}

static bool read_pixels(struct reading *reading, struct failure *failure) {
    const size_t row_bytes = png_get_rowbytes(reading->guard.png, reading->info);
    const uint32_t height = reading->content->height;
    if (png_get_interlace_type(reading->guard.png, reading->info) == PNG_INTERLACE_NONE) {
        reading->row = malloc(row_bytes);
        return reading->row ? reading_run(reading, read_rows, failure) : out_of_memory(failure);
    }
    if (row_bytes > SIZE_MAX / height || row_bytes * height > memory_available_bytes())
        return failure_set(failure, EXIT_USAGE,
                           "'%s' is interlaced and larger than the memory: use a copy that is not",
                           reading->path);
    reading->picture = malloc(row_bytes * height);
    reading->rows = calloc(height, sizeof *reading->rows);
    if (!reading->picture || !reading->rows)
        return out_of_memory(failure);
    for (uint32_t row = 0; row < height; row++)
        reading->rows[row] = reading->picture + row * row_bytes;
    return reading_run(reading, read_interlaced, failure);
}

/* A copy; of Latin-1 in UTF-8, in which a character has two bytes at most. */
static char *copy_text(const char *text, bool latin1) {
    char *copy = malloc(2 * strlen(text) + 1), *next = copy;
    for (; copy && *text; text++) {
        const uint8_t byte = (uint8_t)*text;
        if (latin1 && byte >= 0x80)
            *next++ = (char)(0xc0 | byte >> 6);
        *next++ = latin1 && byte >= 0x80 ? (char)(0x80 | (byte & 0x3f)) : *text;
    }
    if (copy)
        *next = '\0';
    return copy;
}

static bool keep_texts(const struct reading *reading, struct failure *failure) {
    struct png_content *content = reading->content;
    png_textp texts;
    const int count = png_get_text(reading->guard.png, reading->info, &texts, NULL);
    content->texts = calloc((size_t)count + 1, sizeof *content->texts);
    if (!content->texts)
        return out_of_memory(failure);
    for (int k = 0; k < count; k++) {
        const bool latin1 = texts[k].compression < PNG_ITXT_COMPRESSION_NONE;
        struct named_text *text = &content->texts[content->text_count++];
        text->name = copy_text(texts[k].key, true);
        text->text = copy_text(texts[k].text ? texts[k].text : "", latin1);
        if (!text->name || !text->text)
            return out_of_memory(failure);
    }
    return true;
}

static bool check_signature(const struct reading *reading, struct failure *failure) {
    uint8_t signature[8];
    const bool whole = fread(signature, 1, sizeof signature, reading->stream) == sizeof signature;
    if (ferror(reading->stream))
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", reading->path,
                           strerror(errno));
    if (!whole || png_sig_cmp(signature, 0, sizeof signature) != 0)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' is not a PNG file, whatever its name: give one that is",
                           reading->path);
    rewind(reading->stream);
    return true;
}

static bool read_stream(struct reading *reading, struct failure *failure) {
    reading->guard.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading->guard,
                                                png_guard_error, png_guard_warning);
    reading->info = reading->guard.png ? png_create_info_struct(reading->guard.png) : NULL;
    if (!reading->info)
        return out_of_memory(failure);
    return reading_run(reading, reader_png_read_header, failure) &&
           (reading->looks ||
            (read_pixels(reading, failure) && reading_run(reading, read_end, failure) &&
             keep_texts(reading, failure)));
}

/* A pipe cannot be gone back in, and might never be written to. */
static bool check_regular(const char *path, struct failure *failure) {
    struct stat status;
    if (stat(path, &status) != 0)
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    return S_ISREG(status.st_mode) ||
           failure_set(failure, EXIT_USAGE,
                       "cannot read '%s': it is no regular file: save the picture to one first",
                       path);
}

static bool reader_png_read_file(struct reading *reading, struct failure *failure) {
    const char *path = reading->path;
    *reading->content = (struct png_content){0};
    if (!check_regular(path, failure))
        return false;
    reading->stream = fopen(path, "rb");
    if (!reading->stream)
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    const bool read = check_signature(reading, failure) && read_stream(reading, failure);
    png_destroy_read_struct(&reading->guard.png, &reading->info, NULL);
    free(reading->row);
    free(reading->picture);
    free(reading->rows);
    fclose(reading->stream);
    return read;
}

bool png_read(const char *path, struct png_content *content, png_row_fn *take, void *context,
              struct failure *failure) {
    struct reading reading = {.path = path, .content = content, .take = take, .context = context};
    return reader_png_read_file(&reading, failure);
}

bool png_read16(const char *path, struct png_content *content, png_row16_fn *take, void *context,
                struct failure *failure) {
    struct reading reading = {.path = path, .content = content, .take16 = take, .context = context};
    return reader_png_read_file(&reading, failure);
}

bool png_look(const char *path, struct png_content *content, struct failure *failure) {
    struct reading reading = {.path = path, .content = content, .looks = true};
    return reader_png_read_file(&reading, failure);
}

void png_content_free(struct png_content *content) {
    for (size_t k = 0; k < content->text_count; k++) {
        free((void *)(uintptr_t)content->texts[k].name);
        free((void *)(uintptr_t)content->texts[k].text);
    }
    free(content->texts);
    *content = (struct png_content){0};
}
