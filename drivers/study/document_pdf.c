/* SPDX-License-Identifier: MIT
 * The document as PDF, by cairo: A4, figures from their PNG files. */
#include "study/document.h"

#include <stdlib.h>
#include <string.h>

#ifndef PLAIT_HAVE_CAIRO

bool document_write_pdf(const struct document *document, const char *directory, const char *name,
                        struct failure *failure) {
    (void)document, (void)directory, (void)name, (void)failure;
    return false;
}

#else

#include "base/atomic_file.h"

#include <cairo-pdf.h>
#include <math.h>

static const double PAGE_WIDTH = 595, PAGE_HEIGHT = 842, MARGIN = 48; /* points */
enum { COLUMNS_MAX = 24, WORD_BYTES = 512 };

struct pdf_page {
    cairo_t *cairo;
    double y; /* where the next line begins */
};

static void set_font(struct pdf_page *page, double size, bool bold) {
    cairo_select_font_face(page->cairo, "sans", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(page->cairo, size);
}

static double text_width(struct pdf_page *page, const char *text) {
    cairo_text_extents_t extents;
    cairo_text_extents(page->cairo, text, &extents);
    return extents.x_advance;
}

static void need_space(struct pdf_page *page, double height) {
    if (page->y + height <= PAGE_HEIGHT - MARGIN)
        return;
    cairo_show_page(page->cairo);
    page->y = MARGIN;
}

/* A place for wrapped text. */
struct pdf_column {
    double x, y, width, line_height; /* the first line is below y */
    bool draw;                       /* else its height is measured only */
};

/* Wraps text into a column and returns its height. */
static double put_wrapped(struct pdf_page *page, const char *text,
                          const struct pdf_column *column) {
    const double width = column->width, line_height = column->line_height;
    const double space = text_width(page, "n");
    double at = 0, height = line_height;
    while (*(text += strspn(text, " "))) {
        char word[WORD_BYTES];
        size_t bytes = strcspn(text, " ");
        if (bytes >= sizeof word)
            bytes = sizeof word - 1;
        snprintf(word, sizeof word, "%.*s", (int)bytes, text);
        double length = text_width(page, word);
        while (length > width && bytes > 1) { /* no line is as long: it breaks within */
            do
                bytes--;
            while (bytes > 1 && (word[bytes] & 0xc0) == 0x80); /* not within a character */
            word[bytes] = '\0';
            length = text_width(page, word);
        }
        if (at > 0 && at + length > width) {
            at = 0;
            height += line_height;
        }
        if (column->draw) {
            cairo_move_to(page->cairo, column->x + at, column->y + height - 0.25 * line_height);
            cairo_show_text(page->cairo, word);
        }
        at += length + space * 0.5;
        text += bytes;
    }
    return height;
}

static void document_pdf_put_paragraph(struct pdf_page *page, const char *text, double size,
                                       bool bold, double indent) {
    const double width = PAGE_WIDTH - 2 * MARGIN - indent, line = 1.35 * size;
    set_font(page, size, bold);
    const double height = put_wrapped(page, text, &(struct pdf_column){0, 0, width, line, false});
    need_space(page, height);
    if (indent > 0) {
        cairo_new_path(page->cairo);
        cairo_arc(page->cairo, MARGIN + 5, page->y + 0.62 * line, 1.5, 0, 2 * acos(-1));
        cairo_fill(page->cairo);
    }
    put_wrapped(page, text, &(struct pdf_column){MARGIN + indent, page->y, width, line, true});
    page->y += height + 0.45 * size;
}

static double longest_word(struct pdf_page *page, const char *text) {
    double longest = 0;
    while (*(text += strspn(text, " "))) {
        char word[WORD_BYTES];
        const size_t bytes = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)bytes, text);
        longest = fmax(longest, text_width(page, word));
        text += bytes;
    }
    return longest;
}

/* Columns as wide as their cells want; where that is too much the widest gives way and wraps, down
 * to its longest word. Returns the width of all. */
static double find_widths(struct pdf_page *page, const struct block *block, double size,
                          double *widths) {
    const double gap = 7, whole = PAGE_WIDTH - 2 * MARGIN;
    double sum = 0, least[COLUMNS_MAX];
    for (size_t c = 0; c < block->columns; c++) {
        widths[c] = least[c] = 0;
        for (size_t k = c; k < block->cells.count; k += block->columns) {
            set_font(page, size, k < block->columns);
            widths[c] = fmax(widths[c], text_width(page, block->cells.items[k]) + gap);
            least[c] = fmax(least[c], longest_word(page, block->cells.items[k]) + gap);
        }
        sum += widths[c];
    }
    while (sum > whole) {
        size_t widest = block->columns;
        for (size_t c = 0; c < block->columns; c++)
            if (widths[c] > least[c] && (widest == block->columns || widths[c] > widths[widest]))
                widest = c;
        if (widest == block->columns)
            break;
        const double less =
            fmin(fmin(sum - whole, widths[widest] - least[widest]), fmax(1, 0.1 * widths[widest]));
        widths[widest] -= less;
        sum -= less;
    }
    return sum;
}

static void put_table(struct pdf_page *page, const struct block *block) {
    double size = 7.5;
    double widths[COLUMNS_MAX];
    if (block->columns == 0 || block->columns > COLUMNS_MAX)
        return;
    document_pdf_put_paragraph(page, block->text, 8.5, true, 0);
    while (find_widths(page, block, size, widths) > PAGE_WIDTH - 2 * MARGIN + 1 && size > 4)
        size -= 0.5;
    const double line = 1.3 * size;
    for (size_t row = 0; row < block->cells.count; row += block->columns) {
        double height = 0, x = MARGIN;
        set_font(page, size, row == 0);
        for (size_t c = 0; c < block->columns && row + c < block->cells.count; c++)
            height =
                fmax(height, put_wrapped(page, block->cells.items[row + c],
                                         &(struct pdf_column){0, 0, widths[c] - 6, line, false}));
        need_space(page, height + 4);
        for (size_t c = 0; c < block->columns && row + c < block->cells.count; c++) {
            put_wrapped(page, block->cells.items[row + c],
                        &(struct pdf_column){x, page->y, widths[c] - 6, line, true});
            x += widths[c];
        }
        page->y += height + 3;
        cairo_set_line_width(page->cairo, row == 0 ? 0.8 : 0.2);
        cairo_move_to(page->cairo, MARGIN, page->y);
        cairo_line_to(page->cairo, x, page->y);
        cairo_stroke(page->cairo);
        page->y += 1;
    }
    page->y += 10;
}

static void put_figure(struct pdf_page *page, const struct block *block, const char *directory) {
    char *path = text_format("%s/%s.png", directory, block->name);
    cairo_surface_t *picture = path ? cairo_image_surface_create_from_png(path) : NULL;
    if (picture && cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS) {
        const double width = cairo_image_surface_get_width(picture);
        const double scale = 0.8 * (PAGE_WIDTH - 2 * MARGIN) / width;
        const double height = scale * cairo_image_surface_get_height(picture);
        need_space(page, height + 30);
        cairo_save(page->cairo);
        cairo_translate(page->cairo, MARGIN, page->y);
        cairo_scale(page->cairo, scale, scale);
        cairo_set_source_surface(page->cairo, picture, 0, 0);
        cairo_paint(page->cairo);
        cairo_restore(page->cairo);
        page->y += height + 4;
    }
    cairo_surface_destroy(picture);
    free(path);
    document_pdf_put_paragraph(page, block->text, 8.5, false, 0);
}

static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned bytes) {
    struct failure ignored = {0};
    return atomic_file_write(context, data, bytes, &ignored) ? CAIRO_STATUS_SUCCESS
                                                             : CAIRO_STATUS_WRITE_ERROR;
}

bool document_write_pdf(const struct document *document, const char *directory, const char *name,
                        struct failure *failure) {
    struct atomic_file file = {0};
    char *path = text_format("%s/%s", directory, name);
    if (document->failed || !path)
        return failure_set(failure, EXIT_RUN, "out of memory for the report");
    const bool opened = atomic_file_open(&file, path, failure);
    free(path);
    if (!opened)
        return false;
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, &file, PAGE_WIDTH, PAGE_HEIGHT);
    struct pdf_page page = {cairo_create(surface), MARGIN};
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->title);
    document_pdf_put_paragraph(&page, document->title, 17, true, 0);
    for (size_t k = 0; k < document->count; k++) {
        const struct block *block = &document->blocks[k];
        switch (block->kind) {
        case BLOCK_HEADING:
            page.y += 8;
            need_space(
                &page,
                k + 1 < document->count && document->blocks[k + 1].kind == BLOCK_FIGURE ? 340 : 80);
            document_pdf_put_paragraph(&page, block->text, 12.5, true, 0);
            break;
        case BLOCK_TEXT:
            document_pdf_put_paragraph(&page, block->text, 9.5, false, 0);
            break;
        case BLOCK_ITEM:
            document_pdf_put_paragraph(&page, block->text, 9.5, false, 14);
            break;
        case BLOCK_TABLE:
            put_table(&page, block);
            break;
        case BLOCK_FIGURE:
            put_figure(&page, block, directory);
            break;
        }
    }
    cairo_destroy(page.cairo);
    cairo_surface_finish(surface);
    const cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS && file.error_number == 0) {
        atomic_file_abandon(&file);
        return failure_set(failure, EXIT_RUN, "cannot write '%s/%s': %s", directory, name,
                           cairo_status_to_string(status));
    }
    return atomic_file_commit(&file, failure);
}

#endif
