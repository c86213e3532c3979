#include "runtime/system_call_filter.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "tests/unit/runtime/forked_child.hpp"

namespace comet::runtime {
namespace {

using test::cause_of;
using test::in_child;

/// Why `attempt` fails behind the filter.
int filtered(const std::function<long()>& attempt) {
  return in_child([&] {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !install_system_call_filter()) {
      return test::not_prepared;
    }
    return cause_of(attempt());
  });
}

TEST_CASE("no other program is run") {
  CHECK(filtered([] {
          std::array<char*, 1> none{};
          return execve("/bin/true", none.data(), none.data());
        }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_fork); }) == EPERM);
}

TEST_CASE("what changes the machine, its mounts or other processes is denied") {
  CHECK(filtered([] { return syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }) ==
        EPERM);
  CHECK(filtered([] { return syscall(SYS_unshare, 0); }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_setns, -1, 0); }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_bpf, 0, nullptr, 0); }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_keyctl, 0, 0); }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_settimeofday, nullptr, nullptr); }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_process_vm_readv, 0, 0, 0, 0, 0, 0); }) == EPERM);
  CHECK(filtered([] { return syscall(SYS_io_uring_setup, 0, nullptr); }) == EPERM);
}

TEST_CASE("sockets are local or IP") {
  CHECK(filtered([] { return socket(AF_INET, SOCK_STREAM, 0); }) == 0);
  CHECK(filtered([] { return socket(AF_UNIX, SOCK_STREAM, 0); }) == 0);
  CHECK(filtered([] { return socket(AF_NETLINK, SOCK_RAW, 0); }) == 0);
  CHECK(filtered([] { return socket(AF_PACKET, SOCK_RAW, 0); }) == EPERM);
  CHECK(filtered([] { return socket(AF_ALG, SOCK_SEQPACKET, 0); }) == EPERM);
  CHECK(filtered([] { return socket(AF_X25, SOCK_SEQPACKET, 0); }) == EPERM);
  CHECK(filtered([] { return socketpair(AF_VSOCK, SOCK_STREAM, 0, nullptr); }) == EPERM);
}

TEST_CASE("a namespace is not made by the way") {
  CHECK(filtered([] { return syscall(SYS_clone, CLONE_NEWUSER, nullptr, nullptr, 0, 0); }) ==
        EPERM);
  CHECK(filtered([] { return syscall(SYS_clone3, nullptr, 0); }) == ENOSYS);
}

TEST_CASE("threads are made as before") {
  if (!test::children_make_threads) SKIP("no threads in children under ThreadSanitizer");
  CHECK(filtered([] {
          int made = 0;
          std::thread([&made] { made = 7; }).join();
          return made == 7 ? 0L : -1L;
        }) == 0);
}

TEST_CASE("a thread that was there before is filtered too") {
  if (!test::children_make_threads) SKIP("no threads in children under ThreadSanitizer");
  CHECK(in_child([] {
          std::atomic<bool> installed = false;
          int cause = 0;
          std::thread earlier([&] {
            while (!installed.load())
              std::this_thread::yield();
            cause = cause_of(syscall(SYS_unshare, 0));
          });
          if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return test::not_prepared;
          const bool ok = install_system_call_filter().ok();
          installed = true;
          earlier.join();
          return ok ? cause : test::not_prepared;
        }) == EPERM);
}

#ifdef __x86_64__
TEST_CASE("calls of another ABI are denied") {
  constexpr long x32 = 0x40000000;
  CHECK(filtered([] { return syscall(x32 | SYS_getpid); }) == EPERM);
}
#endif

TEST_CASE("no name stands twice in the list") {
  const auto all = denied_system_calls();
  CHECK(std::set<bytes_view>(all.begin(), all.end()).size() == all.size());
}

}  // namespace
}  // namespace comet::runtime
