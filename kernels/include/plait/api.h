/* SPDX-License-Identifier: MIT
 * Marks what the shared library exports. */
#ifndef PLAIT_API_H
#define PLAIT_API_H

#if defined(__GNUC__)
#define PLAIT_API __attribute__((visibility("default")))
#else
#define PLAIT_API
#endif

#endif
