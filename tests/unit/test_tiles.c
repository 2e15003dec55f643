/* SPDX-License-Identifier: MIT
 * Tiles of a Deep Zoom Image: how a picture is cut, and that every pixel of every level is the mean
 * of the light of its pixels, whatever the levels that are made at once. */
#include "check.h"
#include "image/palette.h"
#include "image/reader_png.h"
#include "image/tile_block.h"
#include "plait/digest.h"
#include "random_draw.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_cuts(void) {
    static const struct {
        uint32_t width, height, steps;
        uint64_t tiles;
    } cuts[] = {
        {1, 1, 0, 1},
        {2, 1, 1, 2},
        {254, 254, 8, 9},
        {255, 1, 8, 10},
        {508, 508, 9, 13},
        {509, 508, 9, 16},
        {1200, 800, 11, 37},
        {1 << 20, 1, 20, 8275},
        {65536, 16384, 16, 22662},
        {100000, 100000, 17, 207218},
    };
    for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
        CHECK_INT(cuts[k].steps, tile_steps(cuts[k].width, cuts[k].height));
        CHECK_INT((int64_t)cuts[k].tiles, (int64_t)tile_total(cuts[k].width, cuts[k].height));
    }
    CHECK_INT(3, tile_level_side(5, 1));
    CHECK_INT(1, tile_level_side(5, 3));
    CHECK_INT(1, tile_level_side(UINT32_C(1) << 20, 20));
    /* Tiles share a pixel with each neighbour. */
    const struct tile_span first = tile_span_of(600, 0), second = tile_span_of(600, 1),
                           last = tile_span_of(600, 2), only = tile_span_of(254, 0);
    CHECK(first.begin == 0 && first.end == 255);
    CHECK(second.begin == 253 && second.end == 509);
    CHECK(last.begin == 507 && last.end == 600);
    CHECK(only.begin == 0 && only.end == 254);
    /* Strips have what their tiles need on all levels of a phase. */
    const struct tile_span rows = tile_strip_rows(5000, 2, 1), sums = tile_strip_sums(5000, 2, 4);
    CHECK(rows.begin == 1012 && rows.end == 2036);
    CHECK(sums.begin == 508 && sums.end == 625);
}

/* All tiles of a picture, each as libpng reads it, and as means by the definition. */
struct comparison {
    struct tile_picture *picture;
    const uint8_t (*rgb)[3]; /* of the picture */
    struct tile_name name;
    size_t tiles, wrong;
    uint64_t digest; /* of all files */
};

static void mean_of(const struct comparison *all, uint32_t column, uint32_t row, uint8_t rgb[3]) {
    const struct tile_picture *picture = all->picture;
    const uint32_t step = all->name.step, size = UINT32_C(1) << step;
    for (int channel = 0; channel < 3; channel++) {
        uint64_t sum = 0, pixels = 0;
        for (uint32_t y = row * size; y < (row + 1) * size && y < picture->height; y++)
            for (uint32_t x = column * size; x < (column + 1) * size && x < picture->width; x++) {
                sum += srgb_linear[all->rgb[(size_t)y * picture->width + x][channel]];
                pixels++;
            }
        rgb[channel] = picture->encoder.value[(sum + pixels / 2) / pixels];
    }
}

static void compare_row(void *context, const struct png_content *content, uint32_t row,
                        const uint8_t *rgb) {
    struct comparison *all = context;
    const struct tile_picture *picture = all->picture;
    const struct tile_span columns =
        tile_span_of(tile_level_side(picture->width, all->name.step), all->name.column);
    const struct tile_span rows =
        tile_span_of(tile_level_side(picture->height, all->name.step), all->name.row);
    all->wrong +=
        content->width != columns.end - columns.begin || content->height != rows.end - rows.begin;
    for (uint32_t x = 0; x < content->width; x++) {
        uint8_t expected[3];
        mean_of(all, columns.begin + x, rows.begin + row, expected);
        all->wrong += memcmp(expected, rgb + 3 * x, 3) != 0;
    }
}

static bool compare_tile(void *context, const struct tile_name *name, const struct tile_png *png,
                         struct failure *failure) {
    struct comparison *all = context;
    struct png_content content = {0};
    const char *path = scratch_path("tile.png");
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(png->bytes, 1, png->size, file) == png->size && fclose(file) == 0);
    all->name = *name;
    all->tiles++;
    all->digest += plait_digest_bytes(png->bytes, png->size) *
                   (1 + name->step + 100 * (uint64_t)name->column + 10000 * (uint64_t)name->row);
    CHECK(png_read(path, &content, compare_row, all, failure));
    png_content_free(&content);
    return true;
}

/* Paints all levels, `depth` of them after the first of each phase. */
static void paint(struct comparison *all, enum tile_source source, const void *pixels,
                  uint32_t depth) {
    const struct tile_picture *picture = all->picture;
    const uint32_t steps = tile_steps(picture->width, picture->height);
    const struct tile_sink sink = {compare_tile, all};
    struct tile_painter painter;
    struct failure failure = {0};
    CHECK(tile_painter_begin(&painter, depth));
    struct tile_light *own = NULL;
    for (uint32_t step = 0; step <= steps; step += depth + 1) {
        const uint32_t width = tile_level_side(picture->width, step);
        const uint32_t height = tile_level_side(picture->height, step);
        const uint32_t next_width = tile_level_side(width, depth + 1);
        const uint32_t next_height = tile_level_side(height, depth + 1);
        struct tile_light *next = malloc((size_t)next_width * next_height * sizeof *next);
        for (uint32_t k = 0; k < tile_strips(height, depth); k++) {
            const struct tile_span rows = tile_strip_rows(height, depth, k);
            const struct tile_span sums = tile_strip_sums(height, depth, k);
            const struct tile_strip strip = {
                .picture = picture,
                .step = step,
                .depth = depth,
                .index = k,
                .source = source,
                .pixels =
                    (const char *)pixels + (size_t)rows.begin * width * tile_pixel_bytes(source),
                .sums = step + depth + 1 <= steps ? next + (size_t)sums.begin * next_width : NULL,
            };
            for (uint32_t block = 0; block < tile_blocks(width, depth); block++)
                CHECK(tile_block_paint(&painter, &strip, block, &sink, &failure));
        }
        free(own);
        own = next;
        pixels = own;
        source = TILE_OF_LIGHT;
    }
    free(own);
    tile_painter_end(&painter);
}

static void test_means(void) {
    static const struct {
        uint32_t width, height;
    } sizes[] = {{1, 1},      {3, 2},       {255, 3},  {300, 517},
                 {1017, 259}, {1021, 1025}, {1, 2100}, {1800, 2}};
    const size_t some = check_is_quick() ? 3 : sizeof sizes / sizeof *sizes;
    uint64_t state = check_seed();
    for (size_t k = 0; k < some; k++) {
        const size_t pixels = (size_t)sizes[k].width * sizes[k].height;
        uint8_t *indices = malloc(pixels), (*rgb)[3] = malloc(3 * pixels);
        struct tile_picture *picture = malloc(sizeof *picture);
        tile_picture_begin(picture, sizes[k].width, sizes[k].height, &palette_turbo);
        for (size_t p = 0; p < pixels; p++) {
            indices[p] = (uint8_t)random_draw(&state);
            memcpy(rgb[p], palette_turbo.rgb[indices[p]], 3);
        }
        uint64_t digest[2] = {0, 0};
        for (uint32_t depth = 0; depth <= TILE_DEPTH_MAX; depth++)
            for (int of_rgb = 0; of_rgb < 2; of_rgb++) {
                struct comparison all = {.picture = picture, .rgb = (const uint8_t(*)[3])rgb};
                paint(&all, of_rgb ? TILE_OF_RGB : TILE_OF_INDICES,
                      of_rgb ? (const void *)rgb : indices, depth);
                CHECK_INT(0, (int64_t)all.wrong);
                CHECK_INT((int64_t)tile_total(sizes[k].width, sizes[k].height), (int64_t)all.tiles);
                if (depth == 0)
                    digest[of_rgb] = all.digest;
                CHECK_HEX(digest[of_rgb], all.digest);
            }
        free(indices);
        free(rgb);
        free(picture);
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"cuts", test_cuts},
        {"means", test_means},
        {0},
    };
    scratch_begin();
    const int status = check_main("tiles", tests, argc, argv);
    scratch_end();
    return status;
}
