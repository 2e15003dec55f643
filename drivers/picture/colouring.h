/* SPDX-License-Identifier: MIT
 * How the counts of a run become colours. */
#ifndef PLAIT_DRIVERS_PICTURE_IMAGE_H
#define PLAIT_DRIVERS_PICTURE_IMAGE_H

#include "image/writer.h"
#include "picture/picture_report.h"

#include <stdbool.h>

/* What of a pixel is drawn. */
enum colour_value picture_colour_value(const struct picture *picture);

/* Whether some output needs smooth values: the same on all ranks. Every output must have a format,
 * which files_check finds out. */
bool picture_is_smooth(const struct picture *picture);

/* The image for the writers; range is that of all its pixels. It has texts once the provenance of
 * the picture is sealed. */
struct image picture_image(const struct picture *picture, struct colour_range range);

#endif
