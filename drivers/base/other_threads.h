/* SPDX-License-Identifier: MIT
 * The threads that libraries start without being asked. */
#ifndef PLAIT_DRIVERS_OTHER_THREADS_H
#define PLAIT_DRIVERS_OTHER_THREADS_H

#include <stdbool.h>

/* Waits until all threads of this process but the calling one sleep, so that none has work left
 * that it was given before. Gives up, and returns false, when the process has used
 * `processor_seconds` (above 0) of processor time since the call: then one computes and does not
 * mean to sleep. A thread that waits for a core uses none and is waited for. True at once where the
 * kernel does not say (no /proc, as on systems other than Linux). */
bool other_threads_settle(double processor_seconds);

#endif
