/* SPDX-License-Identifier: MIT
 * Reports the run of a sequence: summary, files, the line that joins them, and the frames. */
#ifndef PLAIT_DRIVERS_FRAMES_REPORT_H
#define PLAIT_DRIVERS_FRAMES_REPORT_H

#include "picture/picture.h"

/* Rank 0: the lines of a sequence, in place of those of a picture. */
void frames_print(const struct run *run, const struct picture *picture);

/* Rank 0: the members "frames" of the result, and "write_seconds" and "most_open_frames" of the
 * timing. */
void frames_report_result(const struct run *run, const struct picture *picture,
                          struct report *report);
void frames_report_timing(const struct picture *picture, struct report *report);

#endif
