/* SPDX-License-Identifier: MIT
 * The name of this host. */
#ifndef PLAIT_DRIVERS_HOST_NAME_H
#define PLAIT_DRIVERS_HOST_NAME_H

/* Linux has names of up to 64 bytes, POSIX allows 255. */
enum { HOST_NAME_BYTES = 256 };

/* The host's name, "unknown" where the system does not say. Never longer than a line of text should
 * be: HOST_NAME_BYTES with the zero. */
void host_name(char name[HOST_NAME_BYTES]);

#endif
