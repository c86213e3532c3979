// Who a client is and what it may do: AUTH, the checks of access rules, and ACL.
#include <algorithm>
#include <cctype>
#include <optional>

#include "base/number.hpp"
#include "net/wire/asked_options.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/command_categories.hpp"
#include "net/wire/session.hpp"

namespace comet::wire {

namespace {

using object::reply;

constexpr bytes_view wrong_password =
    "WRONGPASS invalid username-password pair or user is disabled.";

reply bulk(bytes_view text) {
  return reply::bulk(bytes{text});
}

template <class Texts>
reply list_of(const Texts& texts) {
  std::vector<reply> items;
  items.reserve(texts.size());
  for (const auto& text : texts)
    items.push_back(bulk(text));
  return reply::list(std::move(items));
}

/// The first key of `c` for which `who` has not the rights that it needs.
std::optional<bytes_view> denied_key(const user& who, const object::command& c) {
  if (c.keys.empty() && !c.key.empty() && !who.rights.may(access_to_key(c, 0), c.key)) return c.key;
  for (std::size_t i = 0; i < c.keys.size(); ++i)
    if (!who.rights.may(access_to_key(c, i), c.keys[i])) return c.keys[i];
  // Naming a callback key gives a handler the right to write it.
  if (!c.callback_key.empty() && !who.rights.may(object::key_access::write, c.callback_key))
    return c.callback_key;
  return std::nullopt;
}

}  // namespace

// ---- who ----

void session::become(user_ref who) {
  user_ = std::move(who);
  unrestricted_ = user_ && user_->is_unrestricted();
  caller_.user = user_ ? user_->owner_name() : bytes_view{};
  caller_.administrator = user_ && user_->rights.administrator;
}

void session::adopt_users() {
  if (!user_) return;
  const auto now = shared_.users->find(user_->name);
  const bool same = now && now->enabled && now->needs_no_password == user_->needs_no_password &&
                    now->passwords == user_->passwords;
  if (!same) return kill();
  become(now);
  if (!may_listen_on()) kill();
}

bool session::log_in(bytes_view name, bytes_view password, bytes& out) {
  auto found = shared_.users->authenticate(name, password);
  if (!found) return fail_line(wrong_password, out), false;
  become(std::move(found));
  return true;
}

void session::answer_auth(argument_list argv, bytes& out) {
  if (argv.size() > 3) return fail(syntax_error(), out);
  if (argv.size() == 2 && shared_.users->unnamed())
    return fail_line(
        "ERR AUTH <password> called without any password configured for the default user. Are "
        "you sure your configuration is correct?",
        out);
  const bytes_view name = argv.size() == 3 ? argv[1] : default_user_name;
  if (log_in(name, argv.back(), out)) append_ok(out);
}

/// The first command of what is asked that `who` may not run; one that cannot be run is no matter.
std::optional<bytes> session::denied_command(const user& who, const resolved_command& asked,
                                             argument_list argv) {
  if (!who.commands.allows(*asked.row)) return asked.full_name();
  if (!has(asked.row->flags, command_flag::carries)) return std::nullopt;
  const auto carried = read_carried(argv);
  if (carried && !who.commands.allows(*carried->what.row)) return carried->what.full_name();
  return std::nullopt;
}

bool session::keys_permitted(const object::command& c) const {
  return user_ && !denied_key(*user_, c);
}

// ---- ACL ----

void session::answer_acl(const command_row& row, argument_list argv, bytes& out) {
  using enum session_command;
  const user_table& users = *shared_.users;
  std::vector<bytes> texts;
  switch (row.own) {
    case acl_cat: return answer_acl_cat(argv, out);
    case acl_dryrun: return answer_acl_dryrun(argv, out);
    case acl_genpass: return answer_acl_genpass(argv, out);
    case acl_getuser: return answer_acl_getuser(argv, out);
    case acl_list:
      for (const auto& one : users.all())
        texts.push_back(one->line());
      return write(list_of(texts), out);
    case acl_load:
      if (auto loaded = shared_.host.reload_users(); !loaded) return fail(loaded.failure(), out);
      return append_ok(out);
    case acl_users:
      for (const auto& one : users.all())
        texts.push_back(one->name);
      return write(list_of(texts), out);
    case acl_whoami: return append_bulk(out, user_->name);
    default: check_failed("a subcommand of ACL");
  }
}

void session::answer_acl_cat(argument_list argv, bytes& out) {
  if (argv.size() > 3)
    return fail({errc::wrong_arity, "wrong number of arguments for 'acl|cat' command"}, out);
  if (argv.size() == 2) return write(list_of(all_categories()), out);
  const auto is_asked = [&](bytes_view name) { return equal_ignoring_case(name, argv[2]); };
  if (!std::ranges::any_of(all_categories(), is_asked))
    return fail({errc::syntax, "Unknown category '" + bytes{argv[2]} + "'"}, out);
  write(list_of(commands_where([&](const resolved_command& c) {
          return std::ranges::any_of(categories_of(*c.row), is_asked);
        })),
        out);
}

void session::answer_acl_dryrun(argument_list argv, bytes& out) {
  const auto who = shared_.users->find(argv[2]);
  if (!who) return fail({errc::not_found, "User '" + bytes{argv[2]} + "' not found"}, out);
  const argument_list request = argv.subspan(3);
  const auto asked = resolve(request);
  if (!asked && asked.failure().code == errc::unknown_command)
    return fail({errc::unknown_command, "Command '" + bytes{request[0]} + "' not found"}, out);
  if (!asked) return fail(asked.failure(), out);
  const command_row& row = *asked->row;
  const auto denied_row =
      has(row.flags, command_flag::no_auth) ? std::nullopt : denied_command(*who, *asked, request);
  if (denied_row)
    return append_bulk(out,
                       "This user has no permissions to run the '" + *denied_row + "' command");
  if (row.parse == nullptr) return append_ok(out);
  object::command c;
  if (auto made = parse(row, request, created_, shared_.policy, c); !made)
    return fail(made.failure(), out);
  if (const auto denied = denied_key(*who, c))
    return append_bulk(out,
                       "This user has no permissions to access the '" + bytes{*denied} + "' key");
  append_ok(out);
}

/// As many bits as asked for, in whole hexadecimal digits.
void session::answer_acl_genpass(argument_list argv, bytes& out) {
  constexpr std::int64_t bits_max = 4'096;
  constexpr std::int64_t bits_default = 256;
  constexpr std::size_t bits_a_digit = 4;
  const auto bits = argv.size() == 3 ? parse_integer(argv[2]) : bits_default;
  if (argv.size() > 3)
    return fail({errc::wrong_arity, "wrong number of arguments for 'acl|genpass' command"}, out);
  if (!bits || *bits < 1 || *bits > bits_max)
    return fail({errc::out_of_range,
                 "ACL GENPASS argument must be the number of bits for the output password, a "
                 "positive number up to 4096"},
                out);
  const std::size_t digits = (static_cast<std::size_t>(*bits) + bits_a_digit - 1) / bits_a_digit;
  append_bulk(out, to_hex(shared_.host.secret((digits + 1) / 2)).substr(0, digits));
}

void session::answer_acl_getuser(argument_list argv, bytes& out) {
  const auto who = shared_.users->find(argv[2]);
  if (!who) return append_null(out, protocol_);
  std::vector<reply> flags{bulk(who->enabled ? "on" : "off")};
  if (who->needs_no_password) flags.push_back(bulk("nopass"));
  std::vector<bytes> passwords;
  for (const digest& password : who->passwords)
    passwords.push_back(to_hex(as_bytes(password)));
  const auto joined = [](const std::vector<bytes>& words) {
    bytes text;
    for (const bytes& word : words)
      text.append(text.empty() ? "" : " ").append(word);
    return reply::bulk(std::move(text));
  };
  write(reply::map({bulk("flags"), reply::list(std::move(flags)), bulk("passwords"),
                    list_of(passwords), bulk("commands"), reply::bulk(who->commands.text()),
                    bulk("keys"), joined(who->key_rules()), bulk("channels"),
                    joined(who->channel_rules()), bulk("selectors"), reply::list({})}),
        out);
}

}  // namespace comet::wire
