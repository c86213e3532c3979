#include "net/wire/user_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/number.hpp"

namespace comet::wire {

namespace {

using object::key_access;

constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t pattern_bytes_max = 1'024;
constexpr std::int64_t weight_max = 10'000;

error refused(bytes message) {
  return {errc::config, std::move(message)};
}

bytes shown(bytes_view word) {
  constexpr std::size_t shown_max = 40;
  return "'" + printable(shortened(word, shown_max)) + "'";
}

/// Takes the next word off `line`; empty: there is none.
bytes_view next_word(bytes_view& line) {
  constexpr bytes_view spaces = " \t\r";
  const std::size_t start = std::min(line.find_first_not_of(spaces), line.size());
  const std::size_t end = std::min(line.find_first_of(spaces, start), line.size());
  const bytes_view word = line.substr(start, end - start);
  line.remove_prefix(end);
  return word;
}

bool is_name(bytes_view word) {
  return !word.empty() && word.size() <= name_bytes_max &&
         std::ranges::all_of(word, [](char c) { return c > ' ' && c <= '~'; });
}

result<digest> read_hash(bytes_view digits) {
  const bool lower = std::ranges::none_of(digits, [](char c) { return c >= 'A' && c <= 'F'; });
  const auto hash = from_hex(digits);
  if (!lower || !hash || hash->size() != sizeof(digest))
    return refused(
        "a password is # and its SHA-256 in 64 lower-case hexadecimal digits; "
        "`comet user` makes one");
  return digest_from(*hash);
}

result<object::key_rule> read_key_rule(bytes_view word) {
  if (word.starts_with('~')) return object::key_rule{bytes{word.substr(1)}, key_access::both};
  const std::size_t tilde = word.find('~');
  const bytes_view kinds = word.substr(1, tilde == bytes_view::npos ? tilde : tilde - 1);
  unsigned allows = 0;
  for (const char c : kinds) {
    const unsigned one = c == 'R' || c == 'r' ? 1U : c == 'W' || c == 'w' ? 2U : 0U;
    if (one == 0 || tilde == bytes_view::npos)
      return refused("keys are given as ~PATTERN, %R~PATTERN, %W~PATTERN or %RW~PATTERN");
    allows |= one;
  }
  if (allows == 0)
    return refused("keys are given as ~PATTERN, %R~PATTERN, %W~PATTERN or %RW~PATTERN");
  return object::key_rule{bytes{word.substr(tilde + 1)}, static_cast<key_access>(allows)};
}

bytes key_rule_text(const object::key_rule& rule) {
  switch (rule.allows) {
    case key_access::read: return "%R~" + rule.pattern;
    case key_access::write: return "%W~" + rule.pattern;
    default: return "~" + rule.pattern;
  }
}

/// Reads the rules of one user, word by word.
class rule_reader {
 public:
  explicit rule_reader(user& target) : user_(target) {}

  result<void> apply(bytes_view word) {
    if (word.size() > pattern_bytes_max) return refused("a rule has at most 1,024 bytes");
    if (apply_plain(word)) return {};
    if (word.starts_with("weight=")) return apply_weight(word.substr(7));
    if (word.starts_with("signer=")) return apply_signer(word.substr(7));
    switch (word[0]) {
      case '#':
      case '!': return apply_password(word);
      case '>':
      case '<':
        return refused(
            "a password does not stand in the file in clear; write # and its SHA-256 "
            "(`comet user` makes the line)");
      case '~':
      case '%': {
        auto rule = read_key_rule(word);
        if (!rule) return rule.failure();
        user_.rights.keys.push_back(std::move(*rule));
        return {};
      }
      case '&': user_.rights.channels.emplace_back(word.substr(1)); return {};
      case '+':
      case '-':
        if (user_.commands.apply(word)) return {};
        return refused("there is no command or category " + shown(word.substr(1)) +
                       "; `comet help commands` and ACL CAT list them");
      case '(': return refused("selectors, rules in parentheses, are not supported");
      default: return refused("there is no rule " + shown(word));
    }
  }

 private:
  bool apply_plain(bytes_view word) {
    const auto is = [&](bytes_view name) { return equal_ignoring_case(word, name); };
    if (is("on")) return user_.enabled = true;
    if (is("off")) return user_.enabled = false, true;
    if (is("nopass")) {
      user_.passwords.clear();
      return user_.needs_no_password = true;
    }
    if (is("resetpass")) {
      user_.passwords.clear();
      return user_.needs_no_password = false, true;
    }
    if (is("allkeys")) return user_.rights.keys.push_back({"*", key_access::both}), true;
    if (is("resetkeys")) return user_.rights.keys.clear(), true;
    if (is("allchannels")) return user_.rights.channels.emplace_back("*"), true;
    if (is("resetchannels")) return user_.rights.channels.clear(), true;
    if (is("allcommands")) return user_.commands.apply("+@all");
    if (is("nocommands")) return user_.commands.apply("-@all");
    if (is("reset")) {
      const bytes name = user_.name;
      user_ = user{};
      user_.name = name;
      return true;
    }
    // What Redis writes into its files besides; there is nothing here that they could change.
    return is("sanitize-payload") || is("skip-sanitize-payload") || is("clearselectors");
  }

  result<void> apply_password(bytes_view word) {
    auto hash = read_hash(word.substr(1));
    if (!hash) return hash.failure();
    std::erase(user_.passwords, *hash);
    if (word[0] == '#') {
      user_.passwords.push_back(*hash);
      user_.needs_no_password = false;
    }
    return {};
  }

  result<void> apply_weight(bytes_view text) {
    const auto weight = parse_integer(text);
    if (!weight || *weight < 1 || *weight > weight_max)
      return refused("weight is a whole number from 1 to 10000");
    user_.rights.weight = static_cast<std::uint32_t>(*weight);
    return {};
  }

  result<void> apply_signer(bytes_view text) {
    public_key key{};
    const auto raw = from_hex(text);
    if (!raw || raw->size() != key.size())
      return refused("signer is a public key in 64 hexadecimal digits; `comet sign` shows it");
    std::copy(raw->begin(), raw->end(), key.begin());
    user_.signers.push_back(key);
    return {};
  }

  user& user_;
};

}  // namespace

// ---- one user ----

bytes_view user::owner_name() const {
  return name == default_user_name ? bytes_view{} : bytes_view{name};
}

bool user::is_unrestricted() const {
  return commands.allows_everything() && rights.all_keys() && rights.all_channels();
}

bool user::has_password(bytes_view password) const {
  const digest given = sha256(password);
  bool found = false;
  for (const digest& known : passwords)
    if (equal_in_constant_time(as_bytes(known), as_bytes(given))) found = true;
  return found;
}

std::vector<bytes> user::key_rules() const {
  std::vector<bytes> rules;
  for (const auto& rule : rights.keys)
    rules.push_back(key_rule_text(rule));
  return rules;
}

std::vector<bytes> user::channel_rules() const {
  std::vector<bytes> rules;
  for (const bytes& pattern : rights.channels)
    rules.push_back("&" + pattern);
  return rules;
}

bytes user::line() const {
  bytes text = "user " + name + (enabled ? " on" : " off");
  if (needs_no_password) text += " nopass";
  for (const digest& password : passwords)
    text += " #" + to_hex(as_bytes(password));
  for (const bytes& rule : key_rules())
    text += " " + rule;
  for (const bytes& rule : channel_rules())
    text += " " + rule;
  text += " " + commands.text();
  if (rights.weight != object::user_rights{}.weight)
    text += fmt::format(" weight={}", rights.weight);
  for (const public_key& key : signers)
    text += " signer=" + to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
  return text;
}

// ---- all users ----

std::shared_ptr<const user_table> user_table::open() {
  auto table = std::make_shared<user_table>();
  const auto added = table->add("user default on nopass ~* &* +@all");
  COMET_CHECK(added.ok());
  return table;
}

result<std::shared_ptr<const user_table>> user_table::parse(bytes_view text, bytes_view file) {
  auto table = std::make_shared<user_table>();
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const bytes_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (auto added = table->add(line); !added)
      return refused(fmt::format("{}:{}: {}", file, number, added.failure().message));
  }
  return std::shared_ptr<const user_table>(std::move(table));
}

result<void> user_table::add(bytes_view line) {
  const bytes_view first = next_word(line);
  if (first.empty() || first.starts_with('#')) return {};
  if (first != "user") return refused("a line is `user NAME RULE ...`, not " + shown(first));
  const bytes_view name = next_word(line);
  if (!is_name(name)) return refused("a user's name has 1 to 64 printable characters, no spaces");
  if (users_.contains(name)) return refused(fmt::format("user {} stands in the file twice", name));
  auto made = std::make_shared<user>();
  made->name = name;
  rule_reader reader(*made);
  for (bytes_view word = next_word(line); !word.empty(); word = next_word(line))
    if (auto applied = reader.apply(word); !applied)
      return refused(
          fmt::format("user {}: rule {}: {}", name, shown(word), applied.failure().message));
  made->rights.administrator = made->commands.allows_administration();
  if (!made->signers.empty() && !made->rights.administrator)
    return refused(
        fmt::format("user {}: signer= is for administrators, who are allowed all of "
                    "@admin",
                    name));
  users_.emplace(name, std::move(made));
  return {};
}

user_ref user_table::find(bytes_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second;
}

user_ref user_table::authenticate(bytes_view name, bytes_view password) const {
  static const user nobody;
  const auto found = find(name);
  const bool right = (found ? *found : nobody).has_password(password);
  if (!found || !found->enabled) return nullptr;
  return right || found->needs_no_password ? found : nullptr;
}

user_ref user_table::unnamed() const {
  auto found = find(default_user_name);
  return found && found->enabled && found->needs_no_password ? found : nullptr;
}

std::vector<user_ref> user_table::all() const {
  std::vector<user_ref> users;
  for (const auto& [name, one] : users_)
    users.push_back(one);
  return users;
}

std::shared_ptr<const object::user_directory> user_table::directory() const {
  auto made = std::make_shared<object::user_directory>();
  for (const auto& [name, one] : users_) {
    made->add(bytes{one->owner_name()}, {one, &one->rights});
    for (const public_key& key : one->signers)
      made->add_signer(key, bytes{one->owner_name()});
  }
  return made;
}

}  // namespace comet::wire
