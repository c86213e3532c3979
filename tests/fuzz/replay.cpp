// The driver of fuzz targets where libFuzzer is not linked: every build runs each target over its
// corpus and over seeded inputs, so that a harness never rots and a found crash stays found.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::uint64_t seed = 0x636f6d6574;
constexpr int seeded_inputs = 2000;
constexpr std::uint64_t longest_seeded_input = 512;  // bytes

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

int replay(const std::filesystem::path& corpus) {
  int count = 0;
  if (!std::filesystem::is_directory(corpus)) return count;
  for (const auto& entry : std::filesystem::directory_iterator{corpus}) {
    std::ifstream file{entry.path(), std::ios::binary};
    run({std::istreambuf_iterator<char>{file}, {}});
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  run({});
  comet::prng random{seed};
  for (int i = 0; i < seeded_inputs; ++i) {
    std::string input(random.below(longest_seeded_input), '\0');
    for (char& byte : input)
      byte = static_cast<char>(random.below(256));
    run(input);
  }
  int files = 0;
  for (int i = 1; i < argc; ++i)
    files += replay(argv[i]);
  std::printf("%d files of the corpus and %d seeded inputs\n", files, seeded_inputs);
}
