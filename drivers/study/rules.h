/* SPDX-License-Identifier: MIT
 * The twelve rules of Hoefler and Belli, "Scientific Benchmarking of Parallel Computing Systems"
 * (SC15), held against a study. */
#ifndef PLAIT_DRIVERS_STUDY_RULES_H
#define PLAIT_DRIVERS_STUDY_RULES_H

#include "study/analysis.h"

enum { RULES = 12, RULE_TEXT_BYTES = 512 };

struct rule {
    const char *demand; /* in our words */
    bool satisfied;
    char why[RULE_TEXT_BYTES];
};

void rules_check(const struct analysis *analysis, struct rule rules[RULES]);

#endif
