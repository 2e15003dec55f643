/* SPDX-License-Identifier: MIT
 * What this program was built from, and how. It says nothing of when and where: the same sources,
 * compiler and flags give the same bytes. */
#ifndef PLAIT_DRIVERS_BUILD_IDENTITY_H
#define PLAIT_DRIVERS_BUILD_IDENTITY_H

struct build_identity {
    const char *commit;   /* of git, in full; NULL: not built from a checkout */
    const char *changes;  /* digest of what differs from the commit; NULL: nothing does */
    const char *compiler; /* "gcc 12.2.0" */
    const char *flags;    /* those that change code, as given to every file */
    const char *features; /* optional ones that are built in, separated by spaces */
    const char *paths;    /* SIMD paths that are built in, likewise */
};

/* Of the program; NULL for one that is linked without (tests). The version is plait_version(). */
const struct build_identity *build_identity(void);

#endif
