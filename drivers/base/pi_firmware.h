/* SPDX-License-Identifier: MIT
 * Questions to the firmware of a Raspberry Pi. */
#ifndef PLAIT_DRIVERS_PI_FIRMWARE_H
#define PLAIT_DRIVERS_PI_FIRMWARE_H

#include "base/system_file.h"

#include <stdbool.h>
#include <stdint.h>

/* What `vcgencmd get_throttled` prints, by the device that it uses, which is for root and the group
 * video. No other machine has that device. root: "" for this machine. */
enum system_read pi_firmware_throttled(uint32_t *flags, const char *root);

/* The number in the firmware's reply, "throttled=0x50005". False for any other reply. */
bool pi_firmware_parse(const char *reply, uint32_t *flags);

#endif
