/* SPDX-License-Identifier: MIT
 * Threads that encode the bands of a picture (png_bands.h), from counts or from indices into its
 * palette. */
#ifndef PLAIT_DRIVERS_PNG_WORKERS_H
#define PLAIT_DRIVERS_PNG_WORKERS_H

#include "image/png_bands.h"
#include "image/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_worker;

/* All zero: none, which is safe to end. */
struct png_workers {
    const struct image *image;
    struct png_bands bands;
    int threads;
    struct png_worker *items; /* [threads] */
};

/* The bytes of a pixel of 16 bits of grey. */
enum { PNG_DEEP_GREY_BYTES = 2 };

/* The bands of an image. Pixels of one sample are indices into its palette, as small as can be;
 * means of several are colours of their own. */
struct png_bands png_bands_of_image(const struct image *image);

/* Makes image->threads workers for the image, which stays where it is. false without memory. Free
 * with png_workers_end, also then. */
bool png_workers_begin(struct png_workers *workers, const struct image *image);
void png_workers_end(struct png_workers *workers);

/* The palette indices of rows of samples, for rows that wait for the rest of their band. */
void png_workers_indices(struct png_workers *workers, const struct image_rows *rows,
                         uint8_t *indices);

/* A band to encode. */
struct png_job {
    uint32_t band;
    struct image_rows rows; /* of samples, all that the band has */
    struct png_chunk chunk; /* what it becomes */
};

/* How many jobs keep all threads busy. */
size_t png_workers_batch(const struct png_workers *workers);

/* Does all jobs. false without memory: no job has a chunk. */
bool png_workers_run(struct png_workers *workers, struct png_job *jobs, size_t count);

#endif
