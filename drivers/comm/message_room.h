/* SPDX-License-Identifier: MIT
 * Room for large messages. */
#ifndef PLAIT_DRIVERS_MESSAGE_ROOM_H
#define PLAIT_DRIVERS_MESSAGE_ROOM_H

#include "comm/session.h"
#include "core/failure.h"

#include <stddef.h>

/* Collective. malloc'ed room for `bytes` bytes of this rank, one byte at least, all 0; caller
 * frees. The needs of the ranks of a node are added up first: NULL with EXIT_USAGE if it has too
 * little memory, NULL with EXIT_RUN if none is given. A failure is that of this rank alone: agree.
 */
void *message_room(const struct session *session, size_t bytes, struct failure *failure);

#endif
