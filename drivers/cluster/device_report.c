/* SPDX-License-Identifier: MIT
 * Writes a device into a report. */
#include "cluster/device_report.h"

void device_report(struct report *report, const struct device_entry *entry) {
    report_text(report, "name", entry->info.name);
    report_text(report, "driver", entry->info.driver);
    report_count(report, "memory_bytes", entry->info.memory_bytes);
    report_flag(report, "gpu", entry->info.gpu);
    report_flag(report, "doubles", entry->info.doubles);
    report_real(report, "darts_per_second", entry->info.darts_per_s);
    report_real(report, "steps_per_second", entry->info.steps_per_s);
    report_real(report, "products_per_second", entry->info.products_per_s);
    report_text(report, "refused", entry->why);
}
