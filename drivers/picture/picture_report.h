/* SPDX-License-Identifier: MIT
 * How the run of a picture is reported: the lines on standard output and the members of the report.
 */
#ifndef PLAIT_DRIVERS_PICTURE_REPORT_H
#define PLAIT_DRIVERS_PICTURE_REPORT_H

#include "base/failure.h"
#include "files/report.h"
#include "run/command.h"

#include <stdbool.h>

/* The steps of mandelbrot and julia on rank 0; state is a struct picture (picture/picture.h). */
bool picture_print(const struct run *run, void *state, struct failure *failure);
size_t picture_amounts(const struct run *run, const void *state,
                       struct run_amount amounts[RUN_AMOUNTS]);
/* Steps of the picture: without shortcuts all of them were made. */
bool picture_limit(const struct run *run, const void *state, enum plait_work *work, double *amount);
void picture_report_timing(const struct run *run, const void *state, struct report *report);
void picture_report_result(const struct run *run, const void *state, struct report *report);

#endif
