/* SPDX-License-Identifier: MIT
 * The run of a sequence, as steps of the run of a picture (picture/picture.h). */
#ifndef PLAIT_DRIVERS_FRAMES_RUN_H
#define PLAIT_DRIVERS_FRAMES_RUN_H

#include "picture/picture.h"

#include <stdbool.h>

bool frames_prepare(struct run *run, struct picture *picture, struct failure *failure);
bool frames_work(struct run *run, struct picture *picture, struct failure *failure);

#endif
