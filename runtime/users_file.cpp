#include "runtime/users_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace comet::runtime {
namespace {

error unusable(const bytes& path, bytes_view why) {
  return {errc::config, fmt::format("the users file {} cannot be used: {}", path, why)};
}

}  // namespace

result<std::shared_ptr<const wire::user_table>> read_users_file(const bytes& path) {
  constexpr mode_t others = S_IRWXG | S_IRWXO;
  constexpr std::size_t bytes_max = std::size_t{16} << 20U;
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return unusable(path, std::strerror(errno));
  if (!S_ISREG(found.st_mode)) return unusable(path, "it is not a file");
  if ((found.st_mode & others) != 0)
    return unusable(path, fmt::format("others may read or change it (mode {:04o}); "
                                      "chmod 600 it",
                                      found.st_mode & 07777U));
  if (found.st_uid != ::geteuid() && found.st_uid != 0)
    return unusable(path, "it belongs to another user of this machine; chown it");
  if (static_cast<std::size_t>(found.st_size) > bytes_max)
    return unusable(path, "it is over 16 MB");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || (found.st_size > 0 && !(text << file.rdbuf())))
    return unusable(path, std::strerror(errno));
  return wire::user_table::parse(text.str(), path);
}

}  // namespace comet::runtime
