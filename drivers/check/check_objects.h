/* SPDX-License-Identifier: MIT
 * The report's object, which is {size: [1, 3, 8], name: [disk1, disk2, disk3]}, for any number of
 * disks: a list of sizes and a text of names, of differing length. */
#ifndef PLAIT_DRIVERS_CHECK_OBJECTS_H
#define PLAIT_DRIVERS_CHECK_OBJECTS_H

#include "check/check_trial.h"

enum { OBJECT_DISKS = 9, OBJECT_TEXT_BYTES = 64 };

/* Makes *data the object of 1 to OBJECT_DISKS disks. */
void object_fill(struct trial *trial, struct trial_data *data, size_t disks);

/* Allocates *data for an object of up to OBJECT_DISKS disks. */
void object_allocate(struct trial *trial, struct trial_data *data);

/* Compares the object with that of `disks` disks. */
void object_verify(struct trial *trial, const struct trial_data *data, size_t disks);

#endif
