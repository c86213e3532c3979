#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace comet {

void check_failed(const char* what, const char* file, int line, const char* function) {
  std::fprintf(stderr, "comet: broken invariant: %s at %s:%d (%s)\n", what, file, line, function);
  std::fflush(stderr);
  std::abort();
}

}  // namespace comet
