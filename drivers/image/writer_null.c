/* SPDX-License-Identifier: MIT
 * Takes a picture and writes nothing, to time a run without its output. */
#include "image/format.h"

const struct writer_format writer_null = {.name = "null"};
