#include "lab/test_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace comet::lab {
namespace {

namespace fs = std::filesystem;

constexpr bytes_view test_ending = "_test.lua";
const bytes here = ".";

/// As people type it: without a "./" that the folder "." brings.
bytes shown(const fs::path& path) {
  return path.lexically_normal().string();
}

/// Folders that cannot be read are left out; that they exist was seen before.
void append_below(const fs::path& folder, bytes_view ending, std::vector<bytes>& found) {
  std::error_code failed;
  fs::recursive_directory_iterator at{folder, fs::directory_options::skip_permission_denied,
                                      failed};
  for (; !failed && at != fs::recursive_directory_iterator{}; at.increment(failed)) {
    const bytes name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_directory(ignored) && name.starts_with('.')) at.disable_recursion_pending();
    if (name.ends_with(ending) && at->is_regular_file(ignored)) found.push_back(shown(at->path()));
  }
}

void keep_each_once(std::vector<bytes>& found) {
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
}

bytes all_of(std::span<const bytes> places) {
  return fmt::format("{}", fmt::join(places, ", "));
}

}  // namespace

result<std::vector<bytes>> find_test_files(std::span<const bytes> places) {
  if (places.empty()) places = {&here, 1};
  std::vector<bytes> found;
  for (const bytes& place : places) {
    std::error_code failed;
    const auto status = fs::status(place, failed);
    if (!fs::exists(status))
      return {errc::not_found, fmt::format("there is no file or folder {}", printable(place))};
    if (fs::is_directory(status)) {
      append_below(place, test_ending, found);
    } else if (!place.ends_with(test_ending)) {
      return {errc::not_found, fmt::format("{} is no test file: the names of test files end in {}",
                                           printable(place), test_ending)};
    } else {
      found.push_back(shown(place));
    }
  }
  if (found.empty())
    return {errc::not_found, fmt::format("no test files below {}: the names of test files end in "
                                         "{}",
                                         printable(all_of(places)), test_ending)};
  keep_each_once(found);
  return found;
}

std::vector<bytes> lua_files_below(std::span<const bytes> places) {
  if (places.empty()) places = {&here, 1};
  std::vector<bytes> found;
  for (const bytes& place : places) {
    std::error_code ignored;
    const bool is_folder = fs::is_directory(place, ignored);
    const fs::path folder = fs::path{place}.parent_path();
    append_below(is_folder        ? fs::path{place}
                 : folder.empty() ? fs::path{here}
                                  : folder,
                 ".lua", found);
  }
  keep_each_once(found);
  return found;
}

result<bytes> read_source(const bytes& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  int reason = file ? 0 : errno;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) reason = EISDIR;
  std::ostringstream text;
  const bool is_empty = reason == 0 && file.peek() == std::ifstream::traits_type::eof();
  if (reason == 0 && !is_empty && !(text << file.rdbuf())) reason = EIO;
  if (reason != 0)
    return {errc::not_found,
            fmt::format("cannot read {}: {}", printable(path), std::strerror(reason))};
  return text.str();
}

}  // namespace comet::lab
