/* SPDX-License-Identifier: MIT
 * Replaces what HTML gives a meaning to. */
#include "files/html_text.h"

void html_text_put(FILE *stream, const char *text) {
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", stream);
            break;
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        default:
            putc(*text, stream);
        }
}
