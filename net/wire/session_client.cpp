// CLIENT: what a client may know and change about connections.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/number.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/session.hpp"

namespace comet::wire {

namespace {

enum class client_type : std::uint8_t { normal, pubsub, other };

/// TYPE of CLIENT LIST and KILL; a node has no masters and replicas among its clients.
std::optional<client_type> client_type_named(bytes_view name) {
  if (equal_ignoring_case(name, "normal")) return client_type::normal;
  if (equal_ignoring_case(name, "pubsub")) return client_type::pubsub;
  for (const bytes_view other : {"master", "slave", "replica"})
    if (equal_ignoring_case(name, other)) return client_type::other;
  return std::nullopt;
}

error unknown_type(bytes_view name) {
  return {errc::syntax, "Unknown client type '" + bytes{name} + "'"};
}

client_type type_of(const session& s) {
  return s.subscription_count() > 0 ? client_type::pubsub : client_type::normal;
}

bytes_view user_of(const session& s) {
  return s.caller().user.empty() ? default_user_name : bytes_view{s.caller().user};
}

/// What CLIENT KILL looks for; every filter given has to match.
struct client_filter {
  std::optional<session_id> id;
  std::optional<client_type> type;
  std::optional<bytes_view> user;
  std::optional<bytes_view> peer;
  std::optional<bytes_view> local;
  bool skip_me = true;

  [[nodiscard]] bool matches(const session& s, const session& me) const {
    return !(skip_me && &s == &me) && (!id || *id == s.id()) && (!type || *type == type_of(s)) &&
           (!user || *user == user_of(s)) && (!peer || *peer == s.peer().text()) &&
           (!local || *local == s.local().text());
  }

  result<void> add(bytes_view option, bytes_view value) {
    if (equal_ignoring_case(option, "id")) {
      const auto number = parse_integer(value);
      if (!number || *number < 1) return {errc::out_of_range, "client-id should be greater than 0"};
      id = static_cast<session_id>(*number);
    } else if (equal_ignoring_case(option, "type")) {
      type = client_type_named(value);
      if (!type) return unknown_type(value);
    } else if (equal_ignoring_case(option, "user")) {
      user = value;
    } else if (equal_ignoring_case(option, "addr")) {
      peer = value;
    } else if (equal_ignoring_case(option, "laddr")) {
      local = value;
    } else if (equal_ignoring_case(option, "skipme") && equal_ignoring_case(value, "yes")) {
      skip_me = true;
    } else if (equal_ignoring_case(option, "skipme") && equal_ignoring_case(value, "no")) {
      skip_me = false;
    } else {
      return syntax_error();
    }
    return {};
  }
};

bool is_on_or_off(bytes_view word) {
  return equal_ignoring_case(word, "on") || equal_ignoring_case(word, "off");
}

}  // namespace

bool is_client_text(bytes_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '!' && c <= '~'; });
}

bytes session::description(instant now) const {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  const auto age = duration_cast<seconds>(now.mono - created_.mono).count();
  const auto idle = duration_cast<seconds>(now.mono - last_.mono).count();
  const std::size_t channels = subscribed_ ? subscribed_->channels.size() : 0;
  const std::size_t patterns = subscribed_ ? subscribed_->patterns.size() : 0;
  return fmt::format(
      "id={} addr={} laddr={} fd=-1 name={} age={} idle={} flags={} db=0 sub={} psub={} ssub=0 "
      "multi=-1 qbuf={} qbuf-free=0 argv-mem=0 multi-mem=0 rbs={} rbp={} obl={} oll={} omem={} "
      "tot-mem={} events=r cmd={} user={} redir=-1 resp={} lib-name={} lib-ver={}",
      id_, peer_.text(), local_.text(), name_, age, idle,
      subscription_count() > 0 ? "P" : (reads_copies_ ? "r" : "N"), channels, patterns,
      parser_.unread(), output_.capacity(), output_.capacity(), unsent(), pending(), encoded_,
      memory(), last_command_.row == nullptr ? bytes{"NULL"} : last_command_.full_name(),
      user_of(*this), static_cast<int>(protocol_), library_name_, library_version_);
}

void session::answer_client(const command_row& row, argument_list argv, instant now, bytes& out) {
  using enum session_command;
  switch (row.own) {
    case client_getname:
      return name_.empty() ? append_null(out, protocol_) : append_bulk(out, name_);
    case client_id: return append_integer(out, static_cast<std::int64_t>(id_));
    case client_info: return append_verbatim(out, description(now) + "\n", protocol_);
    case client_kill: return answer_client_kill(argv, out);
    case client_list: return answer_client_list(argv, now, out);
    case client_reply: return answer_client_reply(argv, out);
    case client_setinfo: return answer_client_setinfo(argv, out);
    case client_setname:
      if (!is_client_text(argv[2])) return fail_line(bad_client_name, out);
      name_ = argv[2];
      return append_ok(out);
    case client_no_evict:
    case client_no_touch: return is_on_or_off(argv[2]) ? append_ok(out) : fail(syntax_error(), out);
    default: check_failed("a subcommand of CLIENT");
  }
}

void session::answer_client_list(argument_list argv, instant now, bytes& out) {
  std::optional<client_type> type;
  std::optional<std::vector<session_id>> ids;
  if (argv.size() == 4 && equal_ignoring_case(argv[2], "type")) {
    type = client_type_named(argv[3]);
    if (!type) return fail(unknown_type(argv[3]), out);
  } else if (argv.size() > 3 && equal_ignoring_case(argv[2], "id")) {
    ids.emplace();
    for (const bytes_view word : argv.subspan(3)) {
      const auto id = parse_integer(word);
      if (!id) return fail({errc::syntax, "Invalid client ID"}, out);
      ids->push_back(static_cast<session_id>(*id));
    }
  } else if (argv.size() != 2) {
    return fail(syntax_error(), out);
  }
  bytes lines;
  for (const session* s : shared_.host.clients()) {
    if (type && type_of(*s) != *type) continue;
    if (ids && std::ranges::count(*ids, s->id()) == 0) continue;
    lines.append(s->description(now)).append("\n");
  }
  append_verbatim(out, lines, protocol_);
}

void session::kill_client(session& victim) {
  if (&victim == this) {
    closing_ = true;  // after this answer
    return;
  }
  victim.kill();
  shared_.host.touched(victim);
}

void session::answer_client_kill(argument_list argv, bytes& out) {
  client_filter filter;
  const bool old_style = argv.size() == 3;
  if (old_style) {
    filter.peer = argv[2];
    filter.skip_me = false;
  } else if (argv.size() % 2 != 0) {
    return fail(syntax_error(), out);
  }
  for (std::size_t i = 2; !old_style && i < argv.size(); i += 2)
    if (auto added = filter.add(argv[i], argv[i + 1]); !added) return fail(added.failure(), out);
  std::int64_t killed = 0;
  for (session* s : shared_.host.clients()) {
    if (s->closing() || !filter.matches(*s, *this)) continue;
    kill_client(*s);
    ++killed;
  }
  if (!old_style) return append_integer(out, killed);
  if (killed == 0) return fail({errc::not_found, "No such client"}, out);
  append_ok(out);
}

void session::answer_client_reply(argument_list argv, bytes& out) {
  if (equal_ignoring_case(argv[2], "on")) {
    mode_ = reply_mode::on;
    append_ok(out);
  } else if (equal_ignoring_case(argv[2], "off")) {
    mode_ = reply_mode::off;
  } else if (!equal_ignoring_case(argv[2], "skip")) {
    fail(syntax_error(), out);
  } else if (mode_ != reply_mode::off) {
    mode_ = reply_mode::skip_next;
  }
}

void session::answer_client_setinfo(argument_list argv, bytes& out) {
  const bool is_name = equal_ignoring_case(argv[2], "lib-name");
  if (!is_name && !equal_ignoring_case(argv[2], "lib-ver"))
    return fail({errc::syntax, "Unrecognized option '" + bytes{argv[2]} + "'"}, out);
  if (!is_client_text(argv[3]))
    return fail({errc::syntax, bytes{is_name ? "lib-name" : "lib-ver"} +
                                   " cannot contain spaces, newlines or special characters."},
                out);
  (is_name ? library_name_ : library_version_) = argv[3];
  append_ok(out);
}

}  // namespace comet::wire
