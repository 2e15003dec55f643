/* SPDX-License-Identifier: MIT
 * PNG files of 4096 x 4096 pixels: from counts by Plait's writer, colours and atomic file included,
 * on one thread and on all, against libpng's own write of palette indices that are ready in memory,
 * with zlib's strategy for runs. All files are synced. Fails if one thread takes more than 0.6
 * times as long, or the file is larger than libpng's by more than 1 %. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "bench.h"
#include "image/writer.h"
#include "plait/plait.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { SIDE = 4096, PIXELS = SIDE * SIDE, ROUNDS = 15 };
static const double most = 0.6;

/* Of zlib: the fastest that finds runs, and as good for pictures of counts as what takes longer. */
enum { LEVEL = 1, STRATEGY = Z_RLE };

struct encode {
    int threads;               /* of this machine */
    char ours[64], theirs[64]; /* files */
    struct image image;
    int32_t *counts;
    uint8_t *indices;
};

static void write_ours_on(const struct encode *encode, int threads) {
    struct failure failure = {0};
    struct image image = encode->image;
    image.threads = threads;
    const struct writer_format *format = writer_format_find(encode->ours, &failure);
    struct writer *writer = writer_open(format, encode->ours, &image, &failure);
    if (!writer || !writer_rows(writer, encode->counts, SIDE, &failure) ||
        !writer_close(writer, &failure))
        bench_die("cannot write", encode->ours);
}

static void write_ours(void *context) {
    write_ours_on(context, 1);
}

static void write_ours_on_all(void *context) {
    const struct encode *encode = context;
    write_ours_on(encode, encode->threads);
}

static void write_theirs(void *context) {
    const struct encode *encode = context;
    FILE *file = fopen(encode->theirs, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!file || !info || setjmp(png_jmpbuf(png)))
        bench_die("cannot write", encode->theirs);
    png_color colours[PALETTE_COLOURS];
    for (int k = 0; k < PALETTE_COLOURS; k++) {
        const uint8_t *rgb = encode->image.palette->rgb[k];
        colours[k] = (png_color){rgb[0], rgb[1], rgb[2]};
    }
    png_init_io(png, file);
    png_set_IHDR(png, info, SIDE, SIDE, 8, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_PLTE(png, info, colours, PALETTE_COLOURS);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(png, LEVEL);
    png_set_compression_strategy(png, STRATEGY);
    png_write_info(png, info);
    for (size_t row = 0; row < SIDE; row++)
        png_write_row(png, encode->indices + row * SIDE);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    if (fflush(file) != 0 || fsync(fileno(file)) != 0 || fclose(file) != 0)
        bench_die("cannot write", encode->theirs);
}

/* The pixels of a file, [SIDE][SIDE][3]. */
static uint8_t *read_pixels(const char *path) {
    png_image reader = {.version = PNG_IMAGE_VERSION};
    uint8_t *rgb = malloc((size_t)PIXELS * 3);
    if (!rgb || !png_image_begin_read_from_file(&reader, path))
        bench_die("cannot read", path);
    reader.format = PNG_FORMAT_RGB;
    if (!png_image_finish_read(&reader, NULL, rgb, 0, NULL))
        bench_die("cannot read", path);
    return rgb;
}

static double bytes_of(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 ? (double)about.st_size : 0;
}

/* The two files are one picture, and ours is not larger. */
static void check_answers(struct encode *encode) {
    write_ours(encode);
    write_theirs(encode);
    uint8_t *ours = read_pixels(encode->ours), *theirs = read_pixels(encode->theirs);
    const double ratio = bytes_of(encode->ours) / bytes_of(encode->theirs);
    if (memcmp(ours, theirs, (size_t)PIXELS * 3) != 0)
        bench_die("another picture than libpng's in", encode->ours);
    if (ratio > 1.01)
        bench_die("a larger file than libpng's:", encode->ours);
    free(ours);
    free(theirs);
}

static void compute(struct encode *encode, const struct plait_escape *escape) {
    struct plait_exec exec;
    struct colour_table *table = malloc(sizeof *table);
    if (!table || plait_exec_init(&exec, NULL, 0) != PLAIT_OK ||
        plait_escape_picture(escape, &exec, encode->counts) != PLAIT_OK)
        bench_die("no picture of", "the view");
    encode->threads = exec.threads;
    encode->image = (struct image){
        .width = SIDE,
        .height = SIDE,
        .colour = {.value = COLOUR_COUNT,
                   .range = colour_range_of(COLOUR_COUNT, encode->counts, PIXELS)},
        .palette = &palette_viridis,
    };
    colour_table_fill(table, &encode->image.colour);
    colour_indices(table, encode->counts, PIXELS, encode->indices);
    free(table);
}

static bool bench_view(struct encode *encode, const char *name, struct plait_escape escape) {
    compute(encode, &escape);
    check_answers(encode);
    char all[32];
    snprintf(all, sizeof all, "plait, %d threads", encode->threads);
    struct bench_contender contenders[] = {
        {.name = "plait, 1 thread", .run = write_ours, .context = encode, .work = PIXELS},
        {.name = "libpng", .run = write_theirs, .context = encode, .work = PIXELS},
        {.name = all, .run = write_ours_on_all, .context = encode, .work = PIXELS},
    };
    const int count = encode->threads > 1 ? 3 : 2;
    bench_run(contenders, count, ROUNDS, 0.2);
    const double ratio = contenders[0].median_s / contenders[1].median_s;
    printf("%s, %.1f MB\n", name, bytes_of(encode->ours) * 1e-6);
    for (int k = 0; k < count; k++) {
        const char *doubt = bench_doubt(&contenders[k]);
        printf("  %-16s %7.1f ms, %4.0f Mpixels/s%s%s\n", contenders[k].name,
               contenders[k].median_s * 1e3, bench_rate(&contenders[k]) * 1e-6,
               doubt ? "   DOUBTFUL: " : "", doubt ? doubt : "");
    }
    printf("  %.3f times libpng's own write, %.1f are allowed: %s\n", ratio, most,
           ratio <= most ? "passed" : "FAILED");
    return ratio <= most;
}

static struct plait_escape square(struct plait_escape escape, double re, double im, double zoom) {
    escape.width = escape.height = SIDE;
    if (plait_escape_set_center(&escape, re, im, zoom) != PLAIT_OK)
        bench_die("no such view:", "a square");
    return escape;
}

int main(void) {
    struct encode encode = {
        .counts = malloc(PIXELS * sizeof *encode.counts),
        .indices = malloc(PIXELS),
    };
    const char *parent = getenv("TMPDIR");
    char directory[40];
    snprintf(directory, sizeof directory, "%.20s/plait-XXXXXX", parent ? parent : "/tmp");
    if (!encode.counts || !encode.indices || !mkdtemp(directory))
        bench_die("no memory, or no directory in", directory);
    snprintf(encode.ours, sizeof encode.ours, "%s/plait.png", directory);
    snprintf(encode.theirs, sizeof encode.theirs, "%s/libpng.png", directory);

    const struct plait_escape whole = plait_escape_default(PLAIT_MANDELBROT);
    struct plait_escape deep = whole;
    deep.maxit = 2000;
    printf("PNG of %dx%d pixels, %d rounds in turn, medians; load %.1f\n", SIDE, SIDE, ROUNDS,
           bench_load());
    bool passed = bench_view(&encode, "the whole set, maxit 127", square(whole, -0.5, 0, 1));
    passed &= bench_view(&encode, "seahorses, maxit 2000",
                         square(deep, -0.743643887, 0.131825904, 20000));
    unlink(encode.ours);
    unlink(encode.theirs);
    rmdir(directory);
    free(encode.counts);
    free(encode.indices);
    return !passed;
}
