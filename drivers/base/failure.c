/* SPDX-License-Identifier: MIT
 * Describes an error in one line. */
#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool failure_set(struct failure *failure, int exit_status, const char *format, ...) {
    if (failure->exit_status != EXIT_DONE)
        return false;
    failure->exit_status = exit_status;

    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    if (length < 0)
        strcpy(failure->text, "an error that cannot be described");
    else if ((size_t)length >= sizeof failure->text)
        strcpy(failure->text + sizeof failure->text - 4, "...");

    /* The text quotes what users wrote: a newline in a file name must not make two lines of it. */
    for (char *c = failure->text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return false;
}
