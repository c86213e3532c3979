#include "object/state_text.hpp"

#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "object/reply.hpp"
#include "object/state_view.hpp"

namespace comet::object {

namespace {

constexpr bytes_view cut_mark = "...";

bool is_name(bytes_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), is_part);
}

/// Writes until there is no room left.
class writer {
 public:
  explicit writer(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void write(const reply& value) {
    switch (value.what) {
      case reply::kind::integer: add(std::to_string(value.integer)); return;
      case reply::kind::real: add(format_real(value.real)); return;
      case reply::kind::boolean: add(value.integer != 0 ? "true" : "false"); return;
      case reply::kind::null: add("nil"); return;
      case reply::kind::map: write_map(value.items); return;
      case reply::kind::array: write_list(value.items); return;
      default: write_quoted(value.text); return;
    }
  }

  bytes take() && {
    if (is_full_) text_ += cut_mark;
    return std::move(text_);
  }

 private:
  void add(bytes_view more) {
    const std::size_t room = bytes_max_ - cut_mark.size() - text_.size();
    if (is_full_ || more.size() > room) {
      is_full_ = true;
      return;
    }
    text_ += more;
  }

  /// A long text shows its begin.
  void write_quoted(bytes_view text) {
    add("\"");
    const std::size_t room = bytes_max_ - cut_mark.size() - text_.size();
    const auto begin = printable(text.substr(0, room));
    add(bytes_view{begin}.substr(0, room));
    if (begin.size() >= room) is_full_ = true;
    add("\"");
  }

  void write_key(const reply& key) {
    if (is_name(key.text) && key.what == reply::kind::bulk) return add(key.text);
    add("[");
    write(key);
    add("]");
  }

  void write_map(const std::vector<reply>& items) {
    add("{");
    for (std::size_t i = 0; i + 1 < items.size() && !is_full_; i += 2) {
      if (i > 0) add(", ");
      write_key(items[i]);
      add(" = ");
      write(items[i + 1]);
    }
    add("}");
  }

  void write_list(const std::vector<reply>& items) {
    add("{");
    for (std::size_t i = 0; i < items.size() && !is_full_; ++i) {
      if (i > 0) add(", ");
      write(items[i]);
    }
    add("}");
  }

  std::size_t bytes_max_;
  bytes text_;
  bool is_full_ = false;
};

}  // namespace

bytes state_text(bytes_view state, int depth_max, std::size_t bytes_max) {
  const auto viewed = view_state(state, depth_max);
  if (!viewed) return shortened(viewed.failure().message, bytes_max);
  writer out(bytes_max);
  out.write(*viewed);
  return std::move(out).take();
}

}  // namespace comet::object
