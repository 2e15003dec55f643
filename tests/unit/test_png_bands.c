/* SPDX-License-Identifier: MIT
 * PNG files in bands: libpng reads the pixels that counts and indices stand for, and the bytes are
 * the same whatever the threads and the pieces in which rows come. */
#include "check.h"
#include "image/png_workers.h"
#include "image/reader_png.h"
#include "image/shade.h"
#include "image/writer.h"
#include "plait/digest.h"
#include "random_draw.h"
#include "scratch.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void test_cuts(void) {
    static const struct {
        uint32_t width, height;
        unsigned pixel_bytes;
        uint32_t rows, count, last;
    } cuts[] = {
        {1, 1, 1, 1, 1, 1},
        {1, 200000, 1, 65536, 4, 3392},
        {1, 200000, 3, 32768, 7, 3392},
        {8192, 8192, 1, 15, 547, 2},
        {1200, 800, 3, 36, 23, 8},
        {131071, 5, 1, 1, 5, 1},
        {131072, 5, 1, 1, 5, 1},
        {65535, 4, 1, 2, 2, 2},
        {65535, 5, 1, 2, 3, 1},
        {1 << 20, 3, 3, 1, 3, 1},
        {1 << 20, 1 << 20, 6, 1, 1 << 20, 1},
    };
    for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
        const struct png_bands bands =
            png_bands_of(cuts[k].width, cuts[k].height, cuts[k].pixel_bytes);
        CHECK_INT(cuts[k].rows, bands.rows);
        CHECK_INT(cuts[k].count, bands.count);
        CHECK_INT(cuts[k].rows < cuts[k].height ? cuts[k].rows : cuts[k].height,
                  png_band_rows(&bands, 0));
        CHECK_INT(cuts[k].last, png_band_rows(&bands, bands.count - 1));
    }
}

/* A picture with runs, noise, and what lies between them, [height * samples][width * samples]. */
static int32_t *make_counts(const struct image *image) {
    const size_t columns = (size_t)image->width * image_samples(image);
    const size_t rows = (size_t)image->height * image_samples(image);
    int32_t *counts = malloc(columns * rows * sizeof *counts);
    uint64_t state = check_seed();
    for (size_t k = 0; k < columns * rows;) {
        const uint64_t drawn = random_draw(&state);
        size_t length = drawn % 2 == 0 ? 1 : (drawn >> 8) % 1000;
        for (; length > 0 && k < columns * rows; length--)
            counts[k++] = (int32_t)(drawn >> 32) & 1023;
    }
    counts[0] = 0;
    return counts;
}

/* Writes the picture in pieces of `rows` rows of samples. */
static void write_file(const char *path, const struct image *image, const int32_t *counts,
                       uint32_t rows) {
    struct failure failure = {0};
    const size_t columns = (size_t)image->width * image_samples(image);
    const uint32_t all = image->height * image_samples(image);
    struct writer *writer = writer_open(writer_format_find(path, &failure), path, image, &failure);
    bool written = writer != NULL;
    for (uint32_t first = 0; written && first < all; first += rows)
        written = writer_rows(writer, counts + first * columns,
                              all - first < rows ? all - first : rows, &failure);
    CHECK(written && writer_close(writer, &failure));
}

/* The rows of a file against those of a shade. */
struct comparison {
    const struct image *image;
    const int32_t *counts;
    struct shade shade;
    size_t same;
};

static void compare_row(void *context, const struct png_content *content, uint32_t row,
                        const uint8_t *rgb) {
    struct comparison *comparison = context;
    const uint32_t samples = image_samples(comparison->image);
    const size_t columns = (size_t)comparison->image->width * samples;
    const struct image_rows rows = {.counts = comparison->counts + row * samples * columns,
                                    .rows = samples};
    const uint8_t(*expected)[3] = NULL;
    for (uint32_t k = 0; k < samples; k++)
        expected = shade_rgb(&comparison->shade, &rows, k);
    comparison->same += content->width == comparison->image->width &&
                        memcmp(rgb, expected, 3 * (size_t)content->width) == 0;
}

/* libpng reads the file, sums and all. */
static void check_pixels(const char *path, const struct image *image, const int32_t *counts) {
    struct comparison comparison = {.image = image, .counts = counts};
    struct png_content content = {0};
    struct failure failure = {0};
    CHECK(shade_begin(&comparison.shade, image));
    CHECK(png_read(path, &content, compare_row, &comparison, &failure));
    CHECK_INT(image->height, content.height);
    CHECK_INT(image->height, (int64_t)comparison.same);
    png_content_free(&content);
    shade_end(&comparison.shade);
}

/* All IDAT chunks are one stream of zlib's, with the right sum. libpng does not require it. */
static void check_stream(const uint8_t *content, size_t bytes, const struct image *image) {
    const struct png_bands bands = png_bands_of_image(image);
    uLongf raw_bytes = (1 + bands.row_bytes) * image->height;
    uint8_t *stream = malloc(bytes), *raw = malloc(raw_bytes);
    size_t stream_bytes = 0;
    for (size_t at = 8; at + 12 <= bytes;) {
        const size_t length = (size_t)content[at] << 24 | (size_t)content[at + 1] << 16 |
                              (size_t)content[at + 2] << 8 | content[at + 3];
        if (memcmp(content + at + 4, "IDAT", 4) == 0) {
            memcpy(stream + stream_bytes, content + at + 8, length);
            stream_bytes += length;
        }
        at += length + 12;
    }
    const uLongf expected = raw_bytes;
    CHECK_INT(Z_OK, uncompress(raw, &raw_bytes, stream, stream_bytes));
    CHECK_INT((int64_t)expected, (int64_t)raw_bytes);
    free(stream);
    free(raw);
}

static void test_same_bytes(void) {
    static const struct {
        uint32_t width, height, samples;
    } sizes[] = {
        {1, 1, 1},      {1, 200000, 1},  {1 << 20, 3, 1}, {997, 701, 1},    {65535, 5, 1},
        {1, 100000, 2}, {1 << 19, 3, 2}, {701, 501, 2},   {131072, 150, 1}, {65, 63, 16},
    };
    static const int threads[] = {0, 1, 2, 3, 7};
    const size_t some = check_is_quick() ? 1 : sizeof sizes / sizeof *sizes;
    for (size_t k = 0; k < some; k++) {
        struct image image = {
            .width = sizes[k].width,
            .height = sizes[k].height,
            .samples = sizes[k].samples,
            .palette = &palette_turbo,
        };
        int32_t *counts = make_counts(&image);
        const uint32_t all = image.height * image.samples;
        const uint32_t band = png_bands_of_image(&image).rows * image.samples;
        const uint32_t pieces[] = {all,          1,           band, band - (band > 1), band + 1,
                                   3 * band + 2, 6 * band + 1};
        image.colour =
            (struct colour){.range = colour_range_of(COLOUR_COUNT, counts,
                                                     (size_t)all * image.width * image.samples)};
        const char *first = scratch_path("first.png"), *other = scratch_path("other.png");
        write_file(first, &image, counts, all);
        check_pixels(first, &image, counts);
        size_t bytes, other_bytes;
        uint8_t *content = scratch_read(first, &bytes);
        enum { COLOUR_TYPE_AT = 25, RGB = 2, PALETTE = 3 };
        CHECK_INT(image.samples == 1 ? PALETTE : RGB, content[COLOUR_TYPE_AT]);
        check_stream(content, bytes, &image);
        for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
            image.threads = threads[(k + p) % (sizeof threads / sizeof *threads)];
            write_file(other, &image, counts, pieces[p]);
            uint8_t *again = scratch_read(other, &other_bytes);
            CHECK(again && bytes == other_bytes && memcmp(content, again, bytes) == 0);
            free(again);
        }
        free(content);
        free(counts);
    }
}

/* A chunk is that of its band wherever it is made, and the sums of the bands are those of the
 * file. */
static void test_any_band_alone(void) {
    struct image image = {.width = 701, .height = 501, .samples = 2, .palette = &palette_turbo};
    int32_t *counts = make_counts(&image);
    image.colour = (struct colour){.range = {0, 1023}};
    const char *path = scratch_path("file.png");
    write_file(path, &image, counts, image.height * image.samples);
    size_t bytes;
    uint8_t *content = scratch_read(path, &bytes);
    struct png_workers workers;
    CHECK(png_workers_begin(&workers, &image));
    uint32_t adler = 1;
    size_t found = 0;
    for (uint32_t band = 0; content && band < workers.bands.count; band++) {
        const size_t at = (size_t)band * workers.bands.rows * 2 * image.width * 2;
        struct png_job job = {
            .band = band,
            .rows = {.counts = counts + at, .rows = png_band_rows(&workers.bands, band) * 2},
        };
        CHECK(png_workers_run(&workers, &job, 1));
        adler = png_adler_add(adler, &workers.bands, band, &job.chunk);
        for (size_t k = 0; k + job.chunk.size < bytes; k++)
            if (memcmp(content + k, job.chunk.bytes, job.chunk.size) == 0) {
                found++;
                break;
            }
        free(job.chunk.bytes);
    }
    CHECK_INT(workers.bands.count, (int64_t)found);
    const uint8_t last[] = {3,
                            0,
                            (uint8_t)(adler >> 24),
                            (uint8_t)(adler >> 16),
                            (uint8_t)(adler >> 8),
                            (uint8_t)adler};
    CHECK(memcmp(content + bytes - 12 - 4 - sizeof last, last, sizeof last) == 0);
    png_workers_end(&workers);
    free(content);
    free(counts);
}

/* What was written once: a filter, a code or a cut that is another makes other files on other
 * nodes, with the same pixels. */
static void test_known_bytes(void) {
    static const uint64_t known[] = {UINT64_C(0xe3b76c7c67eca296), UINT64_C(0xf250ea5b58b71adc)};
    for (uint32_t samples = 1; samples <= 2; samples++) {
        struct image image = {
            .width = 300,
            .height = 1000,
            .samples = samples,
            .palette = &palette_turbo,
            .colour = {.range = {0, 1023}},
            .threads = 3,
        };
        const uint32_t rows = image.height * samples;
        int32_t *counts = malloc(sizeof *counts * rows * image.width * samples);
        uint32_t state = 1;
        for (size_t k = 0; k < (size_t)rows * image.width * samples; k++) {
            state = state * 1664525 + 1013904223;
            counts[k] = k % 300 < 200 ? (int32_t)(k / 1000) & 1023 : (int32_t)(state >> 22);
        }
        const char *path = scratch_path("known.png");
        write_file(path, &image, counts, rows);
        size_t bytes;
        uint8_t *content = scratch_read(path, &bytes);
        CHECK_HEX(known[samples - 1], plait_digest_bytes(content, bytes));
        free(content);
        free(counts);
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"cuts", test_cuts},
        {"same bytes", test_same_bytes},
        {"any band alone", test_any_band_alone},
        {"known bytes", test_known_bytes},
        {0},
    };
    scratch_begin();
    const int status = check_main("bands of PNG files", tests, argc, argv);
    scratch_end();
    return status;
}
