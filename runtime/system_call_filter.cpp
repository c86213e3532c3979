#include "runtime/system_call_filter.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace comet::runtime {
namespace {

// LeakSanitizer looks at the threads through a process of its own.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool traces_itself = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool traces_itself = true;
#else
constexpr bool traces_itself = false;
#endif
#else
constexpr bool traces_itself = false;
#endif

constexpr auto denied = std::to_array<bytes_view>(
    {// other programs, other processes
     "execve", "execveat", "fork", "vfork", "process_vm_readv", "process_vm_writev", "kcmp",
     "pidfd_getfd", "ptrace",
     // namespaces, mounts and other views of the file system
     "unshare", "setns", "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree",
     "fsopen", "fsconfig", "fsmount", "fspick", "pivot_root", "chroot", "name_to_handle_at",
     "open_by_handle_at", "mknod", "mknodat", "quotactl", "quotactl_fd", "fanotify_init",
     // identity and privileges
     "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
     "setgroups", "capset", "personality", "add_key", "request_key", "keyctl",
     // the kernel itself
     "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf",
     "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
     "lookup_dcookie", "syslog", "reboot", "acct", "swapon", "swapoff", "vhangup", "iopl", "ioperm",
     "modify_ldt", "uselib", "nfsservctl",
     // the machine's clock and name
     "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "stime", "sethostname",
     "setdomainname",
     // of no use, and of ill repute
     "vmsplice"});

constexpr std::array namespaces{CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,   CLONE_NEWUSER,
                                CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};

/// Local and IP sockets, and AF_NETLINK, which the resolver asks for addresses.
bool is_allowed_family(int family) {
  return family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK;
}

/// Rules are collected; the first that libseccomp does not take is remembered.
class filter {
 public:
  filter() : rules_(seccomp_init(SCMP_ACT_ALLOW), seccomp_release) {
    if (!rules_) failure_ = ENOMEM;
    set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
    set(SCMP_FLTATR_CTL_TSYNC, 1);
    set(SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree: the calls of every request pay for it
  }

  void set(scmp_filter_attr attribute, std::uint32_t value) {
    if (failure_ == 0) failure_ = -seccomp_attr_set(rules_.get(), attribute, value);
  }
  void deny(int call, int with = EPERM) {
    if (failure_ == 0) {
      failure_ =
          -seccomp_rule_add(rules_.get(), SCMP_ACT_ERRNO(static_cast<unsigned>(with)), call, 0);
    }
  }
  void deny_if(int call, const scmp_arg_cmp& condition) {
    if (failure_ == 0) {
      failure_ = -seccomp_rule_add_array(rules_.get(), SCMP_ACT_ERRNO(EPERM), call, 1, &condition);
    }
  }
  int install() { return failure_ != 0 ? failure_ : -seccomp_load(rules_.get()); }

 private:
  std::unique_ptr<void, void (*)(scmp_filter_ctx)> rules_;
  int failure_ = 0;  ///< as in errno
};

void deny_processes(filter& rules) {
  for (const int flag : namespaces) {
    const auto bit = static_cast<scmp_datum_t>(flag);
    rules.deny_if(SCMP_SYS(clone), {0, SCMP_CMP_MASKED_EQ, bit, bit});
  }
  if (!traces_itself) {
    rules.deny_if(SCMP_SYS(clone), {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0});
  }
  // Its flags lie in memory, which a filter cannot see. Told that there is none, glibc takes clone.
  rules.deny(SCMP_SYS(clone3), ENOSYS);
}

void deny_sockets(filter& rules) {
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) {
    for (int family = 0; family <= AF_NETLINK; ++family) {
      if (is_allowed_family(family)) continue;
      rules.deny_if(call, {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family), 0});
    }
    rules.deny_if(call, {0, SCMP_CMP_GT, AF_NETLINK, 0});
  }
}

}  // namespace

std::span<const bytes_view> denied_system_calls() {
  return denied;
}

result<void> install_system_call_filter() {
  filter rules;
  for (const bytes_view name : denied) {
    const int call = seccomp_syscall_resolve_name(bytes{name}.c_str());
    // Below zero: of another architecture, or younger than this libseccomp.
    if (call < 0 || (traces_itself && name == "ptrace")) continue;
    rules.deny(call);
  }
  deny_processes(rules);
  deny_sockets(rules);
  if (const int cause = rules.install(); cause != 0) {
    return error{errc::unavailable,
                 fmt::format("the kernel did not take the filter: {}", std::strerror(cause))};
  }
  return {};
}

}  // namespace comet::runtime
