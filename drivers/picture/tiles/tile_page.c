/* SPDX-License-Identifier: MIT
 * Fills in the template. */
#include "picture/tiles/tile_page.h"

#include "files/html_text.h"
#include "image/tile_levels.h"

#include <inttypes.h>
#include <string.h>

extern const unsigned char picture_tile_page[];
extern const size_t picture_tile_page_bytes;

static const char *tile_page_find(const struct tile_page *page, const char *name) {
    for (size_t k = 0; k < page->text_count; k++)
        if (strcmp(page->texts[k].name, name) == 0)
            return page->texts[k].text;
    return "";
}

/* What stands for a name in the template. */
static void tile_page_fill(const struct tile_page *page, const char *name, size_t length,
                           FILE *stream) {
    static const char *const texts[][2] = {
        {"COMMAND", "plait-command"},
        {"VERSION", "plait-version"},
        {"CHECKSUM", "plait-fnv1a"},
    };
    const struct {
        const char *name;
        uint32_t value;
    } numbers[] = {
        {"WIDTH", page->width},
        {"HEIGHT", page->height},
        {"SIDE", TILE_SIDE},
        {"OVERLAP", TILE_OVERLAP},
        {"LEVEL", tile_steps(page->width, page->height)},
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (strlen(texts[k][0]) == length && strncmp(texts[k][0], name, length) == 0)
            html_text_put(stream, tile_page_find(page, texts[k][1]));
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (strlen(numbers[k].name) == length && strncmp(numbers[k].name, name, length) == 0)
            fprintf(stream, "%" PRIu32, numbers[k].value);
}

/* Names stand between two '$', which the template has nowhere else. */
void tile_page_write(const struct tile_page *page, FILE *stream) {
    const char *text = (const char *)picture_tile_page;
    const char *const end = text + picture_tile_page_bytes;
    while (text < end) {
        const char *mark = memchr(text, '$', (size_t)(end - text));
        fwrite(text, 1, (size_t)((mark ? mark : end) - text), stream);
        if (!mark)
            break;
        const char *close = memchr(mark + 1, '$', (size_t)(end - mark - 1));
        if (!close)
            break;
        tile_page_fill(page, mark + 1, (size_t)(close - mark - 1), stream);
        text = close + 1;
    }
}
