/* SPDX-License-Identifier: MIT
 * Rank files of any kind: no rank is placed twice, and cores are a range. */
#include "doctor/hosts.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct host_list list = {0};
    struct text_file file;
    char path[FUZZ_PATH_BYTES];
    fuzz_file(data, size, path);
    REQUIRE(text_file_open(&file, "rank file", path, TEXT_PIPE_REFUSED, &failure));
    fuzz_check_failure(hosts_read_ranks(&list, &file, &failure), &failure);
    text_file_close(&file);
    for (size_t k = 0; k < list.rank_count; k++) {
        const struct rank_entry *rank = &list.ranks[k];
        REQUIRE(*rank->host && !strpbrk(rank->host, " '\"`$;&|<>()"));
        REQUIRE(rank->span_count <= HOST_SPANS_MAX && rank->line >= 1);
        for (size_t s = 0; s < rank->span_count; s++)
            REQUIRE(rank->spans[s].first <= rank->spans[s].last && rank->spans[s].socket >= -1);
        REQUIRE(rank->span_count == 0 || hosts_rank_cores(rank) <= 16 * 65536);
        for (size_t j = 0; j < k; j++)
            REQUIRE(list.ranks[j].rank != rank->rank);
    }
    hosts_free(&list);
    return 0;
}
