/* SPDX-License-Identifier: MIT
 * From a run to the image that writers take. */
#include "cmd/picture_image.h"

enum colour_value picture_colour_value(const struct picture *picture) {
    return picture->escape.kind == PLAIT_JULIA ? COLOUR_255_MINUS_COUNT : COLOUR_COUNT;
}

struct image picture_image(const struct picture *picture, struct colour_range range) {
    return (struct image){
        .width = picture->escape.width,
        .height = picture->escape.height,
        .colour = {picture_colour_value(picture), range},
        .palette = &picture->palette,
    };
}
