/* SPDX-License-Identifier: MIT
 * Makes an error of one rank an error of all. A rank that left alone would leave the others waiting
 * in their next collective call for ever. */
#ifndef PLAIT_DRIVERS_AGREE_H
#define PLAIT_DRIVERS_AGREE_H

#include "base/failure.h"
#include "ranks/session.h"

#include <stdbool.h>

/* Collective over session->world. True on all ranks if no rank has a failure. Else false on all,
 * and *failure is on every rank that of the lowest rank which has one; the text begins with its
 * rank and host unless it is rank 0. */
bool agree(const struct session *session, struct failure *failure);

#endif
