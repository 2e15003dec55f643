/* SPDX-License-Identifier: MIT
 * Adds up light, and paints tiles. */
#include "image/tile_block.h"

#include <stdlib.h>
#include <string.h>

size_t tile_pixel_bytes(enum tile_source source) {
    return source == TILE_OF_INDICES ? 1 : source == TILE_OF_RGB ? 3 : sizeof(struct tile_light);
}

void tile_picture_begin(struct tile_picture *picture, uint32_t width, uint32_t height,
                        const struct palette *palette) {
    picture->width = width;
    picture->height = height;
    picture->palette = palette;
    for (size_t k = 0; k < PALETTE_COLOURS; k++)
        for (int channel = 0; channel < 3; channel++)
            picture->light[k][channel] = srgb_linear[palette->rgb[k][channel]];
    srgb_encoder_fill(&picture->encoder);
}

/* -- cuts -------------------------------------------------------------------------------------- */

static uint32_t tile_block_side(uint32_t depth) {
    return (uint32_t)TILE_SIDE << depth;
}

uint32_t tile_strips(uint32_t level_height, uint32_t depth) {
    const uint32_t side = tile_block_side(depth);
    return (level_height + side - 1) / side;
}

uint32_t tile_blocks(uint32_t level_width, uint32_t depth) {
    return tile_strips(level_width, depth);
}

static uint32_t tile_least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

struct tile_span tile_strip_rows(uint32_t level_height, uint32_t depth, uint32_t index) {
    const uint32_t side = tile_block_side(depth), more = UINT32_C(1) << depth;
    return (struct tile_span){
        .begin = index > 0 ? index * side - more : 0,
        .end = tile_least((index + 1) * side + more, level_height),
    };
}

struct tile_span tile_strip_sums(uint32_t level_height, uint32_t depth, uint32_t index) {
    const uint32_t next = tile_level_side(level_height, depth + 1);
    return (struct tile_span){
        .begin = index * (TILE_SIDE / 2),
        .end = tile_least((index + 1) * (TILE_SIDE / 2), next),
    };
}

/* -- memory ------------------------------------------------------------------------------------ */

/* Pixels along a side of a block with what surrounds it, that many steps down. */
static size_t tile_block_side_max(uint32_t depth, uint32_t k) {
    return ((size_t)tile_block_side(depth) + ((size_t)2 << depth)) >> k;
}

uint64_t tile_painter_bytes(uint32_t depth) {
    uint64_t bytes = 0;
    for (uint32_t k = 1; k <= depth; k++)
        bytes += tile_block_side_max(depth, k) * tile_block_side_max(depth, k) *
                 sizeof(struct tile_light);
    return bytes;
}

bool tile_painter_begin(struct tile_painter *painter, uint32_t depth) {
    *painter = (struct tile_painter){0};
    bool ready = tile_png_begin(&painter->png);
    for (uint32_t k = 1; ready && k <= depth; k++) {
        const size_t side = tile_block_side_max(depth, k);
        painter->lights[k - 1] = malloc(side * side * sizeof *painter->lights[k - 1]);
        ready = painter->lights[k - 1] != NULL;
    }
    return ready;
}

void tile_painter_end(struct tile_painter *painter) {
    tile_png_end(&painter->png);
    for (int k = 0; k < TILE_DEPTH_MAX; k++)
        free(painter->lights[k]);
    *painter = (struct tile_painter){0};
}

/* -- a block ----------------------------------------------------------------------------------- */

/* Pixels of a level. */
struct tile_area {
    struct tile_span columns, rows;
};

/* The pixels of a block `k` steps below the strip's level: at(0) is what the strip has of it. */
static struct tile_area tile_block_area(const struct tile_strip *strip, uint32_t block,
                                        uint32_t k) {
    const struct tile_picture *picture = strip->picture;
    const uint32_t step = strip->step, depth = strip->depth;
    struct tile_area area = {
        .columns = tile_strip_rows(tile_level_side(picture->width, step), depth, block),
        .rows = tile_strip_rows(tile_level_side(picture->height, step), depth, strip->index),
    };
    area.columns.begin >>= k;
    area.columns.end = tile_level_side(area.columns.end, k);
    area.rows.begin >>= k;
    area.rows.end = tile_level_side(area.rows.end, k);
    return area;
}

/* Pixels that lie in an area, in memory. */
struct tile_plane {
    enum tile_source source;
    struct tile_area area;
    const uint8_t *pixels;
    size_t stride; /* bytes from one row to the next */
};

static const uint8_t *tile_pixel(const struct tile_plane *plane, uint32_t column, uint32_t row) {
    return plane->pixels + (row - plane->area.rows.begin) * plane->stride +
           (column - plane->area.columns.begin) * tile_pixel_bytes(plane->source);
}

static struct tile_plane tile_plane_of(const struct tile_painter *painter,
                                       const struct tile_strip *strip, uint32_t block, uint32_t k) {
    struct tile_plane plane = {
        .source = k == 0 ? strip->source : TILE_OF_LIGHT,
        .area = tile_block_area(strip, block, k),
    };
    if (k > 0) {
        const struct tile_span columns = plane.area.columns;
        plane.pixels = (const uint8_t *)painter->lights[k - 1];
        plane.stride = (columns.end - columns.begin) * sizeof(struct tile_light);
        return plane;
    }
    const size_t bytes = tile_pixel_bytes(strip->source);
    plane.stride = tile_level_side(strip->picture->width, strip->step) * bytes;
    plane.pixels = (const uint8_t *)strip->pixels + plane.area.columns.begin * bytes;
    return plane;
}

/* Adds the light of a pixel. The source is a constant where this is called in a loop. */
static inline void tile_add_pixel(struct tile_light *sum, const struct tile_picture *picture,
                                  enum tile_source source, const uint8_t *pixel) {
    if (source == TILE_OF_LIGHT) {
        const struct tile_light *light = (const void *)pixel;
        for (int channel = 0; channel < 3; channel++)
            sum->channel[channel] += light->channel[channel];
    } else if (source == TILE_OF_RGB) {
        for (int channel = 0; channel < 3; channel++)
            sum->channel[channel] += srgb_linear[pixel[channel]];
    } else {
        for (int channel = 0; channel < 3; channel++)
            sum->channel[channel] += picture->light[*pixel][channel];
    }
}

/* Adds a row of pixels to the sums of pairs; the first pixel begins a pair. */
static inline void tile_add_row(struct tile_light *sums, const struct tile_picture *picture,
                                enum tile_source source, const uint8_t *pixels, uint32_t count) {
    const size_t bytes = tile_pixel_bytes(source);
    for (uint32_t k = 0; k + 1 < count; k += 2, pixels += 2 * bytes) {
        struct tile_light sum = sums[k / 2];
        tile_add_pixel(&sum, picture, source, pixels);
        tile_add_pixel(&sum, picture, source, pixels + bytes);
        sums[k / 2] = sum;
    }
    if (count % 2 == 1)
        tile_add_pixel(&sums[count / 2], picture, source, pixels);
}

/* The sums of an area one step below a plane that holds all pixels in it; stride: of `sums`. */
static void tile_reduce(const struct tile_picture *picture, const struct tile_plane *plane,
                        const struct tile_area *area, struct tile_light *sums, size_t stride) {
    const struct tile_span columns = {2 * area->columns.begin,
                                      tile_least(2 * area->columns.end, plane->area.columns.end)};
    const uint32_t count = columns.end - columns.begin;
    for (uint32_t row = area->rows.begin; row < area->rows.end; row++, sums += stride) {
        memset(sums, 0, (area->columns.end - area->columns.begin) * sizeof *sums);
        const uint32_t end = tile_least(2 * row + 2, plane->area.rows.end);
        for (uint32_t from = 2 * row; from < end; from++) {
            const uint8_t *pixels = tile_pixel(plane, columns.begin, from);
            if (plane->source == TILE_OF_LIGHT)
                tile_add_row(sums, picture, TILE_OF_LIGHT, pixels, count);
            else if (plane->source == TILE_OF_RGB)
                tile_add_row(sums, picture, TILE_OF_RGB, pixels, count);
            else
                tile_add_row(sums, picture, TILE_OF_INDICES, pixels, count);
        }
    }
}

/* -- a tile ------------------------------------------------------------------------------------ */

struct tile_painting {
    const struct tile_picture *picture;
    const struct tile_plane *plane;
    uint32_t step;
    struct tile_area area; /* of the tile */
};

/* How many pixels of the picture lie in one of a level, along a side. */
static uint64_t tile_cover(uint32_t side, uint32_t at, uint32_t step) {
    const uint64_t begin = (uint64_t)at << step, end = begin + (UINT64_C(1) << step);
    return (end < side ? end : side) - begin;
}

/* The mean of light, to the nearest. Whole pixels have a power of two of pixels in them. */
static void tile_paint_light(const struct tile_painting *painting, uint32_t row, uint8_t *rgb) {
    const struct tile_picture *picture = painting->picture;
    const struct tile_span columns = painting->area.columns;
    const uint32_t step = painting->step;
    const uint64_t high = tile_cover(picture->height, row, step);
    const bool whole_row = high == UINT64_C(1) << step;
    const struct tile_light *light = (const void *)tile_pixel(painting->plane, columns.begin, row);
    for (uint32_t column = columns.begin; column < columns.end; column++, light++) {
        const uint64_t wide = tile_cover(picture->width, column, step);
        const uint64_t pixels = wide * high;
        const bool whole = whole_row && wide == UINT64_C(1) << step;
        for (int channel = 0; channel < 3; channel++) {
            const uint64_t sum = light->channel[channel] + pixels / 2;
            *rgb++ = picture->encoder.value[whole ? sum >> (2 * step) : sum / pixels];
        }
    }
}

static void tile_paint_row(void *context, uint32_t row, uint8_t *bytes) {
    const struct tile_painting *painting = context;
    const struct tile_plane *plane = painting->plane;
    const struct tile_span columns = painting->area.columns;
    row += painting->area.rows.begin;
    if (plane->source == TILE_OF_LIGHT)
        tile_paint_light(painting, row, bytes);
    else
        memcpy(bytes, tile_pixel(plane, columns.begin, row),
               (columns.end - columns.begin) * tile_pixel_bytes(plane->source));
}

/* The tiles of a block `k` steps below its strip. */
static bool tile_paint_level(struct tile_painter *painter, const struct tile_strip *strip,
                             uint32_t block, uint32_t k, const struct tile_sink *sink,
                             struct failure *failure) {
    const struct tile_picture *picture = strip->picture;
    const struct tile_plane plane = tile_plane_of(painter, strip, block, k);
    const uint32_t step = strip->step + k, tiles = UINT32_C(1) << (strip->depth - k);
    const uint32_t width = tile_level_side(picture->width, step);
    const uint32_t height = tile_level_side(picture->height, step);
    const uint32_t column_end = tile_least((block + 1) * tiles, tile_count(width));
    const uint32_t row_end = tile_least((strip->index + 1) * tiles, tile_count(height));
    for (uint32_t row = strip->index * tiles; row < row_end; row++)
        for (uint32_t column = block * tiles; column < column_end; column++) {
            struct tile_painting painting = {
                .picture = picture,
                .plane = &plane,
                .step = step,
                .area = {tile_span_of(width, column), tile_span_of(height, row)},
            };
            const struct tile_pixels pixels = {
                .width = painting.area.columns.end - painting.area.columns.begin,
                .height = painting.area.rows.end - painting.area.rows.begin,
                .palette = plane.source == TILE_OF_INDICES ? picture->palette : NULL,
                .row = tile_paint_row,
                .context = &painting,
            };
            const struct tile_name name = {step, column, row};
            if (!tile_png_make(&painter->png, &pixels))
                return failure_set(failure, EXIT_RUN, "out of memory for tiles");
            if (!sink->put(sink->context, &name, &painter->png, failure))
                return false;
        }
    return true;
}

bool tile_block_paint(struct tile_painter *painter, const struct tile_strip *strip, uint32_t block,
                      const struct tile_sink *sink, struct failure *failure) {
    const struct tile_picture *picture = strip->picture;
    const uint32_t steps = tile_steps(picture->width, picture->height);
    for (uint32_t k = 0; k <= strip->depth && strip->step + k <= steps; k++) {
        if (k > 0) {
            const struct tile_plane above = tile_plane_of(painter, strip, block, k - 1);
            const struct tile_area area = tile_block_area(strip, block, k);
            tile_reduce(picture, &above, &area, painter->lights[k - 1],
                        area.columns.end - area.columns.begin);
        }
        if (!tile_paint_level(painter, strip, block, k, sink, failure))
            return false;
    }
    if (strip->sums) {
        const uint32_t width = tile_level_side(picture->width, strip->step);
        const uint32_t height = tile_level_side(picture->height, strip->step);
        const struct tile_plane last = tile_plane_of(painter, strip, block, strip->depth);
        const struct tile_area area = {tile_strip_sums(width, strip->depth, block),
                                       tile_strip_sums(height, strip->depth, strip->index)};
        const size_t stride = tile_level_side(width, strip->depth + 1);
        tile_reduce(picture, &last, &area, strip->sums + area.columns.begin, stride);
    }
    return true;
}
