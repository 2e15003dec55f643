/* SPDX-License-Identifier: MIT
 * Turns libpng's way of failing into ours. */
#include "image/png_guard.h"

#include <setjmp.h>
#include <string.h>

void png_guard_error(png_structp png, png_const_charp message) {
    struct png_guard *guard = png_get_error_ptr(png);
    strncpy(guard->message, message, sizeof guard->message - 1);
    png_longjmp(png, 1);
}

void png_guard_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

bool png_guard_run(struct png_guard *guard, void (*step)(void *context), void *context) {
    if (setjmp(png_jmpbuf(guard->png)) != 0)
        return false;
    step(context);
    return true;
}
