/* SPDX-License-Identifier: MIT
 * A document as a list of blocks, made once and written as HTML, Markdown and PDF, so that all
 * three say the same. Texts are plain UTF-8; each writer escapes what its format needs. */
#ifndef PLAIT_DRIVERS_STUDY_DOCUMENT_H
#define PLAIT_DRIVERS_STUDY_DOCUMENT_H

#include "study/texts.h"

#include <stdio.h>

enum block_kind { BLOCK_HEADING, BLOCK_TEXT, BLOCK_ITEM, BLOCK_TABLE, BLOCK_FIGURE };

struct block {
    enum block_kind kind;
    char *text;         /* heading, text, item; caption of a table; what a figure shows */
    char *name;         /* figure: NAME.svg, NAME.png in the directory of the document */
    size_t columns;     /* table; its header is the first row of cells */
    bool behind_figure; /* table: the data of the figure before it */
    struct texts cells;
};

struct document {
    char *title;
    struct block *blocks;
    size_t count, capacity;
    bool failed; /* out of memory somewhere: reported by the writers */
};

void document_begin(struct document *document, const char *title);
void document_heading(struct document *document, const char *text);
void document_text(struct document *document, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void document_item(struct document *document, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void document_figure(struct document *document, const char *name, const char *text);

/* A table begins with its header, columns separated by '|'; its cells follow one by one. */
void document_table(struct document *document, const char *caption, const char *header,
                    bool behind_figure);
void document_cell(struct document *document, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes columns out of tables whose cells are all "-". Once, before writing. */
void document_drop_empty_columns(struct document *document);

/* Each writes the whole file, or none: EXIT_RUN. Figures are read from the directory of the
 * document.
 */
bool document_write_html(const struct document *document, const char *directory, const char *name,
                         struct failure *failure);
bool document_write_markdown(const struct document *document, const char *directory,
                             const char *name, struct failure *failure);
/* false without a failure where this build has no cairo. */
bool document_write_pdf(const struct document *document, const char *directory, const char *name,
                        struct failure *failure);

void document_free(struct document *document);

#endif
