/* SPDX-License-Identifier: MIT
 * Blocks, and the writers of HTML and Markdown. */
#include "study/document.h"

#include "base/atomic_file.h"
#include "files/html_text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The page of drivers/study/page.html, from the build. */
extern const unsigned char study_page[];
extern const size_t study_page_bytes;

/* -- blocks --------------------------------------------------------------------------------------
 */

void document_begin(struct document *document, const char *title) {
    *document = (struct document){.title = strdup(title)};
    document->failed = document->title == NULL;
}

static struct block *document_add_block(struct document *document, enum block_kind kind,
                                        char *text) {
    static struct block nowhere;
    if (document->count == document->capacity) {
        const size_t capacity = document->capacity ? 2 * document->capacity : 32;
        struct block *blocks = realloc(document->blocks, capacity * sizeof *blocks);
        if (blocks) {
            document->blocks = blocks;
            document->capacity = capacity;
        }
    }
    if (!text || document->count == document->capacity) {
        document->failed = true;
        free(text);
        nowhere = (struct block){0};
        return &nowhere;
    }
    struct block *block = &document->blocks[document->count++];
    *block = (struct block){.kind = kind, .text = text};
    return block;
}

static char *format_list(const char *format, va_list arguments) {
    char *text = NULL;
    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

void document_heading(struct document *document, const char *text) {
    document_add_block(document, BLOCK_HEADING, strdup(text));
}

void document_text(struct document *document, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    document_add_block(document, BLOCK_TEXT, format_list(format, arguments));
    va_end(arguments);
}

void document_item(struct document *document, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    document_add_block(document, BLOCK_ITEM, format_list(format, arguments));
    va_end(arguments);
}

void document_figure(struct document *document, const char *name, const char *text) {
    struct block *block = document_add_block(document, BLOCK_FIGURE, strdup(text));
    block->name = document->failed ? NULL : strdup(name);
    document->failed = document->failed || !block->name;
}

void document_table(struct document *document, const char *caption, const char *header,
                    bool behind_figure) {
    struct failure ignored = {0};
    struct block *block = document_add_block(document, BLOCK_TABLE, strdup(caption));
    if (document->failed)
        return;
    block->behind_figure = behind_figure;
    for (const char *name = header; name; name = strchr(name, '|') ? strchr(name, '|') + 1 : NULL) {
        if (!texts_add_part(&block->cells, name, strcspn(name, "|"), &ignored))
            document->failed = true;
        block->columns++;
    }
}

void document_cell(struct document *document, const char *format, ...) {
    struct failure ignored = {0};
    va_list arguments;
    va_start(arguments, format);
    char *text = format_list(format, arguments);
    va_end(arguments);
    if (document->failed || !text ||
        !texts_add(&document->blocks[document->count - 1].cells, text, &ignored))
        document->failed = true;
    free(text);
}

void document_drop_empty_columns(struct document *document) {
    for (size_t b = 0; b < document->count; b++) {
        struct block *block = &document->blocks[b];
        for (size_t column = block->columns; column-- > 0 && block->cells.count > block->columns;) {
            bool empty = true;
            for (size_t k = block->columns + column; k < block->cells.count && empty;
                 k += block->columns)
                empty = strcmp(block->cells.items[k], "-") == 0;
            size_t kept = 0;
            for (size_t k = 0; empty && k < block->cells.count; k++)
                if (k % block->columns == column)
                    free(block->cells.items[k]);
                else
                    block->cells.items[kept++] = block->cells.items[k];
            if (empty) {
                block->cells.count = kept;
                block->columns--;
            }
        }
    }
}

void document_free(struct document *document) {
    for (size_t k = 0; k < document->count; k++) {
        free(document->blocks[k].text);
        free(document->blocks[k].name);
        texts_free(&document->blocks[k].cells);
    }
    free(document->blocks);
    free(document->title);
    *document = (struct document){0};
}

/* Opens DIRECTORY/NAME, unless the document is not whole. */
static bool open_output(const struct document *document, const char *directory, const char *name,
                        struct atomic_file *file, struct failure *failure) {
    char *path = text_format("%s/%s", directory, name);
    const bool good = !document->failed && path
                          ? atomic_file_open(file, path, failure)
                          : failure_set(failure, EXIT_RUN, "out of memory for the report");
    free(path);
    return good;
}

/* Whether a cell is a number or stands for one: it stands at the right. */
static bool cell_is_number(const char *text) {
    if (strcmp(text, "-") == 0 || strcmp(text, "base") == 0)
        return true;
    return strpbrk(text, "0123456789") && strspn(text, "+-0123456789.,%e to") == strlen(text);
}

/* -- HTML ----------------------------------------------------------------------------------------
 */

/* The picture as a part of the page: base64 of its bytes. */
static void put_svg(FILE *stream, const char *directory, const char *name) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *path = text_format("%s/%s.svg", directory, name);
    FILE *picture = path ? fopen(path, "re") : NULL;
    unsigned char bytes[3];
    size_t count;
    while (picture && (count = fread(bytes, 1, 3, picture)) > 0) {
        const unsigned triple = (unsigned)bytes[0] << 16 |
                                (count > 1 ? (unsigned)bytes[1] << 8 : 0) |
                                (count > 2 ? bytes[2] : 0);
        fputc(digits[triple >> 18], stream);
        fputc(digits[triple >> 12 & 63], stream);
        fputc(count > 1 ? digits[triple >> 6 & 63] : '=', stream);
        fputc(count > 2 ? digits[triple & 63] : '=', stream);
    }
    if (picture)
        fclose(picture);
    free(path);
}

static void put_html_table(FILE *stream, const struct block *block, size_t number) {
    if (block->behind_figure)
        fputs("<details><summary>The data of this figure</summary>\n", stream);
    fprintf(stream, "<p class=\"caption\" id=\"table%zu\">", number);
    html_text_put(stream, block->text);
    fprintf(stream,
            "</p>\n<div class=\"scroll\" tabindex=\"0\"><table aria-labelledby=\"table%zu\">",
            number);
    fputs("\n<thead><tr>", stream);
    for (size_t k = 0; k < block->columns; k++) {
        /* As the cells below it stand. */
        const bool numbers = block->cells.count > block->columns + k &&
                             cell_is_number(block->cells.items[block->columns + k]);
        fprintf(stream, "<th scope=\"col\"%s>", numbers ? " class=\"n\"" : "");
        html_text_put(stream, block->cells.items[k]);
        fputs("</th>", stream);
    }
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t k = block->columns; k < block->cells.count; k++) {
        const size_t column = k % block->columns;
        const char *cell = block->cells.items[k];
        const char *tag = column == 0 ? "th" : "td";
        fputs(column == 0 ? "<tr>" : "", stream);
        fprintf(stream, "<%s%s%s>", tag, column == 0 ? " scope=\"row\"" : "",
                cell_is_number(cell) ? " class=\"n\"" : "");
        html_text_put(stream, cell);
        fprintf(stream, "</%s>%s", tag, column + 1 == block->columns ? "</tr>\n" : "");
    }
    fputs("</tbody></table></div>\n", stream);
    if (block->behind_figure)
        fputs("</details>\n", stream);
}

static void put_html_body(FILE *stream, const struct document *document, const char *directory) {
    for (size_t k = 0; k < document->count; k++) {
        const struct block *block = &document->blocks[k];
        const bool item_before = k > 0 && document->blocks[k - 1].kind == BLOCK_ITEM;
        const bool item_after =
            k + 1 < document->count && document->blocks[k + 1].kind == BLOCK_ITEM;
        switch (block->kind) {
        case BLOCK_HEADING:
            fputs("<h2>", stream);
            html_text_put(stream, block->text);
            fputs("</h2>\n", stream);
            break;
        case BLOCK_TEXT:
            fputs("<p>", stream);
            html_text_put(stream, block->text);
            fputs("</p>\n", stream);
            break;
        case BLOCK_ITEM:
            fputs(item_before ? "<li>" : "<ul>\n<li>", stream);
            html_text_put(stream, block->text);
            fputs(item_after ? "</li>\n" : "</li>\n</ul>\n", stream);
            break;
        case BLOCK_TABLE:
            put_html_table(stream, block, k);
            break;
        case BLOCK_FIGURE:
            fputs(
                "<figure><div class=\"scroll\" tabindex=\"0\"><img src=\"data:image/svg+xml;base64,",
                stream);
            put_svg(stream, directory, block->name);
            fputs("\" alt=\"", stream);
            html_text_put(stream, block->text);
            fputs("\"></div><figcaption>", stream);
            html_text_put(stream, block->text);
            fputs("</figcaption></figure>\n", stream);
            break;
        }
    }
}

bool document_write_html(const struct document *document, const char *directory, const char *name,
                         struct failure *failure) {
    struct atomic_file file;
    if (!open_output(document, directory, name, &file, failure))
        return false;
    /* The template, with @TITLE@ and @BODY@ in their places. */
    for (size_t k = 0; k < study_page_bytes;) {
        const char *rest = (const char *)study_page + k;
        const size_t left = study_page_bytes - k;
        if (left >= 7 && memcmp(rest, "@TITLE@", 7) == 0) {
            html_text_put(file.stream, document->title);
            k += 7;
        } else if (left >= 6 && memcmp(rest, "@BODY@", 6) == 0) {
            put_html_body(file.stream, document, directory);
            k += 6;
        } else {
            fputc(*rest, file.stream);
            k++;
        }
    }
    return atomic_file_commit(&file, failure);
}

/* -- Markdown ------------------------------------------------------------------------------------
 */

/* What Markdown would take as its own is escaped; in cells the bar, too, and a line is one line. */
static void put_markdown(FILE *stream, const char *text) {
    for (; *text; text++) {
        if (strchr("\\`*_[]<>|#", *text))
            fputc('\\', stream);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
    }
}

bool document_write_markdown(const struct document *document, const char *directory,
                             const char *name, struct failure *failure) {
    struct atomic_file file;
    if (!open_output(document, directory, name, &file, failure))
        return false;
    FILE *stream = file.stream;
    fputs("# ", stream);
    put_markdown(stream, document->title);
    fputc('\n', stream);
    for (size_t k = 0; k < document->count; k++) {
        const struct block *block = &document->blocks[k];
        const bool item_before = k > 0 && document->blocks[k - 1].kind == BLOCK_ITEM;
        if (block->kind != BLOCK_ITEM || !item_before)
            fputc('\n', stream);
        fputs(block->kind == BLOCK_HEADING ? "## " : block->kind == BLOCK_ITEM ? "- " : "", stream);
        if (block->kind == BLOCK_FIGURE) {
            fputs("![", stream);
            put_markdown(stream, block->text);
            fprintf(stream, "](%s.svg)", block->name);
        } else {
            put_markdown(stream, block->text);
        }
        fputc('\n', stream);
        for (size_t i = 0; i < block->cells.count; i++) {
            const size_t column = i % block->columns;
            fputs(i == 0 ? "\n| " : column == 0 ? "| " : " ", stream);
            put_markdown(stream, block->cells.items[i]);
            fputs(column + 1 == block->columns ? " |\n" : " |", stream);
            for (size_t c = 0; i + 1 == block->columns && c < block->columns; c++)
                fputs(c + 1 == block->columns ? "|---|\n" : "|---", stream);
        }
    }
    return atomic_file_commit(&file, failure);
}
