/* SPDX-License-Identifier: MIT
 * Pictures: the colour of a count, and every byte that the formats put into a file. */
#include "image/writer.h"
#include "scratch.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

/* Numbers that are the same on every machine (Knuth's MMIX constants, high bits). */
static uint32_t random_bits(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 32);
}

/* ---- colours ---- */

static struct colour_table table; /* 64 KiB */

static void set_table(enum colour_value value, int32_t min, int32_t max) {
    const struct colour colour = {.value = value, .range = {.min = min, .max = max}};
    colour_table_fill(&table, &colour);
}

static int index_of(int32_t count) {
    uint8_t index = 77;
    colour_indices(&table, &count, 1, &index);
    return index;
}

/* 256 * v / 127 by hand. */
static void test_indices_of_the_report(void) {
    set_table(COLOUR_COUNT, 0, 127);
    CU_ASSERT_EQUAL(index_of(0), 0);
    CU_ASSERT_EQUAL(index_of(1), 2);     /* 2.02 */
    CU_ASSERT_EQUAL(index_of(63), 126);  /* 126.99 */
    CU_ASSERT_EQUAL(index_of(64), 129);  /* 129.01 */
    CU_ASSERT_EQUAL(index_of(126), 253); /* 253.98 */
    CU_ASSERT_EQUAL(index_of(127), 255); /* 256, one too many */
    set_table(COLOUR_COUNT, 2, 258);
    CU_ASSERT_EQUAL(index_of(2), 0);
    CU_ASSERT_EQUAL(index_of(3), 1); /* 1 exactly */
    CU_ASSERT_EQUAL(index_of(257), 255);
    CU_ASSERT_EQUAL(index_of(258), 255);
    set_table(COLOUR_COUNT, 0, 1);
    CU_ASSERT_EQUAL(index_of(0), 0);
    CU_ASSERT_EQUAL(index_of(1), 255);
}

static void test_indices_of_huge_ranges(void) {
    set_table(COLOUR_COUNT, 0, INT32_MAX);
    CU_ASSERT_EQUAL(index_of(0), 0);
    CU_ASSERT_EQUAL(index_of(8388607), 0);      /* 2^23 - 1 */
    CU_ASSERT_EQUAL(index_of(8388608), 1);      /* 2^23 of 2^31 - 1 */
    CU_ASSERT_EQUAL(index_of(1073741823), 127); /* 2^30 - 1: 127.99999994 */
    CU_ASSERT_EQUAL(index_of(1073741824), 128);
    CU_ASSERT_EQUAL(index_of(INT32_MAX - 1), 255);
    CU_ASSERT_EQUAL(index_of(INT32_MAX), 255);
}

static void test_inverted_values(void) {
    CU_ASSERT_EQUAL(colour_value(COLOUR_COUNT, 300), 300);
    CU_ASSERT_EQUAL(colour_value(COLOUR_255_MINUS_COUNT, 0), 255);
    CU_ASSERT_EQUAL(colour_value(COLOUR_255_MINUS_COUNT, 253), 2);
    CU_ASSERT_EQUAL(colour_value(COLOUR_255_MINUS_COUNT, 254), 1);
    CU_ASSERT_EQUAL(colour_value(COLOUR_255_MINUS_COUNT, 255), 1);
    CU_ASSERT_EQUAL(colour_value(COLOUR_255_MINUS_COUNT, INT32_MAX), 1);
    set_table(COLOUR_255_MINUS_COUNT, 1, 254);
    CU_ASSERT_EQUAL(index_of(1), 255);
    CU_ASSERT_EQUAL(index_of(254), 0);
    CU_ASSERT_EQUAL(index_of(1000000), 0);
    CU_ASSERT_EQUAL(index_of(127), 128); /* 256 * 127 / 253 = 128.51 */
}

static void test_flat_and_outside(void) {
    set_table(COLOUR_COUNT, 5, 5);
    CU_ASSERT_EQUAL(index_of(5), 0);
    CU_ASSERT_EQUAL(index_of(4), 0);
    CU_ASSERT_EQUAL(index_of(6), 0);
    set_table(COLOUR_COUNT, INT32_MAX, INT32_MIN); /* no pixels at all */
    CU_ASSERT_EQUAL(index_of(0), 0);
    set_table(COLOUR_COUNT, 10, 20);
    CU_ASSERT_EQUAL(index_of(9), 0);
    CU_ASSERT_EQUAL(index_of(INT32_MAX), 255);
    set_table(COLOUR_COUNT, 10, 1000000);
    CU_ASSERT_EQUAL(index_of(0), 0);
    CU_ASSERT_EQUAL(index_of(1000001), 255);
}

/* matplotlib: Normalize, then Colormap.__call__, in doubles. */
static int index_in_doubles(int32_t value, int32_t min, int32_t max) {
    if (min == max)
        return 0;
    const double part = ((double)value - min) / ((double)max - min);
    const int index = (int)(part * 256.0);
    return index == 256 ? 255 : index;
}

static void compare_with_doubles(int32_t min, int32_t max, int32_t value) {
    if (value < min || value > max || index_of(value) == index_in_doubles(value, min, max))
        return;
    CU_FAIL("an index differs from the one in doubles");
    printf("\n  value %d of [%d, %d]: %d, in doubles %d\n", (int)value, (int)min, (int)max,
           index_of(value), index_in_doubles(value, min, max));
}

static void test_same_as_doubles(void) {
    uint64_t state = 20240607;
    for (int trial = 0; trial < 2000; trial++) {
        const int shift = trial % 31; /* spans of every magnitude */
        int32_t min = (int32_t)(random_bits(&state) >> 1 >> shift);
        int32_t max = (int32_t)(random_bits(&state) >> 1 >> shift);
        if (min > max) {
            const int32_t other = min;
            min = max;
            max = other;
        }
        set_table(COLOUR_COUNT, min, max);
        const int64_t span = (int64_t)max - min;
        for (int64_t k = 0; k <= 256; k++) { /* where the index changes */
            compare_with_doubles(min, max, (int32_t)(min + span * k / 256 - (k > 0)));
            compare_with_doubles(min, max, (int32_t)(min + span * k / 256));
            compare_with_doubles(min, max, (int32_t)(min + span * k / 256 + (k < 256)));
        }
        for (int k = 0; k < 100; k++)
            compare_with_doubles(min, max,
                                 (int32_t)(min + random_bits(&state) % (uint64_t)(span + 1)));
    }
}

/* The last span with a table, and the first without. */
static void test_same_as_doubles_at_the_tables_end(void) {
    for (int32_t span = COLOUR_TABLE_SPAN_MAX - 1; span <= COLOUR_TABLE_SPAN_MAX + 1; span++) {
        set_table(COLOUR_COUNT, 3, 3 + span);
        for (int32_t value = 3; value <= 3 + span; value++)
            compare_with_doubles(3, 3 + span, value);
        CU_ASSERT_EQUAL(index_of(3 + span), 255);
    }
}

static void test_ranges_merge(void) {
    enum { PIXELS = 1000 };
    int32_t counts[PIXELS];
    uint64_t state = 42;
    for (size_t k = 0; k < PIXELS; k++)
        counts[k] = 10 + (int32_t)(random_bits(&state) % 200);
    counts[617] = 3;
    counts[5] = 251;

    struct colour_range whole = colour_range_of(COLOUR_COUNT, counts, PIXELS);
    CU_ASSERT_EQUAL(whole.min, 3);
    CU_ASSERT_EQUAL(whole.max, 251);
    whole = colour_range_of(COLOUR_255_MINUS_COUNT, counts, PIXELS);
    CU_ASSERT_EQUAL(whole.min, 4);
    CU_ASSERT_EQUAL(whole.max, 252);

    struct colour_range pieces = colour_range_empty();
    CU_ASSERT_TRUE(pieces.min > pieces.max);
    for (size_t first = 0; first < PIXELS; first += 100) {
        const struct colour_range piece =
            colour_range_of(COLOUR_255_MINUS_COUNT, counts + first, 100);
        pieces = colour_range_merge(piece, pieces);
    }
    CU_ASSERT_EQUAL(pieces.min, 4);
    CU_ASSERT_EQUAL(pieces.max, 252);
    pieces = colour_range_merge(pieces, colour_range_of(COLOUR_COUNT, counts, 0));
    CU_ASSERT_EQUAL(pieces.min, 4);
    CU_ASSERT_EQUAL(pieces.max, 252);
}

static void test_palette(void) {
    static const struct {
        int index;
        uint8_t rgb[3];
    } spots[] = {
        {0, {68, 1, 84}},      {1, {68, 2, 85}},     {64, {58, 82, 139}},   {127, {32, 143, 140}},
        {128, {32, 144, 140}}, {192, {94, 201, 97}}, {254, {250, 230, 34}}, {255, {253, 231, 36}},
    };
    CU_ASSERT_PTR_EQUAL(palette_find("viridis"), &palette_viridis);
    CU_ASSERT_PTR_NULL(palette_find("Viridis"));
    CU_ASSERT_PTR_NULL(palette_find("virid"));
    CU_ASSERT_PTR_NULL(palette_find(""));
    CU_ASSERT_PTR_EQUAL(palette_at(0), &palette_viridis);
    for (size_t k = 0; k < sizeof spots / sizeof *spots; k++)
        CU_ASSERT_EQUAL(memcmp(palette_viridis.rgb[spots[k].index], spots[k].rgb, 3), 0);
}

/* ---- files ---- */

enum { WIDTH = 37, HEIGHT = 11 }; /* odd, and no multiples of anything */

static int32_t picture[HEIGHT][WIDTH];

static struct image make_picture(enum colour_value value) {
    uint64_t state = 7;
    for (size_t row = 0; row < HEIGHT; row++)
        for (size_t col = 0; col < WIDTH; col++)
            picture[row][col] = (int32_t)(random_bits(&state) % 128);
    picture[0][0] = 0;
    picture[HEIGHT - 1][WIDTH - 1] = 127;
    return (struct image){
        .width = WIDTH,
        .height = HEIGHT,
        .colour = {.value = value,
                   .range = colour_range_of(value, picture[0], (size_t)WIDTH * HEIGHT)},
        .palette = &palette_viridis,
    };
}

static const struct writer_format *find(const char *path) {
    struct failure failure = {0};
    const struct writer_format *format = writer_format_find(path, &failure);
    CU_ASSERT_PTR_NOT_NULL_FATAL(format);
    return format;
}

/* Writes the picture in pieces of `rows` rows. */
static void draw(const char *path, const struct image *image, uint32_t rows) {
    struct failure failure = {0};
    struct writer *writer = writer_open(find(path), path, image, &failure);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    for (uint32_t first = 0; first < HEIGHT; first += rows) {
        const uint32_t count = HEIGHT - first < rows ? HEIGHT - first : rows;
        CU_ASSERT_TRUE(writer_rows(writer, picture[first], count, &failure));
    }
    CU_ASSERT_TRUE(writer_close(writer, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
}

/* The colour that pixel (row, col) must have. */
static const uint8_t *expected_rgb(const struct image *image, size_t row, size_t col) {
    const struct colour_range *range = &image->colour.range;
    const int32_t value =
        image->colour.value == COLOUR_COUNT ? picture[row][col] : 255 - picture[row][col];
    return palette_viridis.rgb[index_in_doubles(value, range->min, range->max)];
}

static size_t wrong_pixels(const struct image *image, const uint8_t *rgb) {
    size_t wrong = 0;
    for (size_t row = 0; row < HEIGHT; row++)
        for (size_t col = 0; col < WIDTH; col++)
            wrong += memcmp(rgb + 3 * (row * WIDTH + col), expected_rgb(image, row, col), 3) != 0;
    return wrong;
}

static void test_formats_by_name(void) {
    CU_ASSERT_PTR_EQUAL(find("a.png"), find("/x.y/B.PNG"));
    CU_ASSERT_PTR_EQUAL(find("a.npy"), find("a.png.Npy"));
    CU_ASSERT_PTR_EQUAL(find("a.ppm"), find("null.ppm"));
    CU_ASSERT_PTR_NOT_EQUAL(find("a.png"), find("a.npy"));
    CU_ASSERT_PTR_NOT_EQUAL(find("a.png"), find("a.ppm"));
    CU_ASSERT_PTR_NOT_EQUAL(find("a.npy"), find("a.ppm"));
    CU_ASSERT_PTR_NOT_EQUAL(find("null"), find("null.png"));

    static const char *const unknown[] = {"", "x", "png", "x.jpg", "x.png.gz", "Null", "a/null"};
    for (size_t k = 0; k < sizeof unknown / sizeof *unknown; k++) {
        struct failure failure = {0};
        CU_ASSERT_PTR_NULL(writer_format_find(unknown[k], &failure));
        CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
    }
    struct failure failure = {0};
    writer_format_find("x.jpg", &failure);
    CU_ASSERT_STRING_EQUAL(failure.text,
                           "cannot recognise the format of 'x.jpg': use an ending of .png "
                           ".npy .ppm .pdf, or the name null");
}

static void test_npy_bytes(void) {
    const char *path = scratch_path("a.npy");
    const struct image image = make_picture(COLOUR_COUNT);
    draw(path, &image, 4);
    size_t bytes = 0;
    uint8_t *file = scratch_read(path, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(bytes, 128 + sizeof picture);
    CU_ASSERT_EQUAL(memcmp(file, "\x93NUMPY\x01\x00\x76\x00", 10), 0); /* 0x76 = 128 - 10 */
    CU_ASSERT_EQUAL(file[127], '\n');
    const uint16_t probe = 1;
    const char *text = *(const uint8_t *)&probe
                           ? "{'descr': '<i4', 'fortran_order': False, 'shape': (11, 37), }   "
                           : "{'descr': '>i4', 'fortran_order': False, 'shape': (11, 37), }   ";
    CU_ASSERT_EQUAL(memcmp(file + 10, text, strlen(text)), 0);
    CU_ASSERT_EQUAL(strspn((const char *)file + 10 + strlen(text), " "), 117 - strlen(text));
    CU_ASSERT_EQUAL(memcmp(file + 128, picture, sizeof picture), 0);
    free(file);
}

static void test_ppm_bytes(void) {
    const char *path = scratch_path("a.ppm");
    const struct image image = make_picture(COLOUR_255_MINUS_COUNT);
    draw(path, &image, 4);
    size_t bytes = 0;
    uint8_t *file = scratch_read(path, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(bytes, 13 + 3 * WIDTH * HEIGHT);
    CU_ASSERT_EQUAL(memcmp(file, "P6\n37 11\n255\n", 13), 0);
    CU_ASSERT_EQUAL(wrong_pixels(&image, file + 13), 0);
    free(file);
}

static void check_png_pixels(const char *path, const struct image *image) {
    png_image reader = {.version = PNG_IMAGE_VERSION};
    uint8_t rgb[HEIGHT * WIDTH * 3] = {0};
    CU_ASSERT_TRUE_FATAL(png_image_begin_read_from_file(&reader, path));
    CU_ASSERT_EQUAL_FATAL(reader.width, WIDTH);
    CU_ASSERT_EQUAL_FATAL(reader.height, HEIGHT);
    reader.format = PNG_FORMAT_RGB;
    CU_ASSERT_TRUE(png_image_finish_read(&reader, NULL, rgb, 0, NULL));
    CU_ASSERT_EQUAL(reader.warning_or_error, 0);
    CU_ASSERT_EQUAL(wrong_pixels(image, rgb), 0);
}

static void test_png_reads_back(void) {
    const char *path = scratch_path("a.png");
    struct image image = make_picture(COLOUR_COUNT);
    draw(path, &image, HEIGHT);
    check_png_pixels(path, &image);
    image = make_picture(COLOUR_255_MINUS_COUNT);
    draw(path, &image, 4);
    check_png_pixels(path, &image);

    /* IHDR: width, height, 8 bits, palette, no interlace; then PLTE with all 256 colours. */
    uint8_t *file = scratch_read(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(memcmp(file + 12, "IHDR\0\0\0\x25\0\0\0\x0b\x08\x03\0\0\0", 17), 0);
    CU_ASSERT_EQUAL(memcmp(file + 33, "\0\0\x03\0PLTE", 8), 0);
    CU_ASSERT_EQUAL(memcmp(file + 41, palette_viridis.rgb, 768), 0);
    free(file);
}

/* One file of each format that this build has. */
static const char *const names[] = {
    "a.png",
    "a.npy",
    "a.ppm",
#ifdef PLAIT_HAVE_CAIRO
    "a.pdf",
#endif
};
enum { FILES = sizeof names / sizeof *names };

/* However the rows are handed over, and whenever, the file is the same. */
static void test_pieces_do_not_matter(void) {
    const struct image image = make_picture(COLOUR_COUNT);
    for (size_t k = 0; k < FILES; k++) {
        const char *path = scratch_path(names[k]);
        size_t whole_bytes = 0, pieces_bytes = 0;
        draw(path, &image, HEIGHT);
        uint8_t *whole = scratch_read(path, &whole_bytes);
        draw(path, &image, 1);
        uint8_t *pieces = scratch_read(path, &pieces_bytes);
        CU_ASSERT_TRUE(whole && pieces && whole_bytes == pieces_bytes &&
                       memcmp(whole, pieces, whole_bytes) == 0);
        free(whole);
        free(pieces);
    }
    CU_ASSERT_EQUAL(scratch_entries(""), FILES);
}

static void test_null_writes_nothing(void) {
    const struct image image = make_picture(COLOUR_COUNT);
    struct failure failure = {0};
    CU_ASSERT_TRUE(writer_check(find("null"), "null", WIDTH, HEIGHT, &failure));
    draw("null", &image, 4);
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
    FILE *stream = fopen("null", "rb");
    CU_ASSERT_PTR_NULL(stream);
}

static void test_wrong_number_of_rows(void) {
    const struct image image = make_picture(COLOUR_COUNT);
    for (size_t k = 0; k <= FILES; k++) {
        struct failure few = {0}, many = {0};
        const char *path = k < FILES ? scratch_path(names[k]) : "null";
        if (k < FILES)
            scratch_write(path, "old");
        struct writer *writer = writer_open(find(path), path, &image, &few);
        CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
        CU_ASSERT_TRUE(writer_rows(writer, picture[0], 0, &few));
        CU_ASSERT_TRUE(writer_rows(writer, picture[0], HEIGHT - 1, &few));
        CU_ASSERT_FALSE(writer_rows(writer, picture[0], 2, &many));
        CU_ASSERT_EQUAL(many.exit_status, EXIT_RUN);
        CU_ASSERT_FALSE(writer_close(writer, &few));
        CU_ASSERT_STRING_EQUAL(few.text, "a picture of 11 rows was given 10 of them");
        CU_ASSERT_TRUE(k == FILES || scratch_holds(path, "old"));
    }
    CU_ASSERT_EQUAL(scratch_entries(""), FILES);
    writer_abandon(NULL);
}

static void test_abandoned_picture(void) {
    const struct image image = make_picture(COLOUR_COUNT);
    for (size_t k = 0; k < FILES; k++) {
        struct failure failure = {0};
        const char *path = scratch_path(names[k]);
        struct writer *writer = writer_open(find(path), path, &image, &failure);
        CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
        CU_ASSERT_TRUE(writer_rows(writer, picture[0], HEIGHT, &failure));
        writer_abandon(writer);
    }
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
}

/* A picture of noise, so that no format makes it small, over an old file where little fits. */
static void draw_on_full_disk(const char *path, uint32_t side, size_t limit_bytes) {
    struct failure failure = {0}, later = {0};
    uint64_t state = 99;
    int32_t *counts = malloc((size_t)side * side * sizeof *counts);
    CU_ASSERT_PTR_NOT_NULL_FATAL(counts);
    for (size_t k = 0; k < (size_t)side * side; k++)
        counts[k] = (int32_t)(random_bits(&state) % 256);
    const struct image image = {
        .width = side,
        .height = side,
        .colour = {.value = COLOUR_COUNT, .range = {.min = 0, .max = 255}},
        .palette = &palette_viridis,
    };
    scratch_write(path, "old");
    struct writer *writer = writer_open(find(path), path, &image, &failure);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    scratch_limit_files(limit_bytes);
    const bool written = writer_rows(writer, counts, side, &failure);
    CU_ASSERT_FALSE(writer_close(writer, written ? &failure : &later));
    scratch_limit_files(0);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, strerror(EFBIG)));
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, "the earlier file is untouched"));
    CU_ASSERT_PTR_NULL(strstr(failure.text, "libpng"));
    CU_ASSERT_TRUE(scratch_holds(path, "old"));
    free(counts);
}

static void test_full_disk(void) {
    for (size_t k = 0; k < FILES; k++) {
        draw_on_full_disk(scratch_path(names[k]), 1000, 100000); /* fails within the rows */
        draw_on_full_disk(scratch_path(names[k]), 30, 500);      /* fails at the end */
    }
    CU_ASSERT_EQUAL(scratch_entries(""), FILES);
}

static void test_missing_directory(void) {
    const struct image image = make_picture(COLOUR_COUNT);
    for (size_t k = 0; k < FILES; k++) {
        struct failure failure = {0};
        char name[32];
        snprintf(name, sizeof name, "missing/%s", names[k]);
        const char *path = scratch_path(name);
        CU_ASSERT_PTR_NULL(writer_open(find(path), path, &image, &failure));
        CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    }
}

/* Cairo's pictures have at most 32767 pixels per side; without cairo there are none. */
static void test_too_large_for_pdf(void) {
    const char *path = scratch_path("a.pdf");
    struct failure fits = {0}, wide = {0}, high = {0};
#ifdef PLAIT_HAVE_CAIRO
    CU_ASSERT_TRUE(writer_check(find(path), path, 32767, 32767, &fits));
    CU_ASSERT_FALSE(writer_check(find(path), path, 32768, 1, &wide));
    CU_ASSERT_FALSE(writer_check(find(path), path, 1, 32768, &high));
    CU_ASSERT_PTR_NOT_NULL(strstr(wide.text, "at most 32767"));
    CU_ASSERT_EQUAL(high.exit_status, EXIT_USAGE);
#else
    (void)wide, (void)high;
    CU_ASSERT_FALSE(writer_check(find(path), path, 1, 1, &fits));
    CU_ASSERT_EQUAL(fits.exit_status, EXIT_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(fits.text, "rebuild with libcairo2-dev"));
#endif
}

/* Samples: the counts of all of them, and the colours of their means. */
static void test_samples(void) {
    int32_t counts[4][6] = {{0, 255, 7, 7, 9, 9}, {255, 0, 7, 7, 9, 9}};
    const struct image image = {
        .width = 3,
        .height = 2,
        .samples = 2,
        .colour = {.range = {0, 255}},
        .palette = &palette_grey,
    };
    for (size_t k = 0; k < FILES; k++) {
        const char *path = scratch_path(names[k]);
        struct failure failure = {0};
        struct writer *writer = writer_open(find(path), path, &image, &failure);
        CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
        for (size_t row = 0; row < 4; row++) /* a row of pixels in two pieces */
            CU_ASSERT_TRUE(writer_rows(writer, counts[row], 1, &failure));
        CU_ASSERT_FALSE(writer_rows(writer, counts[0], 1, &(struct failure){0}));
        CU_ASSERT_TRUE(writer_close(writer, &failure));
    }
    uint8_t *npy = scratch_read(scratch_path("a.npy"), NULL);
    uint8_t *ppm = scratch_read(scratch_path("a.ppm"), NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(npy);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ppm);
    CU_ASSERT_PTR_NOT_NULL(strstr((char *)npy + 10, "'shape': (4, 6)"));
    CU_ASSERT_EQUAL(memcmp(npy + 128, counts, sizeof counts), 0);
    static const uint8_t expected[] = "P6\n3 2\n255\n\274\274\274\7\7\7\11\11\11\0\0\0";
    CU_ASSERT_EQUAL(memcmp(ppm, expected, sizeof expected - 1), 0);

    png_image reader = {.version = PNG_IMAGE_VERSION};
    uint8_t rgb[18] = {0};
    CU_ASSERT_TRUE_FATAL(png_image_begin_read_from_file(&reader, scratch_path("a.png")));
    CU_ASSERT_EQUAL(reader.format, PNG_FORMAT_RGB);
    CU_ASSERT_TRUE_FATAL(reader.width == 3 && reader.height == 2);
    CU_ASSERT_TRUE(png_image_finish_read(&reader, NULL, rgb, 0, NULL));
    CU_ASSERT_EQUAL(memcmp(rgb, ppm + 11, sizeof rgb), 0);
    free(npy);
    free(ppm);
}

/* Given indices, formats of colours do not look at the counts. */
static void test_given_indices(void) {
    const int32_t counts[2] = {1000, 2000};
    const uint8_t indices[2] = {10, 20};
    const struct image image = {.width = 2, .height = 1, .palette = &palette_turbo};
    const struct image_rows rows = {counts, indices, 1};
    for (size_t k = 0; k < FILES; k++) {
        const char *path = scratch_path(names[k]);
        struct failure failure = {0};
        struct writer *writer = writer_open(find(path), path, &image, &failure);
        CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
        CU_ASSERT_TRUE(writer_put(writer, &rows, &failure));
        CU_ASSERT_TRUE(writer_close(writer, &failure));
    }
    uint8_t *npy = scratch_read(scratch_path("a.npy"), NULL);
    uint8_t *ppm = scratch_read(scratch_path("a.ppm"), NULL);
    CU_ASSERT_TRUE(npy && memcmp(npy + 128, counts, sizeof counts) == 0);
    CU_ASSERT_TRUE(ppm && memcmp(ppm + 11, palette_turbo.rgb[10], 3) == 0 &&
                   memcmp(ppm + 14, palette_turbo.rgb[20], 3) == 0);
    free(npy);
    free(ppm);
}

/* libpng refuses sides above a million unless its limits are raised. */
static void test_widest_picture(void) {
    enum { WIDEST = 1048576 };
    const char *path = scratch_path("wide.png");
    struct failure failure = {0};
    int32_t *counts = calloc(WIDEST, sizeof *counts);
    const struct image image = {.width = WIDEST, .height = 1, .palette = &palette_viridis};
    CU_ASSERT_PTR_NOT_NULL_FATAL(counts);
    struct writer *writer = writer_open(find(path), path, &image, &failure);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    CU_ASSERT_TRUE(writer_rows(writer, counts, 1, &failure));
    CU_ASSERT_TRUE(writer_close(writer, &failure));
    uint8_t *file = scratch_read(path, NULL);
    CU_ASSERT_TRUE(file && memcmp(file + 16, "\0\x10\0\0\0\0\0\x01", 8) == 0);
    free(file);
    free(counts);
}

int main(void) {
    static CU_TestInfo colours[] = {
        {"indices of the report", test_indices_of_the_report},
        {"indices of huge ranges", test_indices_of_huge_ranges},
        {"inverted values", test_inverted_values},
        {"flat pictures, values outside", test_flat_and_outside},
        {"same as doubles", test_same_as_doubles},
        {"same as doubles at the table's end", test_same_as_doubles_at_the_tables_end},
        {"ranges merge", test_ranges_merge},
        {"palette", test_palette},
        CU_TEST_INFO_NULL,
    };
    static CU_TestInfo files[] = {
        {"formats by name", test_formats_by_name},
        {"npy bytes", test_npy_bytes},
        {"ppm bytes", test_ppm_bytes},
        {"png reads back", test_png_reads_back},
        {"pieces do not matter", test_pieces_do_not_matter},
        {"null writes nothing", test_null_writes_nothing},
        {"wrong number of rows", test_wrong_number_of_rows},
        {"abandoned picture", test_abandoned_picture},
        {"full disk", test_full_disk},
        {"missing directory", test_missing_directory},
        {"widest picture", test_widest_picture},
        {"too large for pdf", test_too_large_for_pdf},
        {"samples", test_samples},
        {"given indices", test_given_indices},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {
        {"colours", NULL, NULL, NULL, NULL, colours},
        {"files", NULL, NULL, scratch_begin, scratch_end, files},
        CU_SUITE_INFO_NULL,
    };
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 3;
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    const size_t tests = sizeof colours / sizeof *colours + sizeof files / sizeof *files - 2;
    const bool passed = CU_get_number_of_failures() == 0 && CU_get_number_of_tests_run() == tests;
    CU_cleanup_registry();
    return passed ? 0 : 1;
}
