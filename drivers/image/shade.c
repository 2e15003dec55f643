/* SPDX-License-Identifier: MIT
 * Colours rows, and averages samples in integers. */
#include "image/shade.h"

#include <stdlib.h>
#include <string.h>

/* A sum of light, below 2^24, is divided by a number of samples up to 256 by a multiplication: with
 * a reciprocal in units of 2^-40, rounded up, the product is too large by less than 2^-16, and a
 * quotient that is no integer is at least 2^-8 below the next. */
enum { RECIPROCAL_BITS = 40 };

static void shade_tables_fill(struct shade_tables *tables, const struct image *image) {
    const uint64_t all = (uint64_t)image_samples(image) * image_samples(image);
    colour_table_fill(&tables->colours, &image->colour);
    srgb_encoder_fill(&tables->encoder);
    tables->reciprocal = ((UINT64_C(1) << RECIPROCAL_BITS) + all - 1) / all;
    for (size_t k = 0; image->palette && k < PALETTE_COLOURS; k++)
        for (int channel = 0; channel < 3; channel++)
            tables->light[k][channel] = srgb_linear[image->palette->rgb[k][channel]];
}

static bool shade_allocate(struct shade *shade, const struct image *image) {
    const uint32_t samples = image_samples(image);
    shade->image = image;
    shade->columns = (size_t)image->width * samples;
    shade->indices = malloc(shade->columns);
    shade->rgb = calloc(image->width, sizeof *shade->rgb);
    if (samples > 1)
        shade->light = calloc(image->width, sizeof *shade->light);
    return shade->indices && shade->rgb && (samples == 1 || shade->light);
}

bool shade_begin(struct shade *shade, const struct image *image) {
    shade->tables = shade->owned = calloc(1, sizeof *shade->owned);
    if (!shade->owned)
        return false;
    shade_tables_fill(shade->owned, image);
    return shade_allocate(shade, image);
}

bool shade_begin_like(struct shade *shade, const struct shade *other) {
    shade->tables = other->tables;
    return shade_allocate(shade, other->image);
}

void shade_end(struct shade *shade) {
    free(shade->owned);
    free(shade->indices);
    free(shade->rgb);
    free(shade->light);
    *shade = (struct shade){0};
}

const uint8_t *shade_indices(struct shade *shade, const struct image_rows *rows, uint32_t row) {
    if (rows->indices)
        return rows->indices + row * shade->columns;
    colour_indices(&shade->tables->colours, rows->counts + row * shade->columns, shade->columns,
                   shade->indices);
    return shade->indices;
}

/* Adds the light of a row of samples to that of its pixels. */
static void add_light(struct shade *shade, const uint8_t *indices) {
    const uint32_t samples = image_samples(shade->image), width = shade->image->width;
    const uint32_t(*light)[SHADE_LANES] = shade->tables->light;
    for (size_t col = 0; col < width; col++) {
        uint32_t *pixel = shade->light[col], sum[SHADE_LANES];
        memcpy(sum, pixel, sizeof sum);
        for (uint32_t k = 0; k < samples; k++, indices++)
            for (int lane = 0; lane < SHADE_LANES; lane++)
                sum[lane] += light[*indices][lane];
        memcpy(pixel, sum, sizeof sum);
    }
}

/* The mean, to the nearest, and back to darkness for the next row of pixels. */
static void take_mean(struct shade *shade) {
    const uint32_t half = image_samples(shade->image) * image_samples(shade->image) / 2;
    const uint64_t reciprocal = shade->tables->reciprocal;
    const uint8_t *value = shade->tables->encoder.value;
    const uint32_t width = shade->image->width;
    const uint32_t(*light)[SHADE_LANES] = (const uint32_t(*)[SHADE_LANES])shade->light;
    uint8_t(*rgb)[3] = shade->rgb;
    for (size_t col = 0; col < width; col++)
        for (int channel = 0; channel < 3; channel++)
            rgb[col][channel] = value[(light[col][channel] + half) * reciprocal >> RECIPROCAL_BITS];
    memset(shade->light, 0, shade->image->width * sizeof *shade->light);
    shade->rows = 0;
}

const uint8_t (*shade_rgb(struct shade *shade, const struct image_rows *rows, uint32_t row))[3] {
    const uint8_t *indices = shade_indices(shade, rows, row);
    if (!shade->light) {
        for (size_t col = 0; col < shade->columns; col++)
            memcpy(shade->rgb[col], shade->image->palette->rgb[indices[col]], 3);
        return (const uint8_t(*)[3])shade->rgb;
    }
    add_light(shade, indices);
    if (++shade->rows < image_samples(shade->image))
        return NULL;
    take_mean(shade);
    return (const uint8_t(*)[3])shade->rgb;
}
