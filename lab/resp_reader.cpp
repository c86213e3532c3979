#include "lab/resp_reader.hpp"

#include <cstdlib>
#include <utility>

#include "base/number.hpp"

namespace comet::lab {

namespace {

using object::reply;

/// Reads replies from the front of a view.
class cursor {
 public:
  explicit cursor(bytes_view input) : rest_(input) {}

  enum class outcome : std::uint8_t { whole, incomplete, wrong };

  outcome read(reply& out) {
    bytes_view line;
    if (!take_line(line)) return outcome::incomplete;
    if (line.empty()) return outcome::wrong;
    const char mark = line.front();
    line.remove_prefix(1);
    switch (mark) {
      case '_': out = reply::null(); return outcome::whole;
      case '+': out = reply::status(bytes{line}); return outcome::whole;
      case '-': out = reply::failure(errc::internal, bytes{line}); return outcome::whole;
      case '#': out = reply::truth(line == "t"); return outcome::whole;
      case ',':
        out = reply::real_number(std::strtod(bytes{line}.c_str(), nullptr));
        return outcome::whole;
      case ':': return read_integer(line, out);
      case '$':
      case '=': return read_text(mark, line, out);
      case '*':
      case '%':
      case '~':
      case '>': return read_items(mark, line, out);
      default: return outcome::wrong;
    }
  }

  [[nodiscard]] bytes_view rest() const { return rest_; }

 private:
  bool take_line(bytes_view& line) {
    const auto end = rest_.find("\r\n");
    if (end == bytes_view::npos) return false;
    line = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return true;
  }

  static outcome read_integer(bytes_view line, reply& out) {
    const auto n = parse_integer(line);
    if (!n) return outcome::wrong;
    out = reply::number(*n);
    return outcome::whole;
  }

  outcome read_text(char mark, bytes_view line, reply& out) {
    const auto size = parse_integer(line);
    if (!size || *size < 0) return outcome::wrong;
    const auto length = static_cast<std::size_t>(*size);
    if (rest_.size() < length + 2) return outcome::incomplete;
    constexpr std::size_t format_length = 4;  // "txt:"
    const bool verbatim = mark == '=' && length >= format_length;
    const auto text = rest_.substr(0, length);
    out = verbatim ? reply::verbatim(bytes{text.substr(format_length)}) : reply::bulk(bytes{text});
    rest_.remove_prefix(length + 2);
    return outcome::whole;
  }

  outcome read_items(char mark, bytes_view line, reply& out) {
    const auto size = parse_integer(line);
    if (!size || *size < 0) return outcome::wrong;
    out = reply::list({});
    if (mark == '%') out.what = reply::kind::map;
    if (mark == '~') out.what = reply::kind::set;
    if (mark == '>') out.what = reply::kind::push;
    for (std::int64_t left = mark == '%' ? *size * 2 : *size; left > 0; --left)
      if (const auto done = read(out.items.emplace_back()); done != outcome::whole) return done;
    return outcome::whole;
  }

  bytes_view rest_;
};

}  // namespace

bytes encode_request(const std::vector<bytes>& words) {
  bytes out = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words)
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

result<std::optional<object::reply>> resp_reader::next() {
  cursor at{input_};
  object::reply found;
  switch (at.read(found)) {
    case cursor::outcome::incomplete: return std::optional<object::reply>{};
    case cursor::outcome::wrong:
      return {errc::protocol, "the node wrote what is not RESP3: " + printable(input_)};
    case cursor::outcome::whole: break;
  }
  input_.erase(0, input_.size() - at.rest().size());
  return std::optional{std::move(found)};
}

}  // namespace comet::lab
