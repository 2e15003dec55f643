/* SPDX-License-Identifier: MIT
 * The palette that --palette asks for: one by its name, or a list of colours or a gradient in a
 * file. */
#ifndef PLAIT_DRIVERS_PALETTE_FILE_H
#define PLAIT_DRIVERS_PALETTE_FILE_H

#include "base/failure.h"
#include "image/palette.h"

#include <stdbool.h>

enum { PALETTE_FILE_COLOURS_MAX = 65536 };

/* Copies to *palette the palette called `text`, else reads the file `text`, if there is one or the
 * name has a '/' or a '.'. Its name is then `text` itself.
 *
 * A file has a colour on each line, rrggbb or #rrggbb in hexadecimal digits, 2 to
 * PALETTE_FILE_COLOURS_MAX of them, lowest value first. Blank lines do not count. A '#' with a
 * space or nothing after it begins a comment, on a line of its own or after a colour. Pipes are
 * read like files. The first colour is that of index 0 and the last of index 255; in between they
 * are interpolated linearly, as the sRGB values that they are written in, rounded to the nearest.
 *
 * Lists of three decimal numbers per line, as Fractint (.map) and GIMP (.gpl, with a header) write
 * them, are read in the same way, and so are gradients of GIMP (image/palette_gradient.h). The
 * content of a file says which it is, not its name.
 *
 * EXIT_USAGE, with the line where it is one, for anything else. */
bool palette_load(const char *text, struct palette *palette, struct failure *failure);

/* The same for a text that somebody else may have written, who must not make this process read from
 * a terminal, a device or a pipe: files are regular ones. */
bool palette_load_regular(const char *text, struct palette *palette, struct failure *failure);

#endif
