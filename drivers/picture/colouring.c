/* SPDX-License-Identifier: MIT
 * From a run to the image that writers take. */
#include "picture/colouring.h"

enum colour_value picture_colour_value(const struct picture *picture) {
    return picture->escape.kind == PLAIT_JULIA ? COLOUR_255_MINUS_COUNT : COLOUR_COUNT;
}

bool picture_is_smooth(const struct picture *picture) {
    bool has_colours = false;
    for (size_t k = 0; k < picture->options->out.count; k++) {
        struct failure ignored = {0};
        has_colours |=
            writer_has_colours(writer_format_find(picture->options->out.items[k], &ignored));
    }
    return has_colours && picture->options->colour == PICTURE_SMOOTH;
}

struct image picture_image(const struct picture *picture, struct colour_range range) {
    const uint32_t samples = (uint32_t)picture->options->samples;
    return (struct image){
        .width = picture->escape.width / samples,
        .height = picture->escape.height / samples,
        .samples = samples,
        .colour = {picture_colour_value(picture), range},
        .palette = &picture->palette,
        .texts = picture->provenance.texts,
        .text_count = PROVENANCE_TEXTS,
    };
}
