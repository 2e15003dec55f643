/* SPDX-License-Identifier: MIT
 * Colours and encodes bands, each on one thread. */
#include "image/png_workers.h"

#include "image/shade.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Bands take different times, and other programs may have the core of a thread: at the end of a
 * batch threads wait for the last one, so batches should be few. A batch of chunks is in memory. */
enum { BANDS_PER_THREAD = 64 };

struct png_worker {
    struct shade shade;
    struct png_encoder encoder;
};

struct png_bands png_bands_of_image(const struct image *image) {
    const unsigned bytes = image->deep_grey            ? PNG_DEEP_GREY_BYTES
                           : image_samples(image) == 1 ? 1
                                                       : 3;
    return png_bands_of(image->width, image->height, bytes);
}

bool png_workers_begin(struct png_workers *workers, const struct image *image) {
    *workers = (struct png_workers){
        .image = image,
        .bands = png_bands_of_image(image),
        .threads = image->threads > 1 ? image->threads : 1,
    };
    if ((uint32_t)workers->threads > workers->bands.count)
        workers->threads = (int)workers->bands.count;
    workers->items = calloc((size_t)workers->threads, sizeof *workers->items);
    if (!workers->items)
        return false;
    bool ready = true;
    for (int k = 0; ready && k < workers->threads; k++) {
        struct png_worker *worker = &workers->items[k];
        ready = (k == 0 ? shade_begin(&worker->shade, image)
                        : shade_begin_like(&worker->shade, &workers->items[0].shade)) &&
                png_encoder_begin(&worker->encoder, &workers->bands);
    }
    return ready;
}

void png_workers_end(struct png_workers *workers) {
    for (int k = workers->items ? workers->threads : 0; k-- > 0;) {
        shade_end(&workers->items[k].shade);
        png_encoder_end(&workers->items[k].encoder);
    }
    free(workers->items);
    *workers = (struct png_workers){0};
}

size_t png_workers_batch(const struct png_workers *workers) {
    return (size_t)workers->threads * BANDS_PER_THREAD;
}

void png_workers_indices(struct png_workers *workers, const struct image_rows *rows,
                         uint8_t *indices) {
    struct shade *shade = &workers->items[0].shade;
    for (uint32_t row = 0; row < rows->rows; row++)
        memcpy(indices + row * shade->columns, shade_indices(shade, rows, row), shade->columns);
}

static bool png_worker_encode(struct png_worker *worker, struct png_job *job) {
    const struct png_bands *bands = worker->encoder.bands;
    uint32_t pixels = 0; /* rows of them that are in their places */
    for (uint32_t row = 0; row < job->rows.rows; row++) {
        const uint8_t *bytes;
        if (bands->pixel_bytes == 1) {
            bytes = shade_indices(&worker->shade, &job->rows, row);
        } else {
            const uint8_t(*rgb)[3] = shade_rgb(&worker->shade, &job->rows, row);
            bytes = rgb ? rgb[0] : NULL;
        }
        if (bytes)
            memcpy(png_encoder_row(&worker->encoder, pixels++), bytes, bands->row_bytes);
    }
    return png_band_encode(&worker->encoder, job->band, &job->chunk);
}

bool png_workers_run(struct png_workers *workers, struct png_job *jobs, size_t count) {
    int failed = 0;
    for (size_t k = 0; k < count; k++)
        jobs[k].chunk = (struct png_chunk){0};

#pragma omp parallel num_threads(workers->threads) reduction(| : failed)
    {
        struct png_worker *worker = &workers->items[omp_get_thread_num()];
#pragma omp for schedule(dynamic, 1)
        for (size_t k = 0; k < count; k++)
            failed |= !png_worker_encode(worker, &jobs[k]);
    }
    for (size_t k = 0; failed && k < count; k++) {
        free(jobs[k].chunk.bytes);
        jobs[k].chunk.bytes = NULL;
    }
    return !failed;
}
