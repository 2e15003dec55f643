/* SPDX-License-Identifier: MIT
 * The page of a Deep Zoom Image, one file that needs nothing but the tiles next to it. Its
 * template, with the viewer, is tile_page.html. No MPI. */
#ifndef PLAIT_DRIVERS_TILE_PAGE_H
#define PLAIT_DRIVERS_TILE_PAGE_H

#include "base/named_text.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct tile_page {
    uint32_t width, height;         /* of the picture */
    const struct named_text *texts; /* how it was made (picture/provenance.h) */
    size_t text_count;
};

/* Errors are the stream's. */
void tile_page_write(const struct tile_page *page, FILE *stream);

#endif
