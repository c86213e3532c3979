// SUBSCRIBE and its kin: a session as publisher and as subscriber.

#include <algorithm>

#include "net/wire/command_arguments.hpp"
#include "net/wire/session.hpp"

namespace comet::wire {

namespace {

error no_channel() {
  return {errc::no_permission,
          "this user has no permissions to access one of the channels used as arguments"};
}

}  // namespace

std::size_t session::subscription_count() const {
  return subscribed_ == nullptr ? 0 : subscribed_->channels.size() + subscribed_->patterns.size();
}

void session::answer_pubsub(const command_row& row, argument_list argv, bytes& out) {
  using enum session_command;
  switch (row.own) {
    case subscribe:
    case psubscribe: return answer_subscribe(row, argv.subspan(1), out);
    case unsubscribe:
    case punsubscribe: return answer_unsubscribe(row, argv.subspan(1), out);
    case publish:
      if (!unrestricted_ && !user_->rights.may_use_channel(argv[1])) return fail(no_channel(), out);
      return append_integer(out, shared_.host.publish(argv[1], argv[2]));
    case pubsub_channels: return answer_channels(argv, out);
    case pubsub_numpat: return append_integer(out, shared_.subscriptions.patterns());
    case pubsub_numsub: return answer_numsub(argv.subspan(2), out);
    default: check_failed("a command of publish and subscribe");
  }
}

/// A confirmation; no name: there was nothing to leave.
void session::confirm(bytes_view kind, std::optional<bytes_view> name, bytes& out) {
  append_push_header(out, 3, protocol_);
  append_bulk(out, kind);
  if (name) {
    append_bulk(out, *name);
  } else {
    append_null(out, protocol_);
  }
  append_integer(out, static_cast<std::int64_t>(subscription_count()));
}

bool session::may_listen_to(bytes_view name, bool pattern) const {
  if (unrestricted_) return true;
  const auto& rights = user_->rights;
  return pattern ? rights.may_use_channels(name) : rights.may_use_channel(name);
}

/// Under rules that are new.
bool session::may_listen_on() const {
  if (!subscribed_) return true;
  const auto may = [&](const name_set& names, bool patterns) {
    return std::ranges::all_of(names,
                               [&](const bytes& name) { return may_listen_to(name, patterns); });
  };
  return may(subscribed_->channels, false) && may(subscribed_->patterns, true);
}

void session::answer_subscribe(const command_row& row, argument_list names, bytes& out) {
  const bool patterns = row.own == session_command::psubscribe;
  for (const bytes_view name : names) {
    if (auto checked = check_pattern(name); patterns && !checked)
      return fail(checked.failure(), out);
    if (!may_listen_to(name, patterns)) return fail(no_channel(), out);
  }
  if (!subscribed_) subscribed_ = std::make_unique<subscriptions>();
  name_set& mine = patterns ? subscribed_->patterns : subscribed_->channels;
  for (const bytes_view name : names) {
    if (!mine.contains(name)) {
      if (subscription_count() >= shared_.limits.subscriptions_max)
        return fail({errc::busy, "a connection listens to at most " +
                                     std::to_string(shared_.limits.subscriptions_max) +
                                     " channels and patterns"},
                    out);
      mine.emplace(name);
      patterns ? shared_.subscriptions.subscribe_pattern(*this, name)
               : shared_.subscriptions.subscribe(*this, name);
    }
    confirm(row.name, name, out);
  }
}

void session::leave(bytes_view name, bool patterns) {
  patterns ? shared_.subscriptions.unsubscribe_pattern(*this, name)
           : shared_.subscriptions.unsubscribe(*this, name);
}

void session::answer_unsubscribe(const command_row& row, argument_list names, bytes& out) {
  const bool patterns = row.own == session_command::punsubscribe;
  name_set none;
  name_set& mine = !subscribed_ ? none : patterns ? subscribed_->patterns : subscribed_->channels;
  for (const bytes_view name : names) {
    if (const auto found = mine.find(name); found != mine.end()) {
      leave(name, patterns);
      mine.erase(found);
    }
    confirm(row.name, name, out);
  }
  if (names.empty() && mine.empty()) confirm(row.name, std::nullopt, out);
  while (names.empty() && !mine.empty()) {
    const auto first = mine.extract(mine.begin());
    leave(first.value(), patterns);
    confirm(row.name, first.value(), out);
  }
}

void session::leave_channels() {
  if (!subscribed_) return;
  for (const bytes& name : subscribed_->channels)
    leave(name, false);
  for (const bytes& name : subscribed_->patterns)
    leave(name, true);
  subscribed_.reset();
}

void session::answer_channels(argument_list argv, bytes& out) {
  if (argv.size() > 3)
    return fail({errc::syntax, "unknown subcommand or wrong number of arguments for '" +
                                   bytes{argv[1]} + "'. Try PUBSUB HELP."},
                out);
  const bytes_view pattern = argv.size() == 3 ? argv[2] : bytes_view{"*"};
  if (auto checked = check_pattern(pattern); !checked) return fail(checked.failure(), out);
  const auto names = shared_.subscriptions.active(pattern);
  append_array_header(out, names.size());
  for (const bytes& name : names)
    append_bulk(out, name);
}

void session::answer_numsub(argument_list names, bytes& out) {
  append_array_header(out, 2 * names.size());
  for (const bytes_view name : names) {
    append_bulk(out, name);
    append_integer(out, shared_.subscriptions.subscribers_of(name));
  }
}

void session::on_message(bytes_view channel, bytes_view message) {
  if (killed_) return;
  append_push_header(output_, 3, protocol_);
  append_bulk(output_, "message");
  append_bulk(output_, channel);
  append_bulk(output_, message);
  pushed();
}

void session::on_pattern_message(bytes_view pattern, bytes_view channel, bytes_view message) {
  if (killed_) return;
  append_push_header(output_, 4, protocol_);
  append_bulk(output_, "pmessage");
  append_bulk(output_, pattern);
  append_bulk(output_, channel);
  append_bulk(output_, message);
  pushed();
}

/// What was pushed stays, whatever becomes of the answer that is being written.
void session::pushed() {
  answer_start_ = output_.size();
  check_output();
  shared_.host.touched(*this);
}

}  // namespace comet::wire
