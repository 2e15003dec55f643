/* SPDX-License-Identifier: MIT
 * A text under a name, as pictures carry them. */
#ifndef PLAIT_DRIVERS_NAMED_TEXT_H
#define PLAIT_DRIVERS_NAMED_TEXT_H

struct named_text {
    const char *name;
    const char *text;
};

#endif
