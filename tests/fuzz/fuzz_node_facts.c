/* SPDX-License-Identifier: MIT
 * What a probe may print, be it of two nodes that mean harm: facts are texts of one line, and
 * whatever they are, each finding is one sentence of one line. */
#include "doctor/checks.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_text(const char *text) {
    for (; *text; text++)
        REQUIRE((unsigned char)*text >= 0x20 && (unsigned char)*text < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char reached[] = "node.name=red\nnode.target=red\nfacts.end=1\nplait-probe=1\n";
    struct failure failure = {0};
    struct host_list hosts = {0};
    struct node_facts nodes[2];
    struct findings findings;
    for (int k = 0; k < 2; k++) {
        facts_init(&nodes[k]);
        REQUIRE(facts_parse(&nodes[k], reached, sizeof reached - 1));
        const size_t half = k == 0 ? size / 2 : size - size / 2;
        REQUIRE((k == 0 ? facts_parse : facts_parse_reply)(
            &nodes[k], (const char *)data + (k == 0 ? 0 : size / 2), half));
        check_text(nodes[k].hostname);
        check_text(nodes[k].error);
        REQUIRE(nodes[k].interfaces.count <= FACT_LIST_ITEMS_MAX);
    }
    REQUIRE(strcmp(nodes[1].name, "red") == 0 && strcmp(nodes[1].target, "red") == 0);
    const struct doctor_view view = {.hosts = &hosts,
                                     .nodes = nodes,
                                     .count = 2,
                                     .here = &nodes[0],
                                     .ranks = 2,
                                     .threads = 4,
                                     .slurm = true,
                                     .agent = "ssh",
                                     .agent_is_ssh = true,
                                     .hostfile = "hosts",
                                     .plait = "/usr/bin/plait",
                                     .library = "/usr/lib/libplait.so.0",
                                     .directory = "/home/pi"};
    REQUIRE(doctor_examine(&view, &findings, &failure));
    for (size_t k = 0; k < findings.count; k++) {
        check_text(findings.items[k].sentence);
        check_text(findings.items[k].line);
        REQUIRE(*findings.items[k].where && *findings.items[k].line);
    }
    findings_free(&findings);
    facts_free(&nodes[0]);
    facts_free(&nodes[1]);
    return 0;
}
