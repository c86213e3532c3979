#include "runtime/path_rules.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace comet::runtime {
namespace {

// Of the kernel's interface, what is younger than Debian's headers.
constexpr std::uint64_t truncate_file = 1U << 14U;
constexpr std::uint64_t ioctl_device = 1U << 15U;
constexpr std::uint64_t scope_all = 3;  ///< abstract sockets, signals
struct ruleset_attributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint64_t file_reads = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t file_writes = LANDLOCK_ACCESS_FS_WRITE_FILE | truncate_file;
constexpr std::uint64_t directory_reads = file_reads | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t directory_writes =
    file_writes | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
/// Given to nobody.
constexpr std::uint64_t never =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;

/// What a version of Landlock can restrict.
ruleset_attributes all_of(int version) {
  ruleset_attributes all;
  all.files = directory_reads | directory_writes | never;
  if (version < 2) all.files &= ~std::uint64_t{LANDLOCK_ACCESS_FS_REFER};
  if (version < 3) all.files &= ~truncate_file;
  if (version >= 5) all.files |= ioctl_device;
  if (version >= 6) all.scoped = scope_all;
  return all;
}

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

error failed(errc code, bytes_view what) {
  return {code, fmt::format("{}: {}", what, std::strerror(errno))};
}

result<void> add_rule(int ruleset, std::uint64_t restricted, const path_rule& rule) {
  const descriptor place(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  if (place.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return failed(errc::storage, rule.path);
  }
  struct stat kind {};
  if (::fstat(place.number(), &kind) != 0) return failed(errc::storage, rule.path);
  const bool directory = S_ISDIR(kind.st_mode);
  std::uint64_t rights = directory ? directory_reads : file_reads;
  if (rule.right == path_right::read_and_write) {
    rights |= directory ? directory_writes : file_writes;
  }
  landlock_path_beneath_attr below{};
  below.allowed_access = rights & restricted;
  below.parent_fd = place.number();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0) {
    return failed(errc::storage, rule.path);
  }
  return {};
}

}  // namespace

result<int> restrict_paths(const std::vector<path_rule>& rules) {
  const auto version = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (version < 1) return failed(errc::unavailable, "the kernel has no Landlock");
  const ruleset_attributes all = all_of(version);
  const descriptor ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0)));
  if (ruleset.number() < 0) return failed(errc::unavailable, "Landlock makes no rules");
  for (const path_rule& rule : rules) {
    if (auto added = add_rule(ruleset.number(), all.files, rule); !added) {
      return std::move(added).failure();
    }
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.number(), 0) != 0) {
    return failed(errc::unavailable, "Landlock does not take the rules");
  }
  return version;
}

}  // namespace comet::runtime
