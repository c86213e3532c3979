#include "runtime/dashboard_api.hpp"

#include <chrono>
#include <utility>

#include "actors/clock.hpp"
#include "net/wire/command_table.hpp"
#include "net/wire/error_map.hpp"
#include "runtime/log.hpp"
#include "runtime/reply_json.hpp"
#include "runtime/request_origin.hpp"

namespace comet::runtime {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::size_t viewers_kept_max = 4;
constexpr bytes_view client_name = "dashboard";
constexpr bytes_view scheme = "Bearer ";

http_answer answer_of(int status, const nlohmann::ordered_json& content) {
  return {.status = status,
          .body = content.dump() + "\n",
          .headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}};
}

http_answer answer_of(const error& why) {
  return answer_of(wire::form_of(why.code).http_status, json_of(why));
}

/// Commands that are about a connection, of which HTTP has none, or that wait without an end.
bool is_bound_to_connection(wire::session_command what) {
  using enum wire::session_command;
  switch (what) {
    case auth:
    case hello:
    case quit:
    case read_copies:
    case read_leaders:
    case reset:
    case select:
    case client_reply:
    case client_setname:
    case wait:
    case subscribe:
    case unsubscribe:
    case psubscribe:
    case punsubscribe: return true;
    default: return false;
  }
}

result<void> check_command(const std::vector<bytes>& words) {
  const std::vector<bytes_view> argv(words.begin(), words.end());
  const auto found = wire::resolve(argv);
  if (!found) return found.failure();
  if (!is_bound_to_connection(found->row->own)) return {};
  return {errc::no_permission, "'" + found->full_name() +
                                   "' is about a connection, and HTTP has none; use a client of "
                                   "RESP"};
}

/// Counts what runs as long as it does.
class counted {
 public:
  explicit counted(std::atomic<int>& running) : running_(running), place_(++running) {}
  ~counted() { --running_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

  [[nodiscard]] int place() const { return place_; }

 private:
  std::atomic<int>& running_;
  int place_;
};

/// A viewer is not told that it lacks a right but how to get one.
object::reply for_viewer(object::reply told) {
  if (!told.failed() || told.code != errc::no_permission) return told;
  return object::reply::failure(errc::no_auth, "this needs a login: " + told.text);
}

}  // namespace

dashboard_api::dashboard_api(connector connect, std::vector<bytes> names,
                             std::function<bytes(std::size_t)> random)
    : connect_(std::move(connect)), names_(std::move(names)), logins_(std::move(random)) {}

std::vector<http_page> dashboard_api::pages() {
  const auto page = [this](bytes path, http_answer (dashboard_api::*answer)(const http_request&)) {
    return http_page{std::move(path),
                     [this, answer](const http_request& request) {
                       if (auto refused = refuse_stranger(request, names_)) return *refused;
                       const counted one(running_);
                       if (one.place() > running_max)
                         return answer_of({errc::busy, "too many commands are run at a time"});
                       return (this->*answer)(request);
                     },
                     http_method::post};
  };
  return {page("/api/command", &dashboard_api::command), page("/api/login", &dashboard_api::log_in),
          page("/api/logout", &dashboard_api::log_out)};
}

http_answer dashboard_api::command(const http_request& request) {
  const auto words = read_words(request.body);
  if (!words) return answer_of(words.failure());
  if (auto checked = check_command(*words); !checked) return answer_of(checked.failure());
  const bytes_view who = request.authorization;
  if (!who.empty() && !who.starts_with(scheme))
    return answer_of({errc::no_auth, "the Authorization has to be: Bearer TOKEN"});
  auto told = who.empty() ? ask_as_viewer(*words) : ask_as_user(who.substr(scheme.size()), *words);
  if (!told) return answer_of(told.failure());
  if (told->failed()) return answer_of(error{told->code, told->text});
  return answer_of(200, {{"reply", json_of(*told)}});
}

// ---- without a login ----

result<object::reply> dashboard_api::ask_as_viewer(const std::vector<bytes>& words) {
  // What a viewer may do can be done again: one whose connection the node just closed gets another.
  for (bool again = false;; again = true) {
    auto viewer = take_viewer();
    if (!viewer) return viewer.failure();
    auto told = (*viewer)->ask(words, patience);
    if (!told && told.failure().code == errc::unavailable && !again) continue;
    if (!told) return told;
    keep_viewer(std::move(*viewer));
    return for_viewer(std::move(*told));
  }
}

result<dashboard_api::client_pointer> dashboard_api::take_viewer() {
  {
    const std::lock_guard guard(mutex_);
    while (!viewers_.empty()) {
      auto one = std::move(viewers_.back());
      viewers_.pop_back();
      if (one->is_open()) return one;
    }
  }
  auto made = connect_({"127.0.0.1", 0}, true);
  if (!made) return made;
  const std::vector<bytes> greeting{"HELLO", "3", "SETNAME", bytes{client_name}};
  auto greeted = (*made)->ask(greeting, patience);
  if (!greeted) return greeted.failure();
  if (greeted->failed()) return error{greeted->code, greeted->text};
  return made;
}

void dashboard_api::keep_viewer(client_pointer one) {
  const std::lock_guard guard(mutex_);
  if (viewers_.size() < viewers_kept_max) viewers_.push_back(std::move(one));
}

// ---- with a login ----

result<object::reply> dashboard_api::ask_as_user(bytes_view token,
                                                 const std::vector<bytes>& words) {
  const auto one = logins_.find(token, actors::read_mono_clock());
  const error over{errc::no_auth, "this login is over; log in again"};
  if (!one) return over;
  const std::unique_lock asking(one->in_use);
  if (!one->client->is_open()) {
    logins_.remove(token);
    return over;
  }
  auto told = one->client->ask(words, patience);
  if (!told) logins_.remove(token);
  return told;
}

http_answer dashboard_api::log_in(const http_request& request) {
  const auto parsed = read_object(request.body);
  if (!parsed) return answer_of(parsed.failure());
  const auto user = parsed->find("user");
  const auto password = parsed->find("password");
  if (user == parsed->end() || !user->is_string() || password == parsed->end() ||
      !password->is_string())
    return answer_of({errc::syntax, "the body has to be {\"user\": TEXT, \"password\": TEXT}"});
  const auto now = actors::read_mono_clock();
  if (auto may = logins_.may_try(request.from.ip, now); !may) {
    auto answer = answer_of(429, json_of(may.failure()));
    answer.headers.emplace_back("Retry-After", std::to_string(login_table::failure_window.count()));
    return answer;
  }
  auto client = connect_(request.from, false);
  if (!client) return answer_of(client.failure());
  const auto name = user->get<bytes>();
  const std::vector<bytes> greeting{
      "HELLO", "3", "AUTH", name, password->get<bytes>(), "SETNAME", bytes{client_name}};
  auto greeted = (*client)->ask(greeting, patience);
  if (!greeted) return answer_of(greeted.failure());
  if (greeted->failed()) {
    logins_.note_failure(request.from.ip, now);
    log::warning("a login over HTTP was refused",
                 {{"user", printable(shortened(name, 64))}, {"from", request.from.ip}});
    return answer_of(error{greeted->code, greeted->text});
  }
  auto made = std::make_shared<login>();
  made->user = name;
  made->client = std::move(*client);
  return answer_of(200, {{"token", logins_.add(std::move(made), now)},
                         {"user", utf8_or_escaped(name)},
                         {"expires-s", login_table::life_max.count()}});
}

http_answer dashboard_api::log_out(const http_request& request) {
  const bytes_view who = request.authorization;
  if (who.starts_with(scheme)) logins_.remove(who.substr(scheme.size()));
  return answer_of(200, {{"reply", "OK"}});
}

}  // namespace comet::runtime
