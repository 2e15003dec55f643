/* SPDX-License-Identifier: MIT
 * Warnings: one line each on standard error, never more than that. */
#ifndef PLAIT_DRIVERS_WARNING_H
#define PLAIT_DRIVERS_WARNING_H

/* Prints "plait: warning: <line>". For one rank of a run only. */
void warning_print(const char *line);

#endif
