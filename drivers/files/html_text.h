/* SPDX-License-Identifier: MIT
 * Text in pages. */
#ifndef PLAIT_DRIVERS_HTML_TEXT_H
#define PLAIT_DRIVERS_HTML_TEXT_H

#include <stdio.h>

/* Writes a text as HTML, in an element or in an attribute in double quotes. Bytes that are no UTF-8
 * stay as they are: browsers have a sign for them. */
void html_text_put(FILE *stream, const char *text);

#endif
