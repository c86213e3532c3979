#include "object/kept_answers.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/digest.hpp"

namespace comet::object {

namespace {

using kind = reply::kind;

/// In the store, and never given to another.
std::uint8_t number_of(kind what) {
  return static_cast<std::uint8_t>(what);
}
static_assert(static_cast<int>(kind::null) == 0 && static_cast<int>(kind::status) == 1 &&
                  static_cast<int>(kind::failure) == 2 && static_cast<int>(kind::integer) == 3 &&
                  static_cast<int>(kind::real) == 4 && static_cast<int>(kind::boolean) == 5 &&
                  static_cast<int>(kind::bulk) == 6 && static_cast<int>(kind::array) == 7 &&
                  static_cast<int>(kind::map) == 8 && static_cast<int>(kind::set) == 9 &&
                  static_cast<int>(kind::push) == 10 && static_cast<int>(kind::verbatim) == 11,
              "records have these numbers");

bool write_reply(encoder& out, const reply& what, std::size_t depth) {
  if (depth > kept_answer_depth_max) return false;
  out.byte(number_of(what.what));
  switch (what.what) {
    case kind::null: return true;
    case kind::status:
    case kind::bulk:
    case kind::verbatim: out.text(what.text); return true;
    case kind::failure: return false;  // what failed changed nothing, so it is not remembered
    case kind::integer:
    case kind::boolean: out.integer(what.integer); return true;
    case kind::real: out.number(std::bit_cast<std::uint64_t>(what.real)); return true;
    case kind::array:
    case kind::map:
    case kind::set:
    case kind::push:
      out.number(what.items.size());
      return std::all_of(what.items.begin(), what.items.end(),
                         [&](const reply& item) { return write_reply(out, item, depth + 1); });
  }
  return false;
}

reply read_reply(decoder& in, std::size_t depth) {
  reply what;
  const std::uint8_t number = in.byte();
  if (number > number_of(kind::verbatim) || number == number_of(kind::failure)) {
    in.failed("an answer of no known kind");
    return what;
  }
  if (depth > kept_answer_depth_max) in.failed("an answer that is too deep");
  if (!in.ok()) return what;
  what.what = static_cast<kind>(number);
  switch (what.what) {
    case kind::null:
    case kind::failure: break;
    case kind::status:
    case kind::bulk:
    case kind::verbatim: what.text = in.text(); break;
    case kind::integer:
    case kind::boolean: what.integer = in.integer(); break;
    case kind::real: what.real = std::bit_cast<double>(in.number()); break;
    case kind::array:
    case kind::map:
    case kind::set:
    case kind::push: {
      const std::uint64_t count = in.number();
      if (count > kept_answer_bytes_max) in.failed("an answer with too many items");
      for (std::uint64_t i = 0; i < count && in.ok(); ++i)
        what.items.push_back(read_reply(in, depth + 1));
      break;
    }
  }
  return what;
}

}  // namespace

std::uint64_t request_number(bytes_view user, bytes_view id) {
  bytes both{user};
  both.push_back('\0');
  both.append(id);
  const digest hash = sha256(both);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number = number << 8U | hash[i];
  return number == 0 ? 1 : number;
}

kept_answers_ref with_answer(const kept_answers_ref& before, std::uint64_t request,
                             const reply& answer) {
  auto all = std::make_shared<kept_answers>();
  if (before) {
    const std::size_t pushed_out = before->size() < kept_answers_max ? 0 : 1;
    all->assign(before->begin() + static_cast<std::ptrdiff_t>(pushed_out), before->end());
  }
  auto content = encode(answer);
  if (content && content->size() > kept_answer_bytes_max) content.reset();
  all->push_back({request, std::move(content)});
  return all;
}

const kept_answer* find_answer(const kept_answers_ref& in, std::uint64_t request) {
  if (!in) return nullptr;
  const auto found = std::find_if(in->begin(), in->end(),
                                  [&](const kept_answer& one) { return one.request == request; });
  return found == in->end() ? nullptr : &*found;
}

reply answer_of(const kept_answer& kept) {
  if (!kept.content)
    return reply::failure(errc::conflict,
                          "the request with this ID is done; its answer is not kept, because it "
                          "was over " +
                              std::to_string(kept_answer_bytes_max) +
                              " bytes: read the key to see what came of it");
  auto content = decode_reply(*kept.content);
  return content ? std::move(*content) : reply::failure(content.failure());
}

std::size_t bytes_of(const kept_answers_ref& kept) {
  std::size_t size = 0;
  if (kept)
    for (const auto& one : *kept)
      size += sizeof one + (one.content ? one.content->capacity() : 0);
  return size;
}

/// For each the request's number and the size of the answer plus one; 0: it is not kept.
void write(encoder& out, const kept_answers& all) {
  out.number(all.size());
  for (const auto& one : all) {
    out.number(one.request);
    out.number(one.content ? one.content->size() + 1 : 0);
    if (one.content) out.raw(*one.content);
  }
}

kept_answers_ref read_kept_answers(decoder& in) {
  auto all = std::make_shared<kept_answers>();
  const std::size_t count = in.count();
  if (count > kept_answers_max) in.failed("too many answers kept");
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    kept_answer one;
    one.request = in.number();
    const std::uint64_t size = in.number();
    if (one.request == 0) in.failed("an answer to no request");
    if (size > kept_answer_bytes_max + 1) in.failed("a kept answer that is too large");
    if (size > 0 && in.ok()) one.content = bytes{in.raw(static_cast<std::size_t>(size - 1))};
    all->push_back(std::move(one));
  }
  return all;
}

std::optional<bytes> encode(const reply& what) {
  encoder out{what.text.size() + 16};
  if (!write_reply(out, what, 0)) return std::nullopt;
  return std::move(out).take();
}

result<reply> decode_reply(bytes_view encoded) {
  decoder in{encoded, "kept answer"};
  auto what = read_reply(in, 0);
  if (!in.at_end()) in.failed("bytes after the end");
  if (!in.ok()) return in.failure();
  return what;
}

}  // namespace comet::object
