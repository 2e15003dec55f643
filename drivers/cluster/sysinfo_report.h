/* SPDX-License-Identifier: MIT
 * What is known about nodes, in the JSON report. */
#ifndef PLAIT_DRIVERS_SYSINFO_REPORT_H
#define PLAIT_DRIVERS_SYSINFO_REPORT_H

#include "cluster/sysinfo_node.h"
#include "files/report.h"

/* The members of "result". */
void sysinfo_report(struct report *report, const struct sysinfo *nodes, size_t count);

#endif
