/* SPDX-License-Identifier: MIT
 * Journals of any content. What is taken for a sample is one: it has a point, and a time if it is
 * right; answers are right or wrong by more than half of them; and whatever the samples are, their
 * analysis ends and makes up nothing. */
#include "fuzz.h"
#include "study/analysis.h"
#include "study/answers.h"
#include "study/builds.h"
#include "study/rules.h"

#include <math.h>
#include <string.h>

static void check_answers(struct study *study) {
    REQUIRE(answers_judge(study));
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        char text[BUILD_TEXT_BYTES] = "";
        if (sample->build)
            builds_text(sample->build, text);
        REQUIRE(!sample->build || *text);
        REQUIRE(sample->outcome != OUTCOME_OK || sample->seconds > 0);
        if (!sample->judged || sample->replaced || sample->warmup)
            continue;
        size_t all = 0, same = 0;
        for (size_t i = 0; i < study->sample_count; i++) {
            const struct sample *other = &study->samples[i];
            if (!other->judged || other->replaced || other->warmup ||
                study->works[other->point] != study->works[sample->point])
                continue;
            all++;
            same += strcmp(other->answer, sample->answer) == 0;
        }
        REQUIRE((sample->outcome == OUTCOME_OK) == (2 * same > all));
        REQUIRE((sample->outcome == OUTCOME_OK) == !sample->complaint);
    }
}

static void check_analysis(const struct study *study) {
    struct analysis analysis;
    struct failure failure = {0};
    struct rule rules[RULES];
    const bool good = analyse(&analysis, study, true, 1, &failure);
    fuzz_check_failure(good, &failure);
    REQUIRE(good);
    size_t used = 0;
    for (size_t k = 0; k < analysis.count; k++) {
        const struct point_result *result = &analysis.results[k];
        REQUIRE(result->count <= result->measured);
        REQUIRE(result->count > 0 || (isnan(result->median) && isnan(result->speedup)));
        REQUIRE(!result->interval.known || result->count >= STATISTICS_SAMPLES_MIN);
        REQUIRE(!result->interval.known || result->interval.low <= result->interval.high);
        used += result->count;
    }
    REQUIRE(used == analysis.used);
    rules_check(&analysis, rules);
    for (int k = 0; k < RULES; k++)
        REQUIRE(rules[k].demand && rules[k].why[0]);
    analysis_free(&analysis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct study study = {.journal = -1};
    struct fuzz_lines lines = fuzz_lines_of(data, size);
    for (size_t k = 0; k < lines.count; k++) {
        const char *why = NULL;
        json_t *line = json_loads(lines.items[k], 0, NULL);
        const size_t before = study.sample_count;
        const bool taken = line && study_take_line(&study, line, &why);
        REQUIRE(taken ? study.sample_count == before + 1 : study.sample_count == before);
        REQUIRE(taken || !line || (why && *why));
        if (taken) {
            const struct sample *sample = &study.samples[before];
            REQUIRE(sample->point < study.grid.count && sample->id < study.next_id);
            REQUIRE(sample->outcome != OUTCOME_OK || sample->seconds > 0);
        }
        json_decref(line);
    }
    check_answers(&study);
    check_analysis(&study);
    study_free(&study);
    fuzz_lines_free(&lines);
    return 0;
}
