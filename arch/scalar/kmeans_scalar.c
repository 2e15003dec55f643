/* SPDX-License-Identifier: MIT
 * The scalar path of k-means. */
#include "fvec_scalar.h"

enum { VECS = 2, COLS = 4 };
#define KMEANS_PATH plait_kmeans_scalar
#include "../kmeans_body.h"
