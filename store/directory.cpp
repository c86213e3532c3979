#include "store/directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace comet::store {

namespace {

namespace fs = std::filesystem;

constexpr bytes_view product = "comet store";
constexpr bytes_view format_word = "format ";

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

error failed(const char* what, const std::string& path) {
  const int cause = errno;
  if (cause == EACCES || cause == EPERM || cause == EROFS) {
    return {errc::config,
            fmt::format("cannot {} {}: {}; give the user of this process the directory, writable",
                        what, path, text_of(cause))};
  }
  return {errc_of(cause), fmt::format("cannot {} {}: {}", what, path, text_of(cause))};
}

result<void> sync_directory(const std::string& path) {
  const descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return failed("open", path);
  if (::fsync(directory.get()) != 0) return failed("sync", path);
  return {};
}

/// Writes under another name and renames, so that FORMAT is whole or absent.
result<void> write_format(const std::string& path) {
  const std::string text = fmt::format("{}\n{}{}\n", product, format_word, directory_format);
  const std::string draft = path + "/FORMAT.tmp";
  {
    const descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.valid()) return failed("create", draft);
    errno = ENOSPC;  // what a short write means
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      return failed("write", draft);
    }
    if (::fsync(file.get()) != 0) return failed("sync", draft);
  }
  if (::rename(draft.c_str(), (path + "/FORMAT").c_str()) != 0) return failed("rename", draft);
  return sync_directory(path);
}

result<void> check_format(const std::string& path) {
  const std::string name = path + "/FORMAT";
  const descriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return failed("open", name);
  std::array<char, 256> buffer{};
  const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
  if (size < 0) return failed("read", name);

  bytes_view text(buffer.data(), static_cast<std::size_t>(size));
  if (!text.starts_with("comet store\n")) {
    return {
        errc::incompatible,
        fmt::format("{} does not say \"{}\" but \"{}\": this is another product's directory, or "
                    "the file is damaged; name an empty directory or restore the file",
                    name, product, printable(shortened(text, 40)))};
  }
  text.remove_prefix(product.size() + 1);
  int version = 0;
  const bool has_word = text.starts_with(format_word);
  if (has_word) text.remove_prefix(format_word.size());
  const auto [end, parsed] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (!has_word || parsed != std::errc{} || version < 1 || end == text.data() + text.size() ||
      *end != '\n') {
    return {
        errc::corrupt,
        fmt::format("the second line of {} is not \"format <number>\" but \"{}\"; restore the "
                    "file, its content is \"{}\\n{}{}\\n\"",
                    name, printable(shortened(text, 40)), product, format_word, directory_format)};
  }
  if (version > directory_format) {
    return {errc::incompatible,
            fmt::format("{} was written in format {}, this build reads up to format {}; use the "
                        "newer build",
                        path, version, directory_format)};
  }
  return {};
}

struct contents {
  bool format = false;   ///< FORMAT
  bool current = false;  ///< the engine's root file
  bool data = false;     ///< tables or logs of the engine
  std::string foreign;   ///< the name of something, when there is no FORMAT
};

result<contents> look_into(const std::string& path) {
  contents found;
  std::error_code failure;
  fs::directory_iterator each(path, failure);
  for (; !failure && each != fs::directory_iterator{}; each.increment(failure)) {
    const std::string name = each->path().filename().string();
    if (name == "FORMAT") {
      found.format = true;
    } else if (name == "CURRENT") {
      found.current = true;
    } else if (name.ends_with(".sst") || name.ends_with(".log")) {
      found.data = true;
    }
    // A mount point has lost+found, a creation that was cut short a draft.
    if (name != "FORMAT" && name != "FORMAT.tmp" && name != "lost+found") found.foreign = name;
  }
  if (failure) {
    errno = failure.value();
    return failed("list", path);
  }
  return found;
}

}  // namespace

errc errc_of(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT ? errc::disk_full : errc::storage;
}

result<directory_state> claim_directory(const std::string& path) {
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (status.type() == fs::file_type::not_found) {
    fs::create_directories(path, failure);
    if (failure) {
      errno = failure.value();
      return failed("create the directory", path);
    }
    if (const auto synced = sync_directory(fs::absolute(path).parent_path().string()); !synced) {
      return synced.failure();
    }
  } else if (status.type() == fs::file_type::none) {
    errno = failure.value();
    return failed("look at", path);
  } else if (status.type() != fs::file_type::directory) {
    return {errc::config, fmt::format("{} is not a directory; name another data directory", path)};
  }

  const auto found = look_into(path);
  if (!found) return found.failure();
  if (!found->format) {
    if (!found->foreign.empty()) {
      return {errc::incompatible,
              fmt::format("{} holds {} and no FORMAT of this product: nothing was touched; name an "
                          "empty directory, or one that a node has made",
                          path, found->foreign)};
    }
    if (const auto written = write_format(path); !written) return written.failure();
    return directory_state::fresh;
  }
  if (const auto checked = check_format(path); !checked) return checked.failure();
  if (!found->current && found->data) {
    return {
        errc::corrupt,
        fmt::format("{} holds tables or logs but no CURRENT, the file that names the others: it "
                    "was damaged or copied in part; restore the whole directory",
                    path)};
  }
  return found->current ? directory_state::used : directory_state::fresh;
}

std::uint64_t bytes_in_directory(const std::string& path) {
  std::uint64_t sum = 0;
  std::error_code failure;
  fs::directory_iterator each(path, failure);
  for (; !failure && each != fs::directory_iterator{}; each.increment(failure)) {
    std::error_code vanished;
    if (!each->is_regular_file(vanished)) continue;
    const auto size = each->file_size(vanished);
    if (!vanished) sum += size;
  }
  return sum;
}

result<std::uint64_t> free_bytes(const std::string& path) {
  struct statvfs about {};
  if (::statvfs(path.c_str(), &about) != 0) return failed("ask for the free space of", path);
  return static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize;
}

disk_space space_of_directory(const std::string& path) {
  struct statvfs about {};
  if (::statvfs(path.c_str(), &about) != 0) return {};
  return {static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize,
          static_cast<std::uint64_t>(about.f_blocks) * about.f_frsize};
}

}  // namespace comet::store
