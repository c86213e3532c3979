#include "apps/comet/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace comet::client {
namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

error unusable(bytes_view what, const bytes& path, bytes_view why) {
  return {errc::syntax, fmt::format("cannot {} {}: {}", what, path, why)};
}

result<void> write_with(const bytes& path, bytes_view text, int flags, mode_t mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, mode);
  if (fd < 0) return unusable("write", path, std::strerror(errno));
  bytes_view left = text;
  while (!left.empty()) {
    const auto written = ::write(fd, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int why = errno;
      ::close(fd);
      return unusable("write", path, std::strerror(why));
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(fd) != 0) return unusable("write", path, std::strerror(errno));
  return {};
}

}  // namespace

result<bytes> read_text(const bytes& path) {
  std::ostringstream text;
  errno = 0;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file || !(text << file.rdbuf()))
      return unusable("read", path, errno == 0 ? "it is empty" : std::strerror(errno));
  }
  return text.str();
}

result<bytes> read_secret(const bytes& path) {
  struct stat found {};
  if (path != "-" && ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
      (found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return unusable("use", path, "others may read or change it; chmod 600 it");
  return read_text(path);
}

result<void> write_new_secret(const bytes& path, bytes_view text) {
  return write_with(path, text, O_CREAT | O_EXCL, owner_only);
}

result<void> append_secret(const bytes& path, bytes_view text) {
  return write_with(path, text, O_CREAT | O_APPEND, owner_only);
}

result<void> write_text(const bytes& path, bytes_view text) {
  if (path == "-") {
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written) return unusable("write to", "standard output", std::strerror(errno));
    return {};
  }
  const bytes fresh = path + ".new";
  if (auto written = write_with(fresh, text, O_CREAT | O_TRUNC, 0666); !written) return written;
  std::error_code failed;
  std::filesystem::rename(fresh, path, failed);
  if (failed) return unusable("write", path, failed.message());
  return {};
}

}  // namespace comet::client
