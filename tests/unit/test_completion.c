/* SPDX-License-Identifier: MIT
 * The tables of bash completion. What bash makes of them is for tests/cli/test_bash_completion.sh.
 */
#include "options/completion.h"

#include "sample_options.h"
#include "suite.h"

#include <stdlib.h>

static void test_tables(void) {
    static const char *const pieces[] = {
        "_plait_subcommands='mandelbrot hello logs help version'\n",
        "    mandelbrot) words='--size --region --zoom --maxit --darts --progress --verify "
        "--no-verify --smooth --no-smooth --threads --out --json --help --version --config "
        "--dump-config' ;;\n",
        "    hello | hallo) words='--threads ",
        "    'hello --threads' | 'hallo --threads') value='text' ;;\n",
        "    logs) words='--help --version --config --dump-config' ;;\n",
        "    'mandelbrot --size') value='text' ;;\n",
        "    'mandelbrot --progress') value='words auto bar lines none' ;;\n",
        "    'mandelbrot --out') value='files' ;;\n",
        "    'logs 1') value='words merge split' ;;\n",
        "    'logs '[1-9]*) value='files' ;;\n",
    };
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    completion_tables(sample_sets, SAMPLE_SETS, stream);
    fclose(stream);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        CU_ASSERT(strstr(text, pieces[i]) != NULL);
        if (!strstr(text, pieces[i]))
            printf("\n  lacks: %s", pieces[i]);
    }
    CU_ASSERT(strstr(text, "--verify')") == NULL); /* a flag takes no value */
    free(text);
}

int main(void) {
    CU_TestInfo tests[] = {{"tables", test_tables}, CU_TEST_INFO_NULL};
    return run_suite("completion", tests);
}
