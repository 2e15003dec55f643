/* SPDX-License-Identifier: MIT
 * What a process inherits from whoever started it and cannot mean for Plait. */
#ifndef PLAIT_DRIVERS_INHERITED_H
#define PLAIT_DRIVERS_INHERITED_H

/* Blocked signals that Plait waits for are unblocked, and SIGALRM and SIGCHLD, when ignored, do
 * again what they do by default: a caller ignores them for its own sake. A stop signal that the
 * caller ignores, as nohup does, stays ignored. To be called first, before any thread is started.
 */
void inherited_signals_reset(void);

#endif
