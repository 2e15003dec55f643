/* SPDX-License-Identifier: MIT
 * The AVX2 path of k-means. */
#include "fvec_avx2.h"

enum { VECS = 2, COLS = 4 };
#define KMEANS_PATH plait_kmeans_avx2
#include "../kmeans_body.h"
