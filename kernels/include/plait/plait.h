/* SPDX-License-Identifier: MIT
 * libplait: hybrid compute kernels, threads and lanes. This header includes all the others.
 *
 * No function of the library calls MPI, prints, exits or keeps state between calls. All may be
 * called from several threads at once, but for those of device.h, which say how. */
#ifndef PLAIT_PLAIT_H
#define PLAIT_PLAIT_H

#include "plait/darts.h"
#include "plait/deep.h"
#include "plait/device.h"
#include "plait/digest.h"
#include "plait/distance.h"
#include "plait/escape.h"
#include "plait/exec.h"
#include "plait/kmeans.h"
#include "plait/limit.h"
#include "plait/pcg.h"
#include "plait/sample.h"
#include "plait/smooth.h"
#include "plait/status.h"
#include "plait/version.h"

#endif
