#include "lab/test_files.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

namespace comet::lab {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that goes with it.
class scratch_folder {
 public:
  scratch_folder() {
    bytes name = (fs::temp_directory_path() / "comet-lab-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch_folder() { fs::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  bytes write(const bytes& name, bytes_view text = "return 1\n") const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file.string();
  }
  [[nodiscard]] bytes path() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST_CASE("a folder stands for the test files below it, sorted, hidden folders left out") {
  const scratch_folder folder;
  const bytes second = folder.write("b/two_test.lua");
  const bytes first = folder.write("a_test.lua");
  folder.write("a.lua");
  folder.write(".git/hidden_test.lua");
  const std::vector places{folder.path()};
  CHECK(find_test_files(places).value() == std::vector{first, second});
}

TEST_CASE("a file that is named twice, or by its folder too, runs once") {
  const scratch_folder folder;
  const bytes file = folder.write("a_test.lua");
  const std::vector places{file, folder.path(), folder.path() + "/./a_test.lua"};
  CHECK(find_test_files(places).value() == std::vector{file});
}

TEST_CASE("what cannot be run is named with the reason") {
  const scratch_folder folder;
  const auto refusal = [](const bytes& place) {
    const std::vector places{place};
    return find_test_files(places).failure().message;
  };
  CHECK(refusal(folder.path() + "/none") ==
        "there is no file or folder " + folder.path() + "/none");
  CHECK(refusal(folder.path()).starts_with("no test files below " + folder.path()));
  const bytes plain = folder.write("plain.lua");
  CHECK(refusal(plain) == plain + " is no test file: the names of test files end in _test.lua");
}

TEST_CASE("tests depend on every Lua file of their folder") {
  const scratch_folder folder;
  const bytes test = folder.write("a_test.lua");
  const bytes object = folder.write("a.lua");
  folder.write("a.txt");
  const std::vector places{test};
  CHECK(lua_files_below(places) == std::vector{object, test});
}

TEST_CASE("a source is read whole, and one that cannot be read says why") {
  const scratch_folder folder;
  CHECK(read_source(folder.write("a.lua", "x")).value() == "x");
  CHECK(read_source(folder.write("empty.lua", "")).value().empty());
  CHECK(read_source(folder.path() + "/none").failure().message ==
        "cannot read " + folder.path() + "/none: No such file or directory");
  CHECK(read_source(folder.path()).failure().message ==
        "cannot read " + folder.path() + ": Is a directory");
}

}  // namespace
}  // namespace comet::lab
