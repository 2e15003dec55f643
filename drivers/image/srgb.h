/* SPDX-License-Identifier: MIT
 * Between the values of sRGB files and the light that they stand for, in integers, so that averages
 * of colours are the same on every machine. */
#ifndef PLAIT_DRIVERS_SRGB_H
#define PLAIT_DRIVERS_SRGB_H

#include <stdint.h>

/* The light of each value of a channel, 65535 for all of it. Strictly rising. */
extern const uint16_t srgb_linear[256];

/* The value whose light is nearest to a given one, of two that are as near the lower. 64 KiB: let
 * it live on the heap. */
struct srgb_encoder {
    uint8_t value[65536];
};

void srgb_encoder_fill(struct srgb_encoder *encoder);

#endif
