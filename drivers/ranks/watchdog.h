/* SPDX-License-Identifier: MIT
 * Ends a job whose ranks are not responding, by the heartbeats of base/heartbeat.h. */
#ifndef PLAIT_DRIVERS_WATCHDOG_H
#define PLAIT_DRIVERS_WATCHDOG_H

#include "ranks/session.h"

/* Collective. limit_s: seconds, at least 1. A failure is that of all ranks. */
bool watchdog_begin(const struct session *session, double limit_s, struct failure *failure);

/* Collective, if watchdog_begin has returned true; does nothing else. */
void watchdog_end(const struct session *session);

#endif
