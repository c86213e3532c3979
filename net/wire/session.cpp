#include "net/wire/session.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "net/wire/asked_options.hpp"

namespace comet::wire {

namespace {

using outcome = resp_parser::outcome;

constexpr std::size_t ring_size_min = 16;
constexpr std::size_t idle_output_max = 65'536;  ///< kept between the replies of a connection
constexpr std::size_t idle_words_max = 4'096;    ///< kept between requests, of a whole thread
constexpr std::size_t idle_encoded_max = 1'024;  ///< kept in a slot

/// What a request is counted and told as: what it carries, if that can be carried.
const command_row& counted_row(const command_row& row, argument_list argv) {
  if (!has(row.flags, command_flag::carries)) return row;
  const auto carried = read_carried(argv);
  return carried ? *carried->what.row : row;
}

}  // namespace

session::session(session_id id, endpoint peer, endpoint local, instant now, session_context& shared)
    : shared_(shared),
      parser_(shared.limits.parser),
      id_(id),
      peer_(std::move(peer)),
      local_(std::move(local)),
      created_(now),
      last_(now) {
  caller_.ip = peer_.ip;
  caller_.port = peer_.port;
  become(shared.users->unnamed());
}

session::~session() {
  leave_channels();
}

// ---- input ----

bool session::full() const {
  const session_limits& limits = shared_.limits;
  return unsent() + encoded_ > limits.output_bytes_soft || pending() >= limits.pending_max;
}

bool session::blocked() const {
  return closing() || full() || ((waits_alone_ || mode_ == reply_mode::skip) && pending() > 0);
}

bool session::wants_read() const {
  return !blocked();
}

bool session::resumable() const {
  return stalled_ && !blocked();
}

void session::feed(bytes_view input, instant now) {
  COMET_CHECK(!shared_.feeding);
  if (closing()) return;
  shared_.feeding = true;
  shared_.totals.bytes_in += input.size();
  if (!input.empty()) last_ = now;
  shared_.now = now.mono;
  parser_.feed(input);
  shared_.until_glance = 0;
  do
    look_ahead();
  while (take_request(now));
  parser_.keep();
  if (shared_.argv.capacity() > idle_words_max) shared_.argv = {};
  shared_.feeding = false;
}

/// A pipeline waits for memory once for some requests together, not once for each.
void session::look_ahead() {
  if (shared_.until_glance > 0) {
    --shared_.until_glance;
    return;
  }
  shared_.until_glance = shared_.glanced.size() - 1;
  const std::size_t found = parser_.glance(shared_.glanced);
  if (found > 1) shared_.host.expect(std::span(shared_.glanced).first(found));
}

/// Serves one request; false: there is none, or it has to wait.
bool session::take_request(instant now) {
  stalled_ = blocked();
  if (stalled_) return false;
  waits_alone_ = false;
  switch (parser_.next(shared_.argv, user_ != nullptr)) {
    case outcome::incomplete: return false;
    case outcome::request: return serve(shared_.argv, now);
    case outcome::too_large:
      ++commands_;
      complete_error(open_slot(nullptr), errc::too_large, parser_.problem());
      return true;
    case outcome::failed:
      ++shared_.totals.protocol_errors;
      complete_error(open_slot(nullptr), errc::protocol, parser_.problem());
      closing_ = true;
      return false;
  }
  return false;
}

bool session::serve(argument_list argv, instant now) {
  const command_row* row = find_command(argv[0]);
  const bool plain = row != nullptr && row->parse != nullptr && row->arity_holds(argv.size()) &&
                     unrestricted_ && !subscribed_mode() && !has(row->flags, command_flag::alone);
  if (!plain) return serve_other(argv, now);
  last_command_ = {row, nullptr};
  execute(*row, argv, now);
  return true;
}

/// Everything but an operation on objects that may run at once.
bool session::serve_other(argument_list argv, instant now) {
  const auto found = resolve(argv);
  if (!found) {
    // What a browser sends; a page may have made it do so (Redis: securityWarningCommand).
    if (equal_ignoring_case(argv[0], "host:") || equal_ignoring_case(argv[0], "post"))
      return kill(), false;
    return refuse(found.failure());
  }
  const command_row& row = *found->row;
  if (!unrestricted_ && !has(row.flags, command_flag::no_auth)) {
    if (!user_) return refuse({errc::no_auth, ""});
    if (const auto denied = denied_command(*user_, *found, argv))
      return refuse({errc::no_permission,
                     "this user has no permissions to run the '" + *denied + "' command"});
  }
  if (subscribed_mode() && !has(row.flags, command_flag::subscribed))
    return refuse({errc::syntax, "Can't execute '" + found->full_name() +
                                     "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
                                     "RESET are allowed in this context"});
  if (has(row.flags, command_flag::alone) && pending() > 0) {
    parser_.put_back();
    waits_alone_ = stalled_ = true;
    return false;
  }
  last_command_ = *found;
  if (row.parse != nullptr) {
    execute(row, argv, now);
    return true;
  }
  count_request();
  const slot_id slot = open_slot(&row);
  if (row.own == session_command::wait) {
    wait_for_copies(slot, argv);
    return true;
  }
  answer(row, argv, now, begin_answer(slot));
  end_answer(slot);
  return true;
}

bool session::refuse(const error& why) {
  count_request();
  complete_error(open_slot(nullptr), why.code, why.message);
  return true;
}

void session::execute(const command_row& row, argument_list argv, instant now) {
  count_request();
  const slot_id slot = open_slot(&counted_row(row, argv));
  if (auto made = parse(row, argv, now, shared_.policy, shared_.command); !made) {
    complete_error(slot, made.failure().code, made.failure().message);
  } else if (!unrestricted_ && !keys_permitted(shared_.command)) {
    complete_error(slot, errc::no_permission,
                   "this user has no permissions to access one of the keys used as arguments");
  } else {
    if (reads_copies_) ask_for_copy(shared_.command);
    if (shared_.tracks_writes) note_write(shared_.command);
    shared_.host.execute(*this, slot, shared_.command);
    if (shared_.limits.slow_request.count() > 0) note_request(slot, shared_.command);
  }
}

void session::ask_for_copy(object::command& c) {
  if (!c.asked && may_read_stale(c.what)) c.asked.emplace().stale_max = readonly_stale_max;
}

/// As the last of its keys is written it is the one that the others are waited for with.
void session::note_write(const object::command& c) {
  const std::size_t last = c.keys.empty() ? 0 : c.keys.size() - 1;
  const auto access = access_to_key(c, last);
  if (access == object::key_access::write || access == object::key_access::both)
    last_written_.assign(c.keys.empty() ? c.key : c.keys[last]);
}

void session::wait_for_copies(slot_id slot, argument_list argv) {
  if (auto made = make_wait(argv, shared_.command); !made)
    complete_error(slot, made.failure().code, made.failure().message);
  else if (last_written_.empty())
    complete_integer(slot, 0);
  else
    shared_.host.execute(*this, slot, shared_.command);
}

void session::count_request() {
  ++commands_;
  ++shared_.totals.commands;
  if (mode_ == reply_mode::skip_next) mode_ = reply_mode::skip;
}

// ---- output ----

slot_id session::open_slot(const command_row* row) {
  const slot_id slot = next_++;
  if (pending() > std::max(ring_.size(), std::size_t{1})) grow_ring();
  request_mark& mark = mark_of(slot);
  mark.read = shared_.now;
  mark.command = shared_.counts.place_of(row);
  mark.key_shown = 0;
  mark.key_bytes = 0;
  mark.request_id.clear();
  return slot;
}

/// If it waits: what a line of the log would have to tell of it.
void session::note_request(slot_id slot, const object::command& c) {
  if (slot < oldest_ || (!ring_.empty() && waiting(slot).ready)) return;
  request_mark& mark = mark_of(slot);
  mark.key_shown = static_cast<std::uint8_t>(std::min(c.key.size(), mark.key.size()));
  mark.key_bytes = static_cast<std::uint32_t>(c.key.size());
  std::copy_n(c.key.begin(), mark.key_shown, mark.key.begin());
  if (c.asked) mark.request_id.assign(c.asked->request_id);
}

void session::grow_ring() {
  std::vector<waiting_answer> larger(std::max(ring_size_min, 2 * ring_.size()));
  const std::size_t mask = larger.size() - 1;
  if (ring_.empty()) larger[oldest_ & mask].mark = std::move(lone_mark_);
  if (!ring_.empty())
    for (slot_id slot = oldest_; slot + 1 < next_; ++slot)
      larger[slot & mask] = std::move(waiting(slot));
  ring_ = std::move(larger);
}

bytes& session::begin_answer(slot_id slot) {
  COMET_CHECK(slot >= oldest_ && slot < next_);
  if (slot == oldest_) {
    answer_start_ = output_.size();
    return output_;
  }
  waiting_answer& answer = waiting(slot);
  COMET_CHECK(!answer.ready);
  return answer.encoded;
}

void session::end_answer(slot_id slot) {
  count_answer(slot, mark_of(slot));
  if (slot != oldest_) {
    waiting_answer& answer = waiting(slot);
    answer.ready = true;
    encoded_ += answer.encoded.size();
  } else {
    if (muted()) output_.resize(answer_start_);
    ++oldest_;
    if (!ring_.empty()) release_ready();
    if (mode_ == reply_mode::skip) mode_ = reply_mode::on;
  }
  check_output();
}

void session::count_answer(slot_id slot, const request_mark& of) {
  if (std::exchange(answer_failed_, false)) shared_.counts.failed(of.command);
  if (shared_.feeding) {
    shared_.counts.answered_at_once(of.command);
    return;
  }
  const auto took = shared_.now - of.read;
  shared_.counts.answered(of.command, took);
  const auto slow = shared_.limits.slow_request;
  if (slow.count() > 0 && took > slow)
    shared_.host.took_long(
        *this, {slot, shared_.counts.name_of(of.command), bytes_view{of.key.data(), of.key_shown},
                of.key_bytes, of.request_id, took});
}

void session::count_error() {
  ++shared_.totals.errors;
  answer_failed_ = true;
}

/// Moves answers that were waiting for their turn to the output.
void session::release_ready() {
  for (; oldest_ < next_ && waiting(oldest_).ready; ++oldest_) {
    waiting_answer& answer = waiting(oldest_);
    if (!muted()) output_.append(answer.encoded);
    encoded_ -= answer.encoded.size();
    answer.encoded.clear();
    if (answer.encoded.capacity() > idle_encoded_max) answer.encoded.shrink_to_fit();
    answer.ready = false;
  }
  if (pending() == 0 && ring_.size() > ring_size_min) ring_ = {};
}

void session::check_output() {
  if (unsent() + encoded_ <= shared_.limits.output_bytes_hard) return;
  if (!killed_) {
    ++shared_.totals.overflows;
    overflowed_ = true;
  }
  kill();
  output_.clear();
  output_.shrink_to_fit();
  sent_ = answer_start_ = 0;
}

void session::consume(std::size_t n) {
  COMET_CHECK(n <= unsent());
  shared_.totals.bytes_out += n;
  sent_ += n;
  if (sent_ < output_.size()) {
    if (sent_ > output_.size() / 2) {
      output_.erase(0, sent_);
      sent_ = 0;
    }
    return;
  }
  output_.clear();
  sent_ = 0;
  if (output_.capacity() > idle_output_max) output_.shrink_to_fit();
}

bool session::must_close() const {
  return killed_ || (closing_ && pending() == 0 && unsent() == 0);
}

void session::complete(slot_id slot, const object::reply& r) {
  write(r, begin_answer(slot));
  end_answer(slot);
}

void session::complete_bulk(slot_id slot, bytes_view text) {
  append_bulk(begin_answer(slot), text);
  end_answer(slot);
}

void session::complete_null(slot_id slot) {
  append_null(begin_answer(slot), protocol_);
  end_answer(slot);
}

void session::complete_ok(slot_id slot) {
  append_ok(begin_answer(slot));
  end_answer(slot);
}

void session::complete_integer(slot_id slot, std::int64_t n) {
  append_integer(begin_answer(slot), n);
  end_answer(slot);
}

void session::complete_error(slot_id slot, errc code, bytes_view message) {
  count_error();
  write_error(code, message, begin_answer(slot));
  end_answer(slot);
}

std::size_t session::memory() const {
  std::size_t size = sizeof *this + parser_.held() + output_.capacity() +
                     ring_.capacity() * sizeof(waiting_answer) + encoded_;
  if (subscribed_)
    for (const name_set* names : {&subscribed_->channels, &subscribed_->patterns})
      for (const bytes& name : *names)
        size += sizeof name + name.capacity();
  return size;
}

}  // namespace comet::wire
