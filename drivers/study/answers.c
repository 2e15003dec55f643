/* SPDX-License-Identifier: MIT
 * Boyer and Moore's majority vote, for each work. */
#include "study/answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char answer_differs[] = "its answer is not that of the other samples of the same work";
const char answer_undecided[] =
    "samples of the same work give different answers, none of them by more than half";

/* Numbers the works of all points in study->works: points of the same parameters and work. */
static bool find_works(struct study *study) {
    const struct grid *grid = &study->grid;
    if (study->works_known == grid->count && study->works)
        return true;
    size_t *works = realloc(study->works, (grid->count + 1) * sizeof *works);
    if (!works)
        return false;
    study->works = works;
    for (size_t p = study->works_known; p < grid->count; p++) {
        size_t q = 0; /* the first point of the same work, whose number it is */
        while (q < p && !(works[q] == q && grid_same_setting(grid, q, p) &&
                          study_work(&study->definition, &grid->points[q]) ==
                              study_work(&study->definition, &grid->points[p])))
            q++;
        works[p] = q;
    }
    study->works_known = grid->count;
    return true;
}

static bool has_vote(const struct sample *sample) {
    return sample->judged && !sample->warmup && !sample->replaced && !sample->again;
}

/* The votes on one work. Texts of answers are interned, so that pointers say whether they are the
 * same. */
struct votes {
    const char *leader; /* of more than half of the votes, if any answer is */
    size_t lead, all, for_leader;
};

static void take_vote(struct votes *votes, const char *answer) {
    if (votes->lead == 0)
        votes->leader = answer;
    votes->lead += votes->leader == answer ? 1 : (size_t)-1;
    votes->all++;
}

static const char *complaint_of(const struct votes *votes, const char *answer) {
    if (votes->all == 0)
        return NULL; /* a warm-up, and nothing to hold it against */
    if (2 * votes->for_leader <= votes->all)
        return answer_undecided;
    return answer == votes->leader ? NULL : answer_differs;
}

const char *answers_complaint(struct study *study, size_t point, const char *answer, bool warmup) {
    struct votes votes = {0};
    if (!answer || !find_works(study))
        return NULL;
    const size_t known = texts_find(&study->interned, answer);
    const char *text = known < study->interned.count ? study->interned.items[known] : answer;
    for (size_t k = 0; k < study->sample_count; k++)
        if (has_vote(&study->samples[k]) &&
            study->works[study->samples[k].point] == study->works[point])
            take_vote(&votes, study->samples[k].answer);
    if (!warmup)
        take_vote(&votes, text);
    for (size_t k = 0; k < study->sample_count; k++)
        votes.for_leader += has_vote(&study->samples[k]) &&
                            study->works[study->samples[k].point] == study->works[point] &&
                            study->samples[k].answer == votes.leader;
    votes.for_leader += !warmup && text == votes.leader;
    return complaint_of(&votes, text);
}

bool answers_judge(struct study *study) {
    struct votes *votes = calloc(study->grid.count + 1, sizeof *votes);
    if (!votes || !find_works(study)) {
        free(votes);
        return false;
    }
    for (size_t k = 0; k < study->sample_count; k++)
        if (has_vote(&study->samples[k]))
            take_vote(&votes[study->works[study->samples[k].point]], study->samples[k].answer);
    for (size_t k = 0; k < study->sample_count; k++) {
        struct votes *work = &votes[study->works[study->samples[k].point]];
        work->for_leader +=
            has_vote(&study->samples[k]) && study->samples[k].answer == work->leader;
    }
    for (size_t k = 0; k < study->sample_count; k++) {
        struct sample *sample = &study->samples[k];
        if (!sample->judged || sample->replaced)
            continue;
        sample->complaint = complaint_of(&votes[study->works[sample->point]], sample->answer);
        sample->outcome = sample->complaint ? OUTCOME_WRONG : OUTCOME_OK;
    }
    free(votes);
    return true;
}

static bool is_disagreeing(const struct sample *sample, const char *complaint) {
    return has_vote(sample) && sample->complaint == complaint;
}

void answers_print(const struct study *study, FILE *stream) {
    enum { NUMBERS_MAX = 10 };
    static const char *const complaints[] = {answer_differs, answer_undecided};
    for (int c = 0; c < 2; c++) {
        size_t count = 0, shown = 0;
        for (size_t k = 0; k < study->sample_count; k++)
            count += is_disagreeing(&study->samples[k], complaints[c]);
        if (count == 0)
            continue;
        fprintf(stream, "# %zu sample%s wrong: ", count, count == 1 ? " is" : "s are");
        for (size_t k = 0; k < study->sample_count && shown < NUMBERS_MAX; k++)
            if (is_disagreeing(&study->samples[k], complaints[c]))
                fprintf(stream, "%s%" PRIu64, shown++ ? ", " : "number ", study->samples[k].id);
        fprintf(
            stream, "%s: %s\n", count > NUMBERS_MAX ? ", ..." : "",
            c == 0
                ? "more than half of the samples of the same work agree on another answer; --redo failed of study run measures just these again"
                : "samples of the same work give different answers, none of them by more than half, so none counts; find the right one, then --redo failed of study run measures just these again");
    }
}
