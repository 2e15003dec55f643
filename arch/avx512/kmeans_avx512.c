/* SPDX-License-Identifier: MIT
 * The AVX-512 path of k-means. */
#include "fvec_avx512.h"

enum { VECS = 2, COLS = 8 };
#define KMEANS_PATH plait_kmeans_avx512
#include "../kmeans_body.h"
