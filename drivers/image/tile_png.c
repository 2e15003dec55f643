/* SPDX-License-Identifier: MIT
 * Chunks of a PNG around its bands. A picture has thousands of tiles, which threads make side by
 * side: a few chunks of known lengths are written faster than libpng is started. */
#include "image/tile_png.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK_HEAD = 8, CHUNK_SUM = 4, HEADER_BYTES = 13 };
enum { COLOUR_RGB = 2, COLOUR_PALETTE = 3, DEPTH = 8 };

static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/* A row that alone fills a band: no band has more bytes. */
static const uint32_t band_row_bytes = (1 << 17) - 1;

bool tile_png_begin(struct tile_png *png) {
    *png = (struct tile_png){.largest = png_bands_of(band_row_bytes, 1, 1)};
    return png_encoder_begin(&png->encoder, &png->largest);
}

void tile_png_end(struct tile_png *png) {
    png_encoder_end(&png->encoder);
    free(png->bytes);
    *png = (struct tile_png){0};
}

static void put_word(uint8_t *to, uint32_t word) {
    for (int k = 0; k < 4; k++)
        to[k] = (uint8_t)(word >> (24 - 8 * k));
}

/* Space for that many bytes more. NULL without memory. */
static uint8_t *png_append(struct tile_png *png, size_t bytes) {
    if (png->size + bytes > png->capacity) {
        const size_t capacity = 2 * (png->size + bytes);
        uint8_t *grown = realloc(png->bytes, capacity);
        if (!grown)
            return NULL;
        png->bytes = grown;
        png->capacity = capacity;
    }
    png->size += bytes;
    return png->bytes + png->size - bytes;
}

static bool png_append_chunk(struct tile_png *png, const char *type, const void *content,
                             size_t bytes) {
    uint8_t *chunk = png_append(png, CHUNK_HEAD + bytes + CHUNK_SUM);
    if (!chunk)
        return false;
    put_word(chunk, (uint32_t)bytes);
    memcpy(chunk + 4, type, 4);
    if (bytes > 0)
        memcpy(chunk + CHUNK_HEAD, content, bytes);
    put_word(chunk + CHUNK_HEAD + bytes, (uint32_t)crc32(0, chunk + 4, (uInt)(4 + bytes)));
    return true;
}

static bool png_append_bands(struct tile_png *png, const struct tile_pixels *pixels) {
    uint32_t adler = 1;
    uint8_t last[PNG_STREAM_BYTES + 4];
    png->encoder.bands = &png->bands;
    if (!png_append_chunk(png, "IDAT", png_stream_begin, PNG_STREAM_BYTES))
        return false;
    for (uint32_t band = 0, row = 0; band < png->bands.count; band++) {
        struct png_chunk chunk;
        for (uint32_t k = 0; k < png_band_rows(&png->bands, band); k++)
            pixels->row(pixels->context, row++, png_encoder_row(&png->encoder, k));
        if (!png_band_encode(&png->encoder, band, &chunk))
            return false;
        adler = png_adler_add(adler, &png->bands, band, &chunk);
        const bool appended = png_append_chunk(png, "IDAT", chunk.bytes, chunk.size);
        free(chunk.bytes);
        if (!appended)
            return false;
    }
    memcpy(last, png_stream_end, PNG_STREAM_BYTES);
    put_word(last + PNG_STREAM_BYTES, adler);
    return png_append_chunk(png, "IDAT", last, sizeof last);
}

bool tile_png_make(struct tile_png *png, const struct tile_pixels *pixels) {
    uint8_t header[HEADER_BYTES] = {0};
    put_word(header, pixels->width);
    put_word(header + 4, pixels->height);
    header[8] = DEPTH;
    header[9] = pixels->palette ? COLOUR_PALETTE : COLOUR_RGB;
    png->bands = png_bands_of(pixels->width, pixels->height, pixels->palette ? 1 : 3);
    png->size = 0;
    uint8_t *begin = png_append(png, sizeof signature);
    if (!begin)
        return false;
    memcpy(begin, signature, sizeof signature);
    return png_append_chunk(png, "IHDR", header, sizeof header) &&
           (!pixels->palette ||
            png_append_chunk(png, "PLTE", pixels->palette->rgb, sizeof pixels->palette->rgb)) &&
           png_append_bands(png, pixels) && png_append_chunk(png, "IEND", NULL, 0);
}
