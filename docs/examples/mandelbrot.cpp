// SPDX-License-Identifier: MIT
// What mandelbrot.c prints, in C++17: plait.h is for C++ too.
//
//     c++ -std=c++17 mandelbrot.cpp $(pkg-config --cflags --libs plait) -o mandelbrot
#include <cstdint>
#include <cstdio>
#include <plait/plait.h>
#include <stdexcept>
#include <string>
#include <vector>

// Throws what a function of the library returns, unless it is PLAIT_OK.
static void must(const char *what, plait_status status) {
    if (status != PLAIT_OK)
        throw std::runtime_error(std::string(what) + ": " + plait_status_text(status));
}

// The counts of one picture, row after row, and what was computed.
class Picture {
  public:
    Picture(std::uint32_t width, std::uint32_t height)
        : escape_(plait_escape_default(PLAIT_MANDELBROT)), counts_(std::size_t{width} * height) {
        escape_.width = width;
        escape_.height = height;
        must("view", plait_escape_set_region(&escape_, -2.0, 1.0, -1.0, 1.0));
        must("exec", plait_exec_init(&exec_, nullptr, 0)); // the fastest path, a thread per core
        must("rows", plait_escape_rows(&escape_, &exec_, 0, height, counts_.data()));
    }

    void print() const {
        std::string line;
        for (std::size_t k = 0; k < counts_.size(); k++) {
            line += counts_[k] == escape_.maxit ? '#' : counts_[k] > 5 ? '+' : '.';
            if (line.size() == escape_.width) {
                std::puts(line.c_str());
                line.clear();
            }
        }
    }

    std::uint64_t checksum() const {
        std::vector<std::uint64_t> rows(escape_.height);
        plait_digest_rows(&exec_, counts_.data(), escape_.height, escape_.width, rows.data());
        return plait_digest_picture(rows.data(), escape_.height);
    }

    const char *path() const {
        return plait_path_name(exec_.path);
    }

  private:
    plait_escape escape_;
    plait_exec exec_{};
    std::vector<std::int32_t> counts_;
};

int main() {
    try {
        const Picture picture(72, 24);
        picture.print();
        std::printf("%s %016llx\n", picture.path(),
                    static_cast<unsigned long long>(picture.checksum()));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
