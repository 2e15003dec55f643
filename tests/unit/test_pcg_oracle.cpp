/* SPDX-License-Identifier: MIT
 * A million outputs of each generator, and jumps, against PCG's own code (libpcg-cpp-dev). Built
 * only where a C++ compiler and the header are at hand. */
#include <pcg_random.hpp>
#include <plait/plait.h>

#include <cinttypes>
#include <cstdio>
#include <vector>

namespace {

const std::size_t million = 1000000;

/* Compares `count` outputs from `state` on with those of the oracle, which moves on with them. */
template <class Oracle>
std::size_t differences(plait_generator generator, std::uint64_t state, Oracle &oracle,
                        std::size_t count) {
    std::vector<std::uint64_t> outputs(count);
    std::size_t wrong = 0;
    plait_pcg_outputs(generator, state, count, outputs.data());
    for (std::uint64_t output : outputs)
        wrong += output != oracle();
    return wrong;
}

template <class Oracle>
bool check(plait_generator generator, const char *name, std::uint64_t seed) {
    Oracle oracle(seed);
    std::uint64_t state = plait_pcg_seed(seed);
    std::size_t wrong = differences(generator, state, oracle, million);

    const std::uint64_t far = UINT64_C(0x9E3779B97F4A7C15);
    oracle.advance(far);
    state = plait_pcg_jump(state, million + far);
    wrong += differences(generator, state, oracle, 1000);

    oracle.backstep(far / 3);
    state = plait_pcg_jump(state, 1000 - far / 3);
    wrong += differences(generator, state, oracle, 1000);
    std::printf("%s, seed %" PRIu64 ": %zu of %zu outputs differ\n", name, seed, wrong,
                million + 2000);
    return wrong == 0;
}

} // namespace

int main() {
    bool good = true;
    for (std::uint64_t seed : {UINT64_C(42), UINT64_C(0), UINT64_MAX}) {
        good &= check<pcg_engines::oneseq_rxs_m_xs_64_64>(PLAIT_RXS64, "rxs64", seed);
        good &= check<pcg32_oneseq>(PLAIT_PCG32, "pcg32", seed);
    }
    return good ? 0 : 1;
}
