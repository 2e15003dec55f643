/* SPDX-License-Identifier: MIT
 * Draws darts. */
#include "pi/pi_scatter.h"

#include "image/writer.h"
#include "plait/darts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* All dots together cover a twentieth of the square, so few of them meet. */
enum { DARTS = 4000, SIDE = 800, DOT = 3 };

/* Values of a pixel, for palette_scatter. */
enum { PAPER, INSIDE, OUTSIDE };

bool pi_scatter_check_name(const char *path, struct failure *failure) {
    const size_t length = strlen(path);
    return (length > 4 && strcasecmp(path + length - 4, ".png") == 0) ||
           failure_set(failure, EXIT_USAGE, "'%s' does not end in .png", path);
}

/* A dot around the dart, cut off at the edge; y points upwards. */
static void draw_dart(int32_t *pixels, const struct plait_dart *dart) {
    const int col = (int)((dart->x + 1) / 2 * SIDE);
    const int row = SIDE - 1 - (int)((dart->y + 1) / 2 * SIDE);
    for (int i = row - DOT / 2; i <= row + DOT / 2; i++)
        for (int j = col - DOT / 2; j <= col + DOT / 2; j++)
            if (i >= 0 && i < SIDE && j >= 0 && j < SIDE)
                pixels[i * SIDE + j] = dart->hit ? INSIDE : OUTSIDE;
}

static bool write_picture(const char *path, const int32_t *pixels, struct failure *failure) {
    const struct image image = {
        .width = SIDE,
        .height = SIDE,
        .colour = {.value = COLOUR_COUNT, .range = {PAPER, OUTSIDE}},
        .palette = &palette_scatter,
    };
    const struct writer_format *format = writer_format_find(path, failure);
    struct writer *writer = format ? writer_open(format, path, &image, failure) : NULL;
    if (!writer)
        return false;
    if (!writer_rows(writer, pixels, SIDE, failure)) {
        writer_abandon(writer);
        return false;
    }
    return writer_close(writer, failure);
}

bool pi_scatter_draw(const char *path, enum plait_generator generator, uint64_t seed,
                     uint64_t darts, struct failure *failure) {
    const uint64_t count = darts < DARTS ? darts : DARTS;
    struct plait_dart *thrown = malloc(count * sizeof *thrown);
    int32_t *pixels = calloc((size_t)SIDE * SIDE, sizeof *pixels);
    bool drawn = false;
    if (!thrown || !pixels) {
        failure_set(failure, EXIT_RUN, "out of memory for '%s'", path);
    } else {
        const struct plait_darts_range range = {
            .generator = generator, .seed = seed, .count = count};
        (void)plait_darts_throw(&range, thrown);
        for (uint64_t k = 0; k < count; k++)
            draw_dart(pixels, &thrown[k]);
        drawn = write_picture(path, pixels, failure);
    }
    free(thrown);
    free(pixels);
    return drawn;
}
