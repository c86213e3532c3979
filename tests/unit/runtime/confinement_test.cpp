#include "runtime/confinement.hpp"

#include <fcntl.h>
#include <sys/prctl.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/unit/runtime/forked_child.hpp"
#include "tests/unit/runtime/scratch_node.hpp"

namespace comet::runtime {
namespace {

using test::cause_of;
using test::in_child;

/// A data directory, a directory of a configuration and one of somebody else, with a file each.
class machine {
 public:
  machine() {
    for (const bytes& place : {data(), configured(), foreign()}) {
      std::filesystem::create_directories(place);
      std::ofstream(place + "/file") << "content";
    }
  }

  [[nodiscard]] bytes data() const { return scratch_.data() + "/data"; }
  [[nodiscard]] bytes configured() const { return scratch_.data() + "/etc"; }
  [[nodiscard]] bytes foreign() const { return scratch_.data() + "/home"; }

  /// Why `attempt` fails in a confined process.
  [[nodiscard]] int confined(const std::function<long()>& attempt) const {
    return in_child([&] {
      const confinement now = confine_process({data(), {configured()}});
      if (now.no_new_privs != "yes" || now.seccomp != "yes") return test::not_prepared;
      return cause_of(attempt());
    });
  }
  [[nodiscard]] int opened(const bytes& path, int how) const {
    return confined([&] { return open(path.c_str(), how, 0600); });
  }

 private:
  test::scratch_directory scratch_;
};

bool kernel_has_landlock() {
  return in_child([] { return confine_process({"/", {}}).complete() ? 0 : 1; }) == 0;
}

TEST_CASE("a confined process runs no program and gains no privilege") {
  const machine m;
  CHECK(m.confined([] {
    std::array<char*, 1> none{};
    return execve("/bin/true", none.data(), none.data());
  }) == EPERM);
  CHECK(m.confined([] { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -1; }) == 0);
}

TEST_CASE("a confined process makes threads") {
  if (!test::children_make_threads) SKIP("no threads in children under ThreadSanitizer");
  const machine m;
  CHECK(m.confined([] {
    int made = 0;
    std::thread([&made] { made = 7; }).join();
    return made == 7 ? 0 : -1;
  }) == 0);
}

TEST_CASE("a confined process writes below its data directory only") {
  if (!kernel_has_landlock()) SKIP("this kernel has no Landlock");
  const machine m;
  CHECK(m.opened(m.data() + "/new", O_WRONLY | O_CREAT) == 0);
  CHECK(m.opened(m.data() + "/file", O_RDWR) == 0);
  CHECK(m.opened("/dev/null", O_RDWR) == 0);
  CHECK(m.opened(m.foreign() + "/new", O_WRONLY | O_CREAT) == EACCES);
  CHECK(m.opened(m.foreign() + "/file", O_WRONLY) == EACCES);
  CHECK(m.opened(m.configured() + "/file", O_WRONLY) == EACCES);
  CHECK(m.opened("/etc/hostname", O_WRONLY) == EACCES);
  CHECK(m.opened("/tmp", O_RDWR | O_TMPFILE) == EACCES);
}

TEST_CASE("a confined process reads the system's files, its data and what it is shown") {
  if (!kernel_has_landlock()) SKIP("this kernel has no Landlock");
  const machine m;
  CHECK(m.opened("/etc/passwd", O_RDONLY) == 0);
  CHECK(m.opened("/proc/self/status", O_RDONLY) == 0);
  CHECK(m.opened("/dev/urandom", O_RDONLY) == 0);
  CHECK(m.opened("/proc/self/exe", O_RDONLY) == 0);
  CHECK(m.opened(m.data() + "/file", O_RDONLY) == 0);
  CHECK(m.opened(m.configured() + "/file", O_RDONLY) == 0);
  CHECK(m.opened(m.foreign() + "/file", O_RDONLY) == EACCES);
  CHECK(m.opened(m.foreign(), O_RDONLY | O_DIRECTORY) == EACCES);
  CHECK(m.opened("/root", O_RDONLY | O_DIRECTORY) == EACCES);
}

TEST_CASE("confinement says what holds and why the rest does not") {
  CHECK(in_child([] {
          const confinement now = confine_process({"/", {}});
          const bool reasons =
              !now.no_new_privs.empty() && !now.seccomp.empty() && !now.landlock.empty();
          return reasons ? 0 : 1;
        }) == 0);
  // A path that cannot be used costs the rules of paths, not the rest.
  CHECK(in_child([] {
          const confinement now = confine_process({bytes(5'000, 'x'), {}});
          return !now.complete() && now.no_new_privs == "yes" && now.seccomp == "yes" ? 0 : 1;
        }) == 0);
}

}  // namespace
}  // namespace comet::runtime
