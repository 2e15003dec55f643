/* SPDX-License-Identifier: MIT
 * Host files of any kind, and the same bytes as a list of --host: what is taken is a name that a
 * shell and ssh read as one word, and every line is an entry, a problem or says nothing. */
#include "doctor/hosts.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_name(const char *name) {
    REQUIRE(*name && *name != '-' && strlen(name) < HOST_TEXT_BYTES);
    REQUIRE(!strpbrk(name, " \t\r\n'\"`$;&|<>()[]{}*?!\\#@=,/"));
}

static void check_list(const struct host_list *list, size_t lines) {
    REQUIRE(list->host_count <= HOSTS_MAX);
    REQUIRE(list->host_count + list->problem_count <= lines + 1);
    for (size_t k = 0; k < list->host_count; k++) {
        const struct host_entry *host = &list->hosts[k];
        check_name(host->name);
        REQUIRE(!*host->user || !strpbrk(host->user, " -'\"`;&|<>()@") || *host->user != '-');
        REQUIRE(host->max_slots == 0 || host->slots <= host->max_slots);
        REQUIRE(hosts_find(list, host->name) != NULL && host->slots <= 1000000);
    }
    for (size_t k = 0; k < list->problem_count && k < HOST_PROBLEMS_MAX; k++)
        REQUIRE(*list->problems[k] && !strpbrk(list->problems[k], "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct host_list list = {0}, named = {0};
    struct text_file file;
    char path[FUZZ_PATH_BYTES];
    size_t lines = 1, items = 1;
    for (size_t k = 0; k < size; k++) {
        lines += data[k] == '\n';
        items += data[k] == ',';
    }
    fuzz_file(data, size, path);
    REQUIRE(text_file_open(&file, "host file", path, TEXT_PIPE_REFUSED, &failure));
    fuzz_check_failure(hosts_read_file(&list, &file, &failure), &failure);
    text_file_close(&file);
    check_list(&list, lines);
    char *text = strndup((const char *)data, size);
    REQUIRE(text != NULL);
    fuzz_check_failure(hosts_read_list(&named, text, &failure), &failure);
    check_list(&named, items);
    free(text);
    hosts_free(&list);
    hosts_free(&named);
    return 0;
}
