#include "store/log_check.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/digest.hpp"

namespace comet::store {

namespace {

constexpr std::size_t block_size = 32768;
constexpr std::size_t fragment_header = 7;
constexpr std::size_t record_header = 12;

enum fragment_kind : std::uint8_t { filler = 0, full = 1, first = 2, middle = 3, last = 4 };

std::uint64_t little_endian(bytes_view data, std::size_t at, std::size_t size) {
  std::uint64_t n = 0;
  for (std::size_t i = size; i > 0; --i)
    n = n << 8U | static_cast<std::uint8_t>(data[at + i - 1]);
  return n;
}

std::uint32_t masked(std::uint32_t crc) {
  return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

}  // namespace

log_reader::fragment log_reader::fragment_at(bytes_view log, std::size_t offset) {
  const std::size_t block_end = std::min((offset / block_size + 1) * block_size, log.size());
  fragment found;
  found.size = block_end - offset;
  if (found.size < fragment_header) {
    // The writer fills the end of a block with zeros; a shorter end of the file is torn.
    found.holds = block_end % block_size == 0;
    return found;
  }
  const std::size_t length = little_endian(log, offset + 4, 2);
  found.kind = static_cast<std::uint8_t>(log[offset + 6]);
  if (found.kind == filler && length == 0) {
    found.holds = true;  // space that was allocated and not written
    return found;
  }
  if (fragment_header + length > found.size) return found;
  found.size = fragment_header + length;
  found.payload = log.substr(offset + fragment_header, length);
  const auto crc = crc32c(log.substr(offset + 6, 1 + length));
  found.holds = found.kind <= last && masked(crc) == little_endian(log, offset, 4);
  return found;
}

void log_reader::tear(const std::string& name, std::size_t offset) {
  inside_ = false;
  if (!torn_) torn_ = {name, offset, next_.value_or(0), 0};
}

void log_reader::begin_record(const std::string& name, std::size_t offset) {
  if (head_.size() < record_header) return tear(name, offset);
  const auto sequence = little_endian(head_, 0, 8);
  // A restart after a tear goes on in another log, with the sequence number of what was torn.
  const bool restarted = torn_ && torn_->file != name && (!next_ || sequence <= *next_);
  if (torn_ && !restarted && !damage_) {
    damage_ = torn_;
    damage_->found = sequence;
  }
  torn_.reset();
  next_ = sequence + little_endian(head_, 8, 4);
}

void log_reader::take(const fragment& part, const std::string& name, std::size_t offset) {
  if (!part.holds) return tear(name, offset);
  switch (part.kind) {
    case full:
    case first:
      if (inside_) tear(name, start_);
      head_.assign(part.payload.substr(0, record_header));
      inside_ = part.kind == first;
      start_ = offset;
      if (part.kind == full) begin_record(name, offset);
      break;
    case middle:
    case last:
      if (!inside_) return tear(name, offset);
      head_.append(part.payload.substr(0, record_header - std::min(record_header, head_.size())));
      if (part.kind == last) {
        inside_ = false;
        begin_record(name, start_);
      }
      break;
    default: break;
  }
}

void log_reader::read(const std::string& name, bytes_view log) {
  for (std::size_t offset = 0; offset < log.size();) {
    const auto part = fragment_at(log, offset);
    take(part, name, offset);
    offset += part.size;
  }
  if (inside_) tear(name, start_);
}

result<std::optional<log_damage>> find_log_damage(const std::string& directory) {
  std::vector<std::filesystem::path> logs;
  std::error_code failure;
  std::filesystem::directory_iterator each(directory, failure);
  for (; !failure && each != std::filesystem::directory_iterator{}; each.increment(failure)) {
    if (each->path().extension() == ".log") logs.push_back(each->path());
  }
  if (failure) {
    return {errc::storage, fmt::format("cannot list {}: {}", directory, failure.message())};
  }
  // Numbered with leading zeros, so of equal length up to a million files.
  std::sort(logs.begin(), logs.end(), [](const auto& a, const auto& b) {
    const auto x = a.filename().string();
    const auto y = b.filename().string();
    return x.size() != y.size() ? x.size() < y.size() : x < y;
  });
  log_reader reader;
  for (const auto& log : logs) {
    std::ifstream in(log, std::ios::binary);
    const bytes content{std::istreambuf_iterator<char>(in), {}};
    if (!in || in.bad()) {
      return {errc::storage,
              fmt::format("cannot read {}; see the disk's health in the system log", log.string())};
    }
    reader.read(log.string(), content);
  }
  return reader.damage();
}

}  // namespace comet::store
