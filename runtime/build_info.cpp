#include "runtime/build_info.hpp"

#include <fmt/format.h>

// Set by runtime/CMakeLists.txt from the project's version and the checkout.
#if !defined(COMET_VERSION) || !defined(COMET_COMMIT)
#error "COMET_VERSION and COMET_COMMIT come from the build"
#endif

namespace comet::runtime {

const build_info& this_build() {
#ifdef __clang__
  static constexpr bytes_view compiler = "clang " __clang_version__;
#else
  static constexpr bytes_view compiler = "g++ " __VERSION__;
#endif
  static constexpr build_info info{COMET_VERSION, COMET_COMMIT, compiler};
  return info;
}

bytes version_line() {
  const build_info& build = this_build();
  return fmt::format("comet {} ({}, {})", build.version, build.commit, build.compiler);
}

}  // namespace comet::runtime
