// Clients of the simulated nodes: connections, requests and their answers.
#include <algorithm>
#include <utility>

#include "lab/client.hpp"
#include "lab/clock.hpp"
#include "lab/seat.hpp"
#include "lab/world.hpp"
#include "lab/world_run.hpp"
#include "net/overlay/address.hpp"
#include "net/wire/error_map.hpp"
#include "net/wire/user_table.hpp"

namespace comet::lab {

namespace {

using object::reply;

constexpr std::uint16_t first_port = 40'000;
constexpr std::uint16_t ports = 20'000;

/// As a node writes it.
reply failure_line(const error& why) {
  return reply::failure(why.code, bytes{wire::form_of(why.code).prefix} + " " + why.message);
}

bytes line_of(const bytes& user) {
  const bytes all = "user " + user + " on nopass ~* &* +@all";
  return (user == "admin" ? all : all + " -@admin") + "\n";
}

}  // namespace

// ---- users ----

std::shared_ptr<const wire::user_table> world::users() const {
  bytes text = "user default on nopass ~* &* +@all\n";
  for (const auto& name : users_)
    text += line_of(name);
  auto table = wire::user_table::parse(text, "users of the laboratory");
  COMET_CHECK(table.ok());  // each line was tried before
  return *table;
}

void world::learn_user(const bytes& name) {
  if (name.empty() || name == wire::default_user_name || !users_.insert(name).second) return;
  const auto table = users();
  auto limits = options_.limits;
  limits.users = table->directory();
  for (const auto& one : seats_)
    if (one->running) one->running->set_users(limits, table);
}

// ---- connections ----

result<client_id> world::connect(const client_options& options) {
  const auto found = find_up(options.node);
  if (!found) return found.failure();
  if (!options.user.empty() && options.user != wire::default_user_name) {
    const auto tried = wire::user_table::parse(line_of(options.user), "users of the laboratory");
    if (!tried)
      return {errc::out_of_range, "`" + printable(options.user) +
                                      "` cannot be a user's name: it has 1 to 64 printable "
                                      "characters, no spaces"};
  }
  const bool v6 = options.ip.find(':') != bytes::npos;
  if (!overlay::parse_address((v6 ? "[" + options.ip + "]" : options.ip) + ":1"))
    return {errc::out_of_range, "`" + printable(options.ip) + "` is no IP address"};
  learn_user(options.user);
  const client_id id = clients_.size() + 1;
  auto made = options;
  if (made.port == 0) made.port = static_cast<std::uint16_t>(first_port + id % ports);
  clients_.push_back(std::make_unique<client>(id, std::move(made)));
  open(*clients_.back());
  return id;
}

bool world::open(client& who) {
  const auto at = find_up(who.options().node);
  if (!at) return false;
  (*at)->running->open(who);
  (*at)->running->feed(who, who.connect());
  return true;
}

result<client*> world::find_client(client_id who) const {
  if (who < 1 || who > clients_.size())
    return {errc::not_found, "there is no client " + std::to_string(who)};
  if (closed_.contains(who))
    return {errc::not_found, "the client " + std::to_string(who) + " is closed"};
  return clients_[who - 1].get();
}

result<void> world::close(client_id who) {
  const auto found = find_client(who);
  if (!found) return found.failure();
  closed_.insert(who);
  if (const auto at = find_up((*found)->options().node)) (*at)->running->close(**found);
  return {};
}

// ---- requests ----

result<ticket> world::send(client_id who, const std::vector<bytes>& words) {
  const auto found = find_client(who);
  if (!found) return found.failure();
  if (words.empty()) return {errc::syntax, "a command has a name"};
  if (is_over()) return limit_reached("it was asked");
  auto& one = **found;
  const auto at = find_up(one.options().node);
  if (!at) return at.failure();
  if (!one.connected()) open(one);
  const auto asked = ++last_ticket_;
  asked_[asked] = who;
  (*at)->running->feed(one, one.request(asked, words));
  return asked;
}

client* world::client_of(ticket asked) const {
  const auto found = asked_.find(asked);
  return found == asked_.end() ? nullptr : clients_[found->second - 1].get();
}

result<const reply*> world::answer(ticket asked) const {
  const auto* who = client_of(asked);
  if (who == nullptr) return {errc::not_found, "there is no request " + std::to_string(asked)};
  return who->answer(asked);
}

reply world::wait(ticket asked) {
  auto* who = client_of(asked);
  if (who == nullptr)
    return failure_line({errc::not_found, "there is no request " + std::to_string(asked)});
  if (!run_until([&] { return who->answer(asked) != nullptr; }))
    who->give_up(asked, failure_line(limit_reached("the answer came")));
  return *who->answer(asked);
}

void world::forget(ticket asked) {
  if (auto* who = client_of(asked)) who->forget(asked);
  asked_.erase(asked);
}

reply world::ask(client_id who, const std::vector<bytes>& words) {
  const auto asked = send(who, words);
  if (!asked) return failure_line(asked.failure());
  auto content = wait(*asked);
  forget(*asked);
  return content;
}

result<std::vector<heard_message>> world::messages(client_id who) {
  const auto found = find_client(who);
  if (!found) return found.failure();
  return (*found)->messages();
}

}  // namespace comet::lab
