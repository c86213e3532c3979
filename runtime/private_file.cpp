#include "runtime/private_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "runtime/value.hpp"

namespace comet::runtime {

result<bytes> read_private_file(bytes_view what, const bytes& path, std::size_t bytes_max) {
  constexpr mode_t others = S_IRWXG | S_IRWXO;
  const auto unusable = [&](bytes_view why) {
    return error{errc::config, fmt::format("{} {} cannot be used: {}", what, path, why)};
  };
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return unusable(std::strerror(errno));
  if (!S_ISREG(found.st_mode)) return unusable("it is not a file");
  if ((found.st_mode & others) != 0)
    return unusable(fmt::format("others may read or change it (mode {:04o}); chmod 600 it",
                                found.st_mode & 07777U));
  if (found.st_uid != ::geteuid() && found.st_uid != 0)
    return unusable("it belongs to another user of this machine; chown it");
  if (static_cast<std::size_t>(found.st_size) > bytes_max)
    return unusable("it is over " + text_of_size(static_cast<std::int64_t>(bytes_max)));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || (found.st_size > 0 && !(text << file.rdbuf())))
    return unusable(std::strerror(errno));
  return text.str();
}

}  // namespace comet::runtime
