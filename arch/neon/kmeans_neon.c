/* SPDX-License-Identifier: MIT
 * The NEON path of k-means. */
#include "fvec_neon.h"

enum { VECS = 4, COLS = 4 };
#define KMEANS_PATH plait_kmeans_neon
#include "../kmeans_body.h"
