#include "object/turn_ring.hpp"

#include <utility>

#include "base/check.hpp"

namespace comet::object {

namespace {

/// How a state is written; the numbers are part of the format.
enum state_form : std::uint8_t { no_state = 0, same_as_last = 1, follows = 2 };

void write_state(encoder& out, const state_ref& state, state_ref& last) {
  if (!state) return out.byte(no_state);
  if (state == last) return out.byte(same_as_last);
  out.byte(follows);
  out.text(*state);
  last = state;
}

state_ref read_state(decoder& in, state_ref& last) {
  const std::uint8_t form = in.byte();
  if (form == no_state) return nullptr;
  if (form == same_as_last && !last) in.failed("a state that is the same as none");
  if (form > follows) in.failed("a state of no known form");
  if (form == follows) {
    auto state = std::make_shared<const bytes>(in.text());
    if (last && *last == *state) in.failed("a state that is written twice");
    last = std::move(state);
  }
  return last;
}

bool same_bytes(const std::shared_ptr<const bytes>& a, const std::shared_ptr<const bytes>& b) {
  return a == b || (a && b && *a == *b);
}

/// What stays of a turn that is over its bound.
void leave_out(recorded_turn& turn, std::size_t size, bytes_view before, bytes_view after) {
  turn.sizes = left_out_sizes{size, before.size(), after.size()};
  turn.what.reset();
  constexpr std::size_t shown_max = 256;
  turn.handler = shortened(turn.handler, shown_max);
  if (turn.failure) turn.failure->message = shortened(turn.failure->message, shown_max);
}

}  // namespace

turn_ring_ref turn_ring::of(std::size_t capacity) {
  COMET_CHECK(capacity > 0 && capacity <= recorded_turns_max);
  auto ring = std::make_shared<turn_ring>();
  ring->capacity_ = capacity;
  return ring;
}

/// The state that was kept last, or a new one: equal neighbours are one.
state_ref turn_ring::shared_state(bytes_view state, const state_ref& before) const {
  state_ref last = before;
  for (auto turn = turns_.rbegin(); !last && turn != turns_.rend(); ++turn)
    last = turn->after ? turn->after : turn->before;
  return last && *last == state ? last : std::make_shared<const bytes>(state);
}

turn_ring_ref turn_ring::with(recorded_turn turn, bytes_view before, bytes_view after) const {
  auto next = std::make_shared<turn_ring>(*this);
  turn.number = next->next_++;
  auto content = encode_content(turn);
  const std::size_t size = content ? content->size() : 0;
  kept fresh;
  if (!content || turn.trace.cut || size + before.size() + after.size() > recorded_turn_bytes_max) {
    leave_out(turn, size, before, after);
    content = encode_content(turn);
    COMET_CHECK(content.has_value());
  } else {
    if (turn.kind != turn_kind::create) fresh.before = shared_state(before, nullptr);
    if (!turn.erased) fresh.after = shared_state(after, fresh.before);
  }
  fresh.content = std::make_shared<const bytes>(std::move(*content));
  next->turns_.push_back(std::move(fresh));
  next->shrink();
  return next;
}

turn_ring_ref turn_ring::resized(std::size_t capacity) const {
  COMET_CHECK(capacity > 0 && capacity <= recorded_turns_max);
  auto next = std::make_shared<turn_ring>(*this);
  next->capacity_ = capacity;
  next->shrink();
  return next;
}

std::size_t turn_ring::counted() const {
  std::size_t n = 0;
  const bytes* last = nullptr;
  for (const auto& turn : turns_) {
    n += turn.content->size();
    for (const auto* state : {turn.before.get(), turn.after.get()}) {
      if (state == nullptr || state == last) continue;
      n += state->size();
      last = state;
    }
  }
  return n;
}

void turn_ring::shrink() {
  bytes_ = counted();
  while (turns_.size() > capacity_ || bytes_ > recorded_turns_bytes_max) {
    turns_.erase(turns_.begin());
    bytes_ = counted();
  }
}

std::vector<recorded_turn> turn_ring::heads() const {
  std::vector<recorded_turn> all;
  for (const auto& one : turns_) {
    auto turn = decode_content(*one.content);
    COMET_CHECK(turn.ok());  // made by encode_content, or read by `read`
    all.push_back(std::move(*turn));
  }
  return all;
}

std::optional<recorded_turn> turn_ring::find(std::uint64_t number) const {
  const std::uint64_t first = next_ - turns_.size();
  if (number < first || number >= next_) return std::nullopt;
  const auto& one = turns_[static_cast<std::size_t>(number - first)];
  auto turn = decode_content(*one.content);
  COMET_CHECK(turn.ok());
  turn->before = one.before;
  turn->after = one.after;
  return std::move(*turn);
}

void turn_ring::write(encoder& out) const {
  out.number(capacity_);
  out.number(next_);
  out.number(turns_.size());
  state_ref last;
  for (const auto& turn : turns_) {
    out.text(*turn.content);
    write_state(out, turn.before, last);
    write_state(out, turn.after, last);
  }
}

turn_ring_ref turn_ring::read(decoder& in) {
  auto ring = std::make_shared<turn_ring>();
  const std::uint64_t capacity = in.number();
  ring->next_ = in.number();
  const std::uint64_t count = in.number();
  if (capacity == 0 || capacity > recorded_turns_max) in.failed("a number of turns out of range");
  if (count > capacity || count >= ring->next_) in.failed("more turns than are recorded");
  if (!in.ok()) return nullptr;
  ring->capacity_ = static_cast<std::size_t>(capacity);
  state_ref last;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    kept one;
    one.content = std::make_shared<const bytes>(in.text());
    one.before = read_state(in, last);
    one.after = read_state(in, last);
    if (!in.ok()) return nullptr;
    const auto turn = decode_content(*one.content);
    if (!turn || turn->number != ring->next_ - count + i || encode_content(*turn) != *one.content) {
      in.failed("a recorded turn that cannot be read, or is not the next");
      return nullptr;
    }
    ring->turns_.push_back(std::move(one));
  }
  ring->bytes_ = ring->counted();
  if (ring->bytes_ > recorded_turns_bytes_max) in.failed("more recorded turns than are kept");
  return in.ok() ? ring : nullptr;
}

bool operator==(const turn_ring& a, const turn_ring& b) {
  if (a.capacity_ != b.capacity_ || a.next_ != b.next_ || a.turns_.size() != b.turns_.size())
    return false;
  for (std::size_t i = 0; i < a.turns_.size(); ++i) {
    const auto& one = a.turns_[i];
    const auto& other = b.turns_[i];
    if (!same_bytes(one.content, other.content) || !same_bytes(one.before, other.before) ||
        !same_bytes(one.after, other.after))
      return false;
  }
  return true;
}

}  // namespace comet::object
