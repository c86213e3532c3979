#pragma once
// A node of a map, without sockets and time: what the tests of sessions and the fuzzer share.
//
// GET, SET and DEL answer at once; keys that begin with "slow" wait until `finish` is called.

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/glob.hpp"
#include "net/wire/session.hpp"

namespace comet::wire::test {

class fake_host final : public session_host {
 public:
  struct request {
    session* from;
    slot_id slot;
    bytes key;
  };

  std::map<bytes, bytes, std::less<>> data;
  std::map<bytes, bytes, std::less<>> settings{{"appendonly", "no"}, {"maxclients", "10000"}};
  std::deque<request> waiting;
  std::vector<session*> touched_sessions;
  std::vector<session*> all;
  session_context* context = nullptr;
  bytes users_text;  ///< of the file that ACL LOAD reads
  channels subscriptions;
  std::vector<bytes> expected;        ///< keys of every hint
  std::optional<object::asks> asked;  ///< of the last request
  int resets = 0;
  std::pair<object::work_measure, std::size_t> asked_top{};  ///< by the last COMET TOP
  struct late_request {
    session_id from;
    std::uint64_t number;
    bytes command, key;
    std::size_t key_bytes;
    bytes request_id;
    std::chrono::nanoseconds took;
  };
  std::vector<late_request> late;

  void expect(std::span<const bytes_view> keys) override {
    expected.insert(expected.end(), keys.begin(), keys.end());
  }
  void execute(session& from, slot_id slot, const object::command& c) override {
    asked = c.asked;
    if (c.key.starts_with("slow")) {
      waiting.push_back({&from, slot, bytes{c.key}});
    } else {
      answer(from, slot, c);
    }
  }
  /// Answers the request that waits at `index` with `text`.
  void finish(std::size_t index, const object::reply& r) {
    const request done = waiting[index];
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(index));
    done.from->complete(done.slot, r);
  }

  server_figures figures() override {
    server_figures f;
    f.comet_version = "0.1.0";
    f.tcp_port = 6379;
    return f;
  }
  void reset_figures() override { ++resets; }
  std::vector<object::top_list::row> top(object::work_measure by, std::size_t count) override {
    asked_top = {by, count};
    return {{"busy", 7, 2}};
  }
  std::vector<std::pair<bytes, bytes>> config_get(bytes_view pattern) override {
    std::vector<std::pair<bytes, bytes>> found;
    for (const auto& setting : settings)
      if (glob_match(pattern, setting.first)) found.push_back(setting);
    return found;
  }
  result<void> config_set(std::span<const std::pair<bytes_view, bytes_view>> changes) override {
    for (const auto& [name, value] : changes) {
      const auto found = settings.find(name);
      if (found == settings.end())
        return {errc::config,
                "Unknown option or number of arguments for CONFIG SET - '" + bytes{name} + "'"};
      found->second = value;
    }
    return {};
  }
  std::vector<session*> clients() override { return all; }
  std::int64_t publish(bytes_view channel, bytes_view message) override {
    return subscriptions.publish(channel, message);
  }
  void touched(session& other) override { touched_sessions.push_back(&other); }
  result<void> reload_users() override {
    auto read = user_table::parse(users_text, "users.acl");
    if (!read) return read.failure();
    context->users = *read;
    for (session* one : all)
      one->adopt_users();
    return {};
  }
  void took_long(const session& from, const slow_request& what) override {
    late.push_back({from.id(), what.number, bytes{what.command}, bytes{what.key}, what.key_bytes,
                    bytes{what.request_id}, what.took});
  }
  bytes secret(std::size_t count) override { return bytes(count, '\x5a'); }

 private:
  void answer(session& from, slot_id slot, const object::command& c) {
    const auto found = data.find(c.key);
    switch (c.what) {
      case object::op::get:
        return found == data.end() ? from.complete_null(slot)
                                   : from.complete_bulk(slot, found->second);
      case object::op::set: data[bytes{c.key}] = c.value; return from.complete_ok(slot);
      case object::op::del: {
        std::int64_t count = 0;
        for (const bytes_view key : c.keys)
          count += static_cast<std::int64_t>(data.erase(bytes{key}));
        return from.complete_integer(slot, count);
      }
      default: return from.complete(slot, object::reply::status("done"));
    }
  }
};

/// A host with one context; connections come and go.
struct fake_node {
  fake_host host;
  session_context context;
  instant now{from_unix_ms(1'700'000'000'123), {}};
  std::vector<std::unique_ptr<session>> sessions;

  explicit fake_node(const bytes& password = "", const session_limits& limits = {},
                     const object::policy& policy = {})
      : context(host, user_table::open(), host.subscriptions, policy, limits) {
    host.context = &context;
    if (!password.empty())
      use("user default on #" + to_hex(as_bytes(sha256(password))) + " ~* &* +@all");
  }

  /// From now on the users are those of this text.
  void use(const bytes& users_text) {
    auto read = user_table::parse(users_text, "users.acl");
    COMET_CHECK(read.ok());
    context.users = *read;
  }

  session& connect() {
    const session_id id = sessions.size() + 1;
    sessions.push_back(
        std::make_unique<session>(id, endpoint{"10.0.0.1", static_cast<std::uint16_t>(40'000 + id)},
                                  endpoint{"10.0.0.9", 6379}, now, context));
    host.all.push_back(sessions.back().get());
    return *sessions.back();
  }

  /// What `s` has to send after `input`; it is sent.
  bytes talk(session& s, bytes_view input) {
    s.feed(input, now);
    return sent_by(s);
  }
  static bytes sent_by(session& s) {
    bytes output{s.output()};
    s.consume(output.size());
    return output;
  }
};

}  // namespace comet::wire::test
