/* SPDX-License-Identifier: MIT
 * Makes and compares objects. */
#include "check/check_objects.h"

/* 1, 3, 8, 21, ...: the report's sizes, continued. */
static void object_write_disks(int64_t *sizes, char *names, size_t disks) {
    for (size_t k = 0; k < disks; k++) {
        sizes[k] = k == 0 ? 1 : k == 1 ? 3 : 3 * sizes[k - 1] - sizes[k - 2];
        names += sprintf(names, "%sdisk%zu", k == 0 ? "" : " ", k + 1);
    }
}

void object_fill(struct trial *trial, struct trial_data *data, size_t disks) {
    trial_table(trial, data, 1, disks);
    object_write_disks(data->values, trial_text(trial, data, OBJECT_TEXT_BYTES), disks);
}

void object_allocate(struct trial *trial, struct trial_data *data) {
    trial_table(trial, data, 1, OBJECT_DISKS);
    trial_text(trial, data, OBJECT_TEXT_BYTES);
    data->columns = 0;
}

void object_verify(struct trial *trial, const struct trial_data *data, size_t disks) {
    int64_t sizes[OBJECT_DISKS];
    char names[OBJECT_TEXT_BYTES];
    object_write_disks(sizes, names, disks);
    trial_value(trial, 0, (int64_t)disks, (int64_t)data->columns);
    for (size_t k = 0; k < disks; k++)
        trial_value(trial, k, sizes[k], data->values[k]);
    trial_string(trial, names, data->text);
}
