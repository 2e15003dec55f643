/* SPDX-License-Identifier: MIT
 * PDF by cairo: one page with the picture at 100 dots per inch. Cairo wants the whole picture
 * before it writes the page, so a row is coloured as it comes and kept, four bytes a pixel. */
#include "image/format.h"

#ifdef PLAIT_HAVE_CAIRO
#include "image/shade.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <stdlib.h>

/* A point is 1/72 inch. */
static const double points_per_pixel = 72.0 / 100.0;

struct pdf {
    struct writer *writer;
    cairo_surface_t *pixels;
    uint32_t rows; /* of pixels that are there */
    struct failure *failure;
    struct shade shade;
};

static bool writer_pdf_begin(struct writer *writer, struct failure *failure) {
    struct pdf *pdf = writer->state = calloc(1, sizeof *pdf);
    if (!pdf || !shade_begin(&pdf->shade, &writer->image))
        return atomic_file_failed(&writer->file, ENOMEM, failure);
    pdf->writer = writer;
    pdf->pixels = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)writer->image.width,
                                             (int)writer->image.height);
    return cairo_surface_status(pdf->pixels) == CAIRO_STATUS_SUCCESS ||
           atomic_file_failed(&writer->file, ENOMEM, failure);
}

/* A pixel of cairo is a number of 32 bits, 0x00RRGGBB. */
static void keep_row(struct pdf *pdf, const uint8_t (*rgb)[3]) {
    const size_t stride = (size_t)cairo_image_surface_get_stride(pdf->pixels);
    unsigned char *start = cairo_image_surface_get_data(pdf->pixels) + pdf->rows * stride;
    uint32_t *row = (uint32_t *)(void *)start;
    for (size_t col = 0; col < pdf->writer->image.width; col++)
        row[col] = (uint32_t)rgb[col][0] << 16 | (uint32_t)rgb[col][1] << 8 | rgb[col][2];
    pdf->rows++;
}

static bool writer_pdf_write_rows(struct writer *writer, const struct image_rows *rows,
                                  struct failure *failure) {
    struct pdf *pdf = writer->state;
    (void)failure;
    for (uint32_t row = 0; row < rows->rows; row++) {
        const uint8_t(*rgb)[3] = shade_rgb(&pdf->shade, rows, row);
        if (rgb)
            keep_row(pdf, rgb);
    }
    return true;
}

static cairo_status_t writer_pdf_on_write(void *closure, const unsigned char *data,
                                          unsigned int bytes) {
    struct pdf *pdf = closure;
    return atomic_file_write(&pdf->writer->file, data, bytes, pdf->failure)
               ? CAIRO_STATUS_SUCCESS
               : CAIRO_STATUS_WRITE_ERROR;
}

/* Pixels stay squares, however far a viewer zooms in. */
static void writer_pdf_draw(struct pdf *pdf, cairo_surface_t *page) {
    cairo_t *context = cairo_create(page);
    cairo_scale(context, points_per_pixel, points_per_pixel);
    cairo_set_source_surface(context, pdf->pixels, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST);
    cairo_paint(context);
    cairo_destroy(context);
}

static bool writer_pdf_finish(struct writer *writer, struct failure *failure) {
    struct pdf *pdf = writer->state;
    const struct image *image = &writer->image;
    pdf->failure = failure;
    cairo_surface_mark_dirty(pdf->pixels);
    cairo_surface_t *page = cairo_pdf_surface_create_for_stream(writer_pdf_on_write, pdf,
                                                                image->width * points_per_pixel,
                                                                image->height * points_per_pixel);
    /* The same picture is the same file, whenever it is drawn. */
    cairo_pdf_surface_set_metadata(page, CAIRO_PDF_METADATA_CREATE_DATE, "");
    writer_pdf_draw(pdf, page);
    cairo_surface_finish(page);
    const cairo_status_t status = cairo_surface_status(page);
    cairo_surface_destroy(page);
    /* A failed write has described itself, and failure_set keeps the first cause. */
    return status == CAIRO_STATUS_SUCCESS ||
           failure_set(failure, EXIT_RUN, "cannot write '%s': cairo: %s", writer->file.path,
                       cairo_status_to_string(status));
}

static void writer_pdf_release(struct writer *writer) {
    struct pdf *pdf = writer->state;
    if (!pdf)
        return;
    cairo_surface_destroy(pdf->pixels); /* NULL is allowed */
    shade_end(&pdf->shade);
    free(pdf);
}

const struct writer_format writer_pdf = {
    .name = "pdf",
    .ending = ".pdf",
    .has_colours = true,
    .side_max = 32767, /* of a picture of cairo's */
    .pixel_bytes = 4,
    .begin = writer_pdf_begin,
    .rows = writer_pdf_write_rows,
    .finish = writer_pdf_finish,
    .release = writer_pdf_release,
};

#else

const struct writer_format writer_pdf = {
    .name = "pdf",
    .ending = ".pdf",
    .has_colours = true,
    .missing = "libcairo2-dev",
};

#endif
