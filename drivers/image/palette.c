/* SPDX-License-Identifier: MIT
 * Finds palettes by name. */
#include "image/palette.h"

#include <string.h>

static const struct palette *const palettes[] = {
    &palette_viridis, &palette_plasma, &palette_magma, &palette_inferno,
    &palette_cividis, &palette_turbo,  &palette_grey,
};

const char *const palette_names[] = {
    "viridis", "plasma", "magma", "inferno", "cividis", "turbo", "grey", NULL,
};

const struct palette *palette_at(size_t index) {
    return index < sizeof palettes / sizeof *palettes ? palettes[index] : NULL;
}

const struct palette *palette_find(const char *name) {
    for (size_t k = 0; k < sizeof palettes / sizeof *palettes; k++)
        if (strcmp(palettes[k]->name, name) == 0)
            return palettes[k];
    return NULL;
}
