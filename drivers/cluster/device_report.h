/* SPDX-License-Identifier: MIT
 * A device in the reports of hello and sysinfo. */
#ifndef PLAIT_DRIVERS_DEVICE_REPORT_H
#define PLAIT_DRIVERS_DEVICE_REPORT_H

#include "base/device_list.h"
#include "files/report.h"

/* Writes the members of a device into the object that is open. */
void device_report(struct report *report, const struct device_entry *entry);

#endif
