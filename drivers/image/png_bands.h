/* SPDX-License-Identifier: MIT
 * The pixels of a PNG file in bands of rows that are encoded independently, on any thread of any
 * rank, and that make the same file whoever encoded them: a band's chunk depends on its pixels
 * alone. Its rows are filtered without those above, and deflated by themselves (deflate_runs.h);
 * the sums of all bands are combined by whoever writes the file. */
#ifndef PLAIT_DRIVERS_PNG_BANDS_H
#define PLAIT_DRIVERS_PNG_BANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a picture is cut. */
struct png_bands {
    size_t row_bytes;     /* without the filter's */
    unsigned pixel_bytes; /* 1: indices into a palette, which no filter improves */
    uint32_t height;
    uint32_t rows;  /* of a band; the last may have fewer */
    uint32_t count; /* of bands */
};

/* The bands of a picture of width x height pixels of pixel_bytes each: of 128 KiB, or one row. */
struct png_bands png_bands_of(uint32_t width, uint32_t height, unsigned pixel_bytes);

/* How many rows a band has. */
uint32_t png_band_rows(const struct png_bands *bands, uint32_t band);

/* What a band becomes: the bytes of an IDAT chunk. */
struct png_chunk {
    uint8_t *bytes;
    size_t size;
    uint32_t adler; /* Adler-32 of what was deflated */
};

/* The memory that encoding takes, for one thread. All zero: none, which is safe to end. */
struct png_encoder {
    const struct png_bands *bands;
    uint8_t *rows; /* of a band, each after a byte for its filter */
    uint16_t *tokens;
    uint8_t *output;
};

/* false without memory. bands stay where they are. Free with png_encoder_end, also then. */
bool png_encoder_begin(struct png_encoder *encoder, const struct png_bands *bands);
void png_encoder_end(struct png_encoder *encoder);

/* Where the pixels of the `row`th row of a band belong, [bands->row_bytes]. */
uint8_t *png_encoder_row(const struct png_encoder *encoder, uint32_t row);

/* Encodes the band, whose rows are in their places and are lost after that. chunk->bytes are to be
 * freed by the caller. false without memory. */
bool png_band_encode(struct png_encoder *encoder, uint32_t band, struct png_chunk *chunk);

/* What surrounds the chunks of the bands in the one stream that they are: its first bytes, and its
 * last before the sum. */
enum { PNG_STREAM_BYTES = 2 };
extern const uint8_t png_stream_begin[PNG_STREAM_BYTES], png_stream_end[PNG_STREAM_BYTES];

/* The sum of all rows up to a band's, from that of those before it; of none it is 1. */
uint32_t png_adler_add(uint32_t adler, const struct png_bands *bands, uint32_t band,
                       const struct png_chunk *chunk);

#endif
