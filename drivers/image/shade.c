/* SPDX-License-Identifier: MIT
 * Colours rows, and averages samples in integers. */
#include "image/shade.h"

#include <stdlib.h>
#include <string.h>

bool shade_begin(struct shade *shade, const struct image *image) {
    const uint32_t samples = image_samples(image);
    shade->image = image;
    shade->columns = (size_t)image->width * samples;
    shade->indices = malloc(shade->columns);
    shade->rgb = calloc(image->width, sizeof *shade->rgb);
    if (samples > 1)
        shade->light = calloc(image->width, sizeof *shade->light);
    colour_table_fill(&shade->colours, &image->colour);
    srgb_encoder_fill(&shade->encoder);
    return shade->indices && shade->rgb && (samples == 1 || shade->light);
}

void shade_end(struct shade *shade) {
    free(shade->indices);
    free(shade->rgb);
    free(shade->light);
}

const uint8_t *shade_indices(struct shade *shade, const struct image_rows *rows, uint32_t row) {
    if (rows->indices)
        return rows->indices + row * shade->columns;
    colour_indices(&shade->colours, rows->counts + row * shade->columns, shade->columns,
                   shade->indices);
    return shade->indices;
}

/* Adds the light of a row of samples to that of its pixels. */
static void add_light(struct shade *shade, const uint8_t *indices) {
    const uint32_t samples = image_samples(shade->image);
    const uint8_t(*colours)[3] = shade->image->palette->rgb;
    for (size_t col = 0; col < shade->image->width; col++)
        for (uint32_t k = 0; k < samples; k++)
            for (int channel = 0; channel < 3; channel++)
                shade->light[col][channel] +=
                    srgb_linear[colours[indices[col * samples + k]][channel]];
}

/* The mean, to the nearest, and back to darkness for the next row of pixels. */
static void take_mean(struct shade *shade) {
    const uint32_t all = image_samples(shade->image) * image_samples(shade->image);
    for (size_t col = 0; col < shade->image->width; col++)
        for (int channel = 0; channel < 3; channel++)
            shade->rgb[col][channel] =
                shade->encoder.value[(shade->light[col][channel] + all / 2) / all];
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
