/* SPDX-License-Identifier: MIT
 * PNGs of ours and of others: texts that come back, where and how they stand in the file, pixels of
 * every kind, and files that are no whole PNG. */
#include "image/reader_png.h"

#include "image/writer.h"
#include "scratch.h"
#include "suite.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WIDTH = 7, HEIGHT = 5 };

static char long_text[5000];

/* Those without UTF-8 are Latin-1, and come back as what their bytes mean there. */
static const struct named_text texts[] = {
    {"Software", "Plait"},
    {"plait-command", "plait mandelbrot --palette 'a b'"},
    {"plait-parameters", "[mandelbrot]\nsize = 7x5\n"},
    {"utf-8", "\xce\xb6 \xe2\x86\xa6 \xce\xb6\xc2\xb2 + c"},
    {"latin", "caf\xe9"}, /* not UTF-8 */
    {"long", long_text},
    {"empty", ""},
    /* Bytes that look like UTF-8 and are none: a '/' in two bytes, in three and in four, half of a
     * pair of UTF-16, what is beyond Unicode, and characters that are cut short. */
    {"two", "\xc0\xaf"},
    {"two more", "\xc1\xbf"},
    {"three", "\xe0\x80\xaf"},
    {"four", "\xf0\x80\x80\xaf"},
    {"half", "\xed\xa0\x80"},
    {"beyond", "\xf4\x90\x80\x80"},
    {"far beyond", "\xf5\x80\x80\x80"},
    {"cut", "\xe2\x86"},
    {"alone", "\xbf"},
    /* The first and the last characters of each length that are. */
    {"least", "\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80"},
    {"most", "\xdf\xbf\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
};
enum { TEXTS = sizeof texts / sizeof *texts };

static void draw(const char *path) {
    static int32_t counts[HEIGHT][WIDTH];
    struct failure failure = {0};
    for (int32_t k = 0; k < HEIGHT * WIDTH; k++)
        counts[k / WIDTH][k % WIDTH] = k;
    for (size_t k = 0; k + 1 < sizeof long_text; k++)
        long_text[k] = (char)('a' + k % 17);
    const struct image image = {
        .width = WIDTH,
        .height = HEIGHT,
        .colour = {.range = {0, HEIGHT * WIDTH - 1}},
        .palette = &palette_viridis,
        .texts = texts,
        .text_count = TEXTS,
    };
    struct writer *writer = writer_open(writer_format_find(path, &failure), path, &image, &failure);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    CU_ASSERT_TRUE(writer_rows(writer, counts[0], HEIGHT, &failure));
    CU_ASSERT_TRUE_FATAL(writer_close(writer, &failure));
}

/* Rows as they came, one after the other. */
struct taken {
    uint32_t rows;
    uint8_t rgb[HEIGHT][WIDTH][3];
};

static void take(void *context, const struct png_content *content, uint32_t row,
                 const uint8_t *rgb) {
    struct taken *taken = context;
    CU_ASSERT_EQUAL_FATAL(content->width, WIDTH);
    CU_ASSERT_EQUAL_FATAL(content->height, HEIGHT);
    CU_ASSERT_EQUAL_FATAL(row, taken->rows);
    memcpy(taken->rgb[taken->rows++], rgb, sizeof taken->rgb[0]);
}

/* Whether a text is one of those that are UTF-8, or ASCII. */
static bool is_utf8(const struct named_text *text) {
    static const char *const latin[] = {"latin", "two",    "two more",   "three", "four",
                                        "half",  "beyond", "far beyond", "cut",   "alone"};
    for (size_t k = 0; k < sizeof latin / sizeof *latin; k++)
        if (strcmp(text->name, latin[k]) == 0)
            return false;
    return true;
}

/* Of Latin-1. */
static const char *to_utf8(const char *latin, char utf8[64]) {
    char *next = utf8;
    for (const uint8_t *c = (const uint8_t *)latin; *c; c++)
        if (*c < 0x80) {
            *next++ = (char)*c;
        } else {
            *next++ = (char)(0xc0 | *c >> 6);
            *next++ = (char)(0x80 | (*c & 0x3f));
        }
    *next = '\0';
    return utf8;
}

static void test_texts_come_back(void) {
    const char *path = scratch_path("a.png");
    struct png_content content;
    struct failure failure = {0};
    char utf8[64];
    draw(path);
    CU_ASSERT_TRUE(png_read(path, &content, NULL, NULL, &failure));
    CU_ASSERT_EQUAL_FATAL(content.text_count, TEXTS);
    for (size_t k = 0; k < TEXTS; k++) {
        CU_ASSERT_STRING_EQUAL(content.texts[k].name, texts[k].name);
        CU_ASSERT_STRING_EQUAL(content.texts[k].text,
                               is_utf8(&texts[k]) ? texts[k].text : to_utf8(texts[k].text, utf8));
    }
    png_content_free(&content);
}

/* Whether the file holds these bytes; strings have their zeros counted. */
static bool holds(const uint8_t *file, size_t bytes, const void *part, size_t length) {
    for (size_t k = 0; k + length <= bytes; k++)
        if (memcmp(file + k, part, length) == 0)
            return true;
    return false;
}

#define HOLDS(part) CU_ASSERT_TRUE(holds(file, bytes, part, sizeof(part) - 1))

/* Chunk by chunk as the standard has them. */
static void test_chunks(void) {
    const char *path = scratch_path("a.png");
    size_t bytes = 0;
    draw(path);
    uint8_t *file = scratch_read(path, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    HOLDS("\0\0\0\x0etEXtSoftware\0Plait");
    HOLDS("tEXtplait-command\0plait mandelbrot --palette 'a b'");
    HOLDS("iTXtutf-8\0\0\0\0\0\xce\xb6 \xe2\x86\xa6 \xce\xb6\xc2\xb2 + c");
    HOLDS("tEXtlatin\0caf\xe9");
    HOLDS("tEXttwo\0\xc0\xaf");
    HOLDS("iTXtmost\0\0\0\0\0\xdf\xbf");
    HOLDS("zTXtlong\0\0");
    HOLDS("\0\0\0\6tEXtempty\0");
    free(file);
}

static void test_texts_change_no_pixel(void) {
    struct taken taken = {0};
    struct png_content content;
    struct failure failure = {0};
    draw(scratch_path("a.png"));
    CU_ASSERT_TRUE(png_read(scratch_path("a.png"), &content, take, &taken, &failure));
    CU_ASSERT_EQUAL(taken.rows, HEIGHT);
    for (int k = 0; k < HEIGHT * WIDTH; k++) {
        const int index = k == 34 ? 255 : 256 * k / 34;
        CU_ASSERT_EQUAL(memcmp(taken.rgb[k / WIDTH][k % WIDTH], palette_viridis.rgb[index], 3), 0);
    }
    png_content_free(&content);
}

/* A file by libpng alone. pixel: (row, column) in each of the channels. */
static void write_kind(const char *path, int depth, int type, int interlace) {
    FILE *stream = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    const png_color palette[4] = {{0, 0, 0}, {10, 20, 30}, {40, 50, 60}, {255, 254, 253}};
    const int channels = type == PNG_COLOR_TYPE_RGB ? 3 : type == PNG_COLOR_TYPE_RGBA ? 4 : 1;
    uint8_t row[WIDTH * 4 * 2], *rows[HEIGHT], picture[HEIGHT][sizeof row];
    png_text late = {.compression = PNG_TEXT_COMPRESSION_NONE,
                     .key = (char[]){"late"},
                     .text = (char[]){"after the pixels"},
                     .text_length = 16};
    png_init_io(png, stream);
    png_set_IHDR(png, info, WIDTH, HEIGHT, depth, type, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 4);
    png_write_info(png, info);
    png_set_packing(png);
    for (int r = 0; r < HEIGHT; r++) {
        uint8_t *next = rows[r] = picture[r];
        for (int c = 0; c < WIDTH; c++)
            for (int k = 0; k < channels; k++) {
                const int value = depth < 8 ? (r + c) % 4 : r * 50 + c * 6 + k;
                *next++ = (uint8_t)value;
                if (depth == 16)
                    *next++ = (uint8_t)value; /* 257 * value */
            }
    }
    png_write_image(png, rows);
    png_set_text(png, info, &late, 1);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(stream);
}

static void check_kind(int depth, int type, int interlace) {
    static const uint8_t palette[4][3] = {{0, 0, 0}, {10, 20, 30}, {40, 50, 60}, {255, 254, 253}};
    const char *path = scratch_path("kind.png");
    struct taken taken = {0};
    struct png_content content;
    struct failure failure = {0};
    size_t wrong = 0;
    write_kind(path, depth, type, interlace);
    CU_ASSERT_TRUE_FATAL(png_read(path, &content, take, &taken, &failure));
    CU_ASSERT_EQUAL(taken.rows, HEIGHT);
    for (int r = 0; r < HEIGHT; r++)
        for (int c = 0; c < WIDTH; c++)
            for (int k = 0; k < 3; k++) {
                const bool grey = type == PNG_COLOR_TYPE_GRAY;
                int expected = r * 50 + c * 6 + (grey ? 0 : k);
                if (depth < 8)
                    expected = grey ? (r + c) % 4 * 85 : palette[(r + c) % 4][k];
                wrong += taken.rgb[r][c][k] != expected;
            }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL_FATAL(content.text_count, 1);
    CU_ASSERT_STRING_EQUAL(content.texts[0].text, "after the pixels");
    png_content_free(&content);
}

static void test_kinds(void) {
    static const int interlaces[] = {PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7};
    for (size_t k = 0; k < 2; k++) {
        check_kind(8, PNG_COLOR_TYPE_RGB, interlaces[k]);
        check_kind(16, PNG_COLOR_TYPE_RGB, interlaces[k]);
        check_kind(8, PNG_COLOR_TYPE_RGBA, interlaces[k]);
        check_kind(16, PNG_COLOR_TYPE_RGBA, interlaces[k]);
        check_kind(8, PNG_COLOR_TYPE_GRAY, interlaces[k]);
        check_kind(2, PNG_COLOR_TYPE_GRAY, interlaces[k]);
        check_kind(2, PNG_COLOR_TYPE_PALETTE, interlaces[k]);
    }
}

static void check_refused(const char *path, const char *expected) {
    struct png_content content;
    struct failure failure = {0};
    CU_ASSERT_FALSE(png_read(path, &content, NULL, NULL, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, expected));
    if (!strstr(failure.text, expected))
        printf("\n  got:      %s\n  expected: %s\n", failure.text, expected);
    png_content_free(&content);
}

static void write_bytes(const char *path, const uint8_t *data, size_t bytes) {
    FILE *stream = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL_FATAL(fwrite(data, 1, bytes, stream), bytes);
    CU_ASSERT_EQUAL_FATAL(fclose(stream), 0);
}

/* Cut off anywhere, and with a bit turned anywhere, a file is refused and nothing breaks. */
static void test_damaged_files(void) {
    const char *path = scratch_path("b.png");
    size_t bytes = 0;
    draw(scratch_path("a.png"));
    uint8_t *file = scratch_read(scratch_path("a.png"), &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t cut = 0; cut + 12 <= bytes; cut += cut < 40 ? 1 : 13) {
        write_bytes(path, file, cut);
        check_refused(path, "b.png' is");
    }
    for (size_t k = 8; k < bytes; k += 5) {
        file[k] ^= 0x10;
        write_bytes(path, file, bytes);
        check_refused(path, "b.png' is damaged: libpng: ");
        file[k] ^= 0x10;
    }
    free(file);
}

static void test_other_files(void) {
    scratch_write(scratch_path("text.png"), "P6\n1 1\n255\nabc");
    check_refused(scratch_path("text.png"),
                  "text.png' is not a PNG file, whatever its name: give one that is");
    scratch_write(scratch_path("empty.png"), "");
    check_refused(scratch_path("empty.png"),
                  "empty.png' is not a PNG file, whatever its name: give one that is");
    check_refused(scratch_path("absent.png"), "No such file");
    check_refused(scratch_path(""), "it is no regular file");
    CU_ASSERT_EQUAL(mkfifo(scratch_path("pipe.png"), 0600), 0);
    check_refused(scratch_path("pipe.png"), "it is no regular file");
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"texts come back", test_texts_come_back},
        {"chunks", test_chunks},
        {"texts change no pixel", test_texts_change_no_pixel},
        {"kinds of pixels", test_kinds},
        {"damaged files", test_damaged_files},
        {"other files", test_other_files},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("png", scratch_begin, scratch_end, tests);
}
