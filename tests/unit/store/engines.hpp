#pragma once
// The engines under test, opened in a directory of their own that is gone afterwards.

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "store/memory_store.hpp"
#include "store/rocks_store.hpp"

namespace comet::store::testing {

class temporary_directory {
 public:
  temporary_directory() {
    path_ = (std::filesystem::temp_directory_path() / "comet-store-XXXXXX").string();
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Opens, or fails the test with the store's message.
inline std::unique_ptr<rocks_store> opened(const std::string& path,
                                           const rocks_options& options = {}) {
  auto store = rocks_store::open(path, options);
  INFO((store.ok() ? bytes{} : store.failure().message));
  REQUIRE(store.ok());
  return std::move(*store);
}

inline bytes content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& file, bytes_view content) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  REQUIRE(out);
}

/// The file in the directory with this ending, e.g. ".log", whose name is last.
inline std::string last_file(const std::string& directory, const std::string& ending) {
  std::string found;
  for (const auto& each : std::filesystem::directory_iterator(directory)) {
    const auto name = each.path().string();
    if (name.ends_with(ending)) found = std::max(found, name);
  }
  REQUIRE_FALSE(found.empty());
  return found;
}

/// Makes `to` what kill -9 would leave of `from` at this moment, while no other thread writes
/// there. A thread of the store may still remove a file that it could not finish: then the moment
/// is a later one.
inline void copy_as_after_kill(const std::string& from, const std::string& to) {
  std::error_code failed;
  for (int tries = 0; tries < 100; ++tries) {
    std::filesystem::remove_all(to);
    failed.clear();
    std::filesystem::copy(from, to, failed);
    if (failed != std::errc::no_such_file_or_directory) break;
  }
  INFO(failed.message());
  REQUIRE_FALSE(failed);
}

/// Everything in the store, in order.
inline std::vector<entry> all_of(store& from) {
  auto found = from.scan("", "", SIZE_MAX);
  REQUIRE(found.ok());
  return std::move(*found);
}

inline batch putting(bytes key, bytes value) {
  batch changes;
  changes.put(std::move(key), std::move(value));
  return changes;
}

/// The error that a result holds; fails the test when it holds none.
template <class T>
error refusal(const result<T>& outcome) {
  REQUIRE_FALSE(outcome.ok());
  return outcome.failure();
}

struct memory_engine {
  memory_store held;

  store& get() { return held; }
  void restart() { held.crash(); }
};

template <durability Safety>
struct rocks_engine {
  temporary_directory directory;
  std::unique_ptr<rocks_store> held = open();

  [[nodiscard]] std::unique_ptr<rocks_store> open() const {
    rocks_options options;
    options.safety = Safety;
    return opened(directory.path(), options);
  }
  store& get() { return *held; }
  void restart() {
    held.reset();
    held = open();
  }
};

using rocks_none = rocks_engine<durability::none>;
using rocks_interval = rocks_engine<durability::interval>;
using rocks_always = rocks_engine<durability::always>;

}  // namespace comet::store::testing
