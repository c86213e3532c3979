// What a session answers without its host: handshake, settings, and the node's own figures.
#include <algorithm>
#include <limits>
#include <utility>

#include "base/number.hpp"
#include "net/wire/command_answer.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/error_map.hpp"
#include "net/wire/session.hpp"

namespace comet::wire {

namespace {

void append_time(bytes& out, instant now) {
  constexpr std::int64_t milliseconds_a_second = 1'000;
  const std::int64_t ms = to_unix_ms(now.wall);
  append_array_header(out, 2);
  append_bulk(out, std::to_string(ms / milliseconds_a_second));
  append_bulk(out, std::to_string(ms % milliseconds_a_second * 1'000));
}

}  // namespace

void session::fail(const error& why, bytes& out) {
  count_error();
  write_error(why.code, why.message, out);
}

void session::fail_line(bytes_view line, bytes& out) {
  count_error();
  append_error_line(out, line);
}

void session::write(const object::reply& r, bytes& out) {
  if (r.failed()) {
    count_error();
    return write_error(r.code, r.text, out);
  }
  append(out, r, protocol_);
}

void session::write_error(errc code, bytes_view message, bytes& out) const {
  if (!tells_codes_) return append_error(out, code, message);
  const bytes_view text = message.empty() ? form_of(code).meaning : message;
  append_error_line(out, bytes{name_of(code)}.append(" ").append(text));
}

void session::answer(const command_row& row, argument_list argv, instant now, bytes& out) {
  using enum session_command;
  switch (row.own) {
    case none:
    case wait: check_failed("a row that a session can answer");
    case acl_cat:
    case acl_dryrun:
    case acl_genpass:
    case acl_getuser:
    case acl_list:
    case acl_load:
    case acl_users:
    case acl_whoami: return answer_acl(row, argv, out);
    case auth: return answer_auth(argv, out);
    case echo: return append_bulk(out, argv[1]);
    case hello: return answer_hello(argv, out);
    case ping: return answer_ping(argv, out);
    case quit: closing_ = true; return append_ok(out);
    case read_copies: reads_copies_ = true; return append_ok(out);
    case read_leaders: reads_copies_ = false; return append_ok(out);
    case reset: return answer_reset(out);
    case select: return answer_select(argv, out);
    case time: return append_time(out, now);
    case info:
      return append_verbatim(out, info_text(shared_.host.figures(), argv.subspan(1)), protocol_);
    case comet_top: return answer_top(argv, out);
    case config_get: return answer_config_get(argv, out);
    case config_set: return answer_config_set(argv, out);
    case config_resetstat: shared_.host.reset_figures(); return append_ok(out);
    case command:
    case command_count:
    case command_docs:
    case command_getkeys:
    case command_info:
    case command_list: return write(answer_command(row.own, argv), out);
    case acl_help:
    case comet_help:
    case command_help:
    case config_help:
    case client_help:
    case object_help:
    case pubsub_help: return write(help_of(*last_command_.container), out);
    case client_getname:
    case client_id:
    case client_info:
    case client_kill:
    case client_list:
    case client_no_evict:
    case client_no_touch:
    case client_reply:
    case client_setinfo:
    case client_setname: return answer_client(row, argv, now, out);
    case subscribe:
    case unsubscribe:
    case psubscribe:
    case punsubscribe:
    case publish:
    case pubsub_channels:
    case pubsub_numpat:
    case pubsub_numsub: return answer_pubsub(row, argv, out);
  }
}

void session::answer_hello(argument_list argv, bytes& out) {
  auto chosen = static_cast<std::int64_t>(protocol_);
  if (argv.size() >= 2) {
    const auto version = parse_integer(argv[1]);
    if (!version) return fail_line("ERR Protocol version is not an integer or out of range", out);
    if (*version < 2 || *version > 3) return fail_line("NOPROTO unsupported protocol version", out);
    chosen = *version;
  }
  bytes_view user;
  bytes_view password;
  std::optional<bytes_view> name;
  for (std::size_t i = 2; i < argv.size(); ++i) {
    const std::size_t follow = argv.size() - 1 - i;
    if (equal_ignoring_case(argv[i], "auth") && follow >= 2) {
      user = argv[++i];
      password = argv[++i];
    } else if (equal_ignoring_case(argv[i], "setname") && follow >= 1) {
      name = argv[++i];
      if (!is_client_text(*name)) return fail_line(bad_client_name, out);
    } else {
      return fail_line("ERR Syntax error in HELLO option '" + bytes{argv[i]} + "'", out);
    }
  }
  if (user.data() != nullptr && !log_in(user, password, out)) return;
  if (!user_)
    return fail_line(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the "
        "RESP protocol version at the same time",
        out);
  if (name) name_ = *name;
  protocol_ = static_cast<protocol>(chosen);
  using object::reply;
  const auto bulk = [](bytes_view text) { return reply::bulk(bytes{text}); };
  write(reply::map({bulk("server"), bulk("redis"), bulk("version"), bulk(redis_version),
                    bulk("proto"), reply::number(chosen), bulk("id"),
                    reply::number(static_cast<std::int64_t>(id_)), bulk("mode"), bulk("standalone"),
                    bulk("role"), bulk("master"), bulk("modules"), reply::list({})}),
        out);
}

void session::answer_top(argument_list argv, bytes& out) {
  using object::work_figures;
  auto by = object::work_measure::fuel;
  std::int64_t count = 10;
  for (std::size_t i = 2; i < argv.size(); i += 2) {
    if (i + 1 == argv.size()) return fail(syntax_error(), out);
    if (equal_ignoring_case(argv[i], "by")) {
      const auto named = std::ranges::find_if(object::work_measure_names, [&](bytes_view name) {
        return equal_ignoring_case(name, argv[i + 1]);
      });
      if (named == object::work_measure_names.end()) return fail(syntax_error(), out);
      by = static_cast<object::work_measure>(named - object::work_measure_names.begin());
    } else if (equal_ignoring_case(argv[i], "count")) {
      const auto asked = read_integer(argv[i + 1]);
      if (!asked) return fail(asked.failure(), out);
      const auto most = static_cast<std::int64_t>(work_figures::objects_max);
      if (*asked < 1 || *asked > most)
        return fail({errc::out_of_range, "COUNT has to be 1 to " + std::to_string(most)}, out);
      count = *asked;
    } else {
      return fail(syntax_error(), out);
    }
  }
  write(object::told_top(shared_.host.top(by, static_cast<std::size_t>(count))), out);
}

void session::answer_ping(argument_list argv, bytes& out) {
  if (argv.size() > 2)
    return fail({errc::wrong_arity, "wrong number of arguments for 'ping' command"}, out);
  if (subscribed_mode()) {
    append_array_header(out, 2);
    append_bulk(out, "pong");
    return append_bulk(out, argv.size() == 2 ? argv[1] : bytes_view{});
  }
  if (argv.size() == 2) return append_bulk(out, argv[1]);
  append_status(out, "PONG");
}

void session::answer_reset(bytes& out) {
  leave_channels();
  name_.clear();
  become(shared_.users->unnamed());
  protocol_ = protocol::resp2;
  mode_ = reply_mode::on;
  reads_copies_ = false;
  append_status(out, "RESET");
}

void session::answer_select(argument_list argv, bytes& out) {
  const auto index = read_integer(argv[1]);
  if (!index) return fail(index.failure(), out);
  if (*index != 0) return fail({errc::out_of_range, "DB index is out of range"}, out);
  append_ok(out);
}

/// Of the key that this connection wrote last; an empty one: it wrote nothing, or replicas are not
/// kept, and there is nobody to wait for.
result<void> session::make_wait(argument_list argv, object::command& out) const {
  const auto replicas = read_integer(argv[1]);
  if (!replicas) return replicas.failure();
  const auto timeout = parse_integer(argv[2]);
  if (!timeout) return {errc::out_of_range, "timeout is not an integer or out of range"};
  if (*timeout < 0) return {errc::out_of_range, "timeout is negative"};
  out = {};
  out.what = object::op::count_copies;
  out.key = last_written_;
  out.number = std::clamp<std::int64_t>(*replicas, 0, std::numeric_limits<std::int32_t>::max());
  out.number2 = std::min(*timeout, object::stale_age_max.count());
  return {};
}

void session::answer_config_get(argument_list argv, bytes& out) {
  std::vector<std::pair<bytes, bytes>> parameters;
  for (const bytes_view pattern : argv.subspan(2)) {
    if (auto checked = check_pattern(pattern); !checked) return fail(checked.failure(), out);
    for (auto& match : shared_.host.config_get(pattern))
      if (std::ranges::find(parameters, match) == parameters.end())
        parameters.push_back(std::move(match));
  }
  append_map_header(out, parameters.size(), protocol_);
  for (const auto& [name, value] : parameters) {
    append_bulk(out, name);
    append_bulk(out, value);
  }
}

void session::answer_config_set(argument_list argv, bytes& out) {
  if (argv.size() % 2 != 0) return fail(syntax_error(), out);
  std::vector<std::pair<bytes_view, bytes_view>> changes;
  for (std::size_t i = 2; i < argv.size(); i += 2) {
    for (const auto& [name, value] : changes)
      if (equal_ignoring_case(name, argv[i]))
        return fail({errc::config, "CONFIG SET failed (possibly related to argument '" +
                                       bytes{argv[i]} + "') - duplicate parameter"},
                    out);
    changes.emplace_back(argv[i], argv[i + 1]);
  }
  if (auto set = shared_.host.config_set(changes); !set) return fail(set.failure(), out);
  append_ok(out);
}

}  // namespace comet::wire
