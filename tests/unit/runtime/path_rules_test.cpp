#include "runtime/path_rules.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/unit/runtime/forked_child.hpp"
#include "tests/unit/runtime/scratch_node.hpp"

namespace comet::runtime {
namespace {

using test::cause_of;
using test::in_child;
namespace fs = std::filesystem;

/// inside/ may be written, shown/ read; hidden/ is neither. Each holds a file `file`.
class places {
 public:
  places() : root_(scratch_.data()) {
    for (const char* name : {"inside", "shown", "hidden"}) {
      fs::create_directories(root_ / name);
      std::ofstream(root_ / name / "file") << "content";
    }
  }

  [[nodiscard]] bytes at(const bytes& name) const { return (root_ / name).string(); }

  /// Why `attempt` fails under the rules.
  [[nodiscard]] int restricted(const std::function<long()>& attempt) const {
    return in_child([&] {
      const auto version = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                               ? result<int>(errc::internal, "")
                               : restrict_paths({{at("inside"), path_right::read_and_write},
                                                 {at("shown"), path_right::read},
                                                 {at("absent"), path_right::read_and_write},
                                                 {at("hidden/file"), path_right::read}});
      return version ? cause_of(attempt()) : test::not_prepared;
    });
  }
  /// Why a file does not open.
  [[nodiscard]] int opened(const bytes& name, int how) const {
    return restricted([&] { return open(at(name).c_str(), how, 0600); });
  }

 private:
  test::scratch_directory scratch_;
  fs::path root_;
};

/// The kernel's Landlock, or none: its absence is seen in a child as well.
bool kernel_has_landlock() {
  return in_child([] {
           if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
           return restrict_paths({}).ok() ? 0 : 1;
         }) == 0;
}

TEST_CASE("files are written in the one directory, read in others, and out of reach elsewhere") {
  if (!kernel_has_landlock()) SKIP("this kernel has no Landlock");
  const places there;
  CHECK(there.opened("inside/file", O_RDWR | O_TRUNC) == 0);
  CHECK(there.opened("inside/new", O_WRONLY | O_CREAT) == 0);
  CHECK(there.opened("inside", O_RDONLY | O_DIRECTORY) == 0);
  CHECK(there.opened("shown/file", O_RDONLY) == 0);
  CHECK(there.opened("shown", O_RDONLY | O_DIRECTORY) == 0);
  CHECK(there.opened("shown/file", O_WRONLY) == EACCES);
  CHECK(there.opened("shown/new", O_WRONLY | O_CREAT) == EACCES);
  CHECK(there.opened("hidden/file", O_RDONLY) == 0);  // a rule for one file
  CHECK(there.opened("hidden/file", O_WRONLY) == EACCES);
  CHECK(there.opened("hidden", O_RDONLY | O_DIRECTORY) == EACCES);
  CHECK(there.opened("hidden/new", O_WRONLY | O_CREAT) == EACCES);
}

TEST_CASE("in the one directory things are made, renamed and removed, and not carried out of it") {
  if (!kernel_has_landlock()) SKIP("this kernel has no Landlock");
  const places there;
  const bytes file = there.at("inside/file");
  CHECK(there.restricted([&] { return mkdir(there.at("inside/d").c_str(), 0700); }) == 0);
  CHECK(there.restricted([&] { return rename(file.c_str(), there.at("inside/d/file").c_str()); }) ==
        0);
  CHECK(there.restricted([&] {
    return rename(there.at("inside/d/file").c_str(), there.at("shown/taken").c_str());
  }) != 0);
  CHECK(there.restricted([&] { return unlink(there.at("inside/d/file").c_str()); }) == 0);
  CHECK(there.restricted([&] { return rmdir(there.at("inside/d").c_str()); }) == 0);
  CHECK(there.restricted([&] { return unlink(there.at("shown/file").c_str()); }) == EACCES);
}

TEST_CASE("threads made later are bound") {
  if (!test::children_make_threads) SKIP("no threads in children under ThreadSanitizer");
  if (!kernel_has_landlock()) SKIP("this kernel has no Landlock");
  const places there;
  CHECK(there.restricted([&] {
    int cause = 0;
    std::thread([&] { cause = cause_of(open(there.at("hidden").c_str(), O_RDONLY)); }).join();
    errno = cause;
    return -1;
  }) == EACCES);
}

TEST_CASE("what was open stays open") {
  if (!kernel_has_landlock()) SKIP("this kernel has no Landlock");
  const places there;
  const int open_before = open(there.at("hidden/file").c_str(), O_RDWR);
  REQUIRE(open_before >= 0);
  CHECK(there.restricted([&] { return write(open_before, "x", 1); }) == 0);
  close(open_before);
}

TEST_CASE("a path that cannot be opened is an error, and one that is not there is left out") {
  CHECK(in_child([] {
          if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return test::not_prepared;
          const auto refused = restrict_paths({{bytes(5'000, 'x'), path_right::read}});
          return refused ? 0 : 1;
        }) == 1);
}

}  // namespace
}  // namespace comet::runtime
