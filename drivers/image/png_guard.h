/* SPDX-License-Identifier: MIT
 * libpng leaves a failed call by longjmp. Every call that can fail is therefore made from a step
 * that png_guard_run runs: it works on its context alone, so that no local variable can be stale.
 */
#ifndef PLAIT_DRIVERS_PNG_GUARD_H
#define PLAIT_DRIVERS_PNG_GUARD_H

#include <png.h>
#include <stdbool.h>

/* All zero, then given to libpng as the error pointer of the struct that is kept in png. */
struct png_guard {
    png_structp png;
    char message[128]; /* libpng's, when a step has failed */
};

/* The two functions for png_create_read_struct and png_create_write_struct. Warnings are dropped:
 * they are about odd profiles and the like, which touch neither pixels nor texts. */
void png_guard_error(png_structp png, png_const_charp message);
void png_guard_warning(png_structp png, png_const_charp message);

/* Runs a step. false: libpng has left it, and guard->message says why. */
bool png_guard_run(struct png_guard *guard, void (*step)(void *context), void *context);

#endif
