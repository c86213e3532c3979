#pragma once
// One active object for tests: puts its source, sends it operations, folds the outcomes into a
// record as a shard does, and can be made cold at any time.

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lua/activation.hpp"
#include "object/turn.hpp"
#include "tests/unit/lua/code.hpp"

namespace comet::lua::test {

using object::op;
using object::reply;
using object::turn_kind;
using object::turn_outcome;

inline program_ref program_of(const bytes& source, const object::policy& limits = {}) {
  auto compiled = compile(code_of(source), limits);
  INFO((compiled ? bytes{} : compiled.failure().message));
  REQUIRE(compiled);
  return *compiled;
}

class scripted_object {
 public:
  explicit scripted_object(bytes source, object::policy limits = {})
      : limits(limits), code_(code_of(std::move(source))) {}

  object::policy limits;
  environment world{"0123abcd", "192.0.2.1", 7};
  instant now{from_unix_ms(1'700'000'000'000), {}};
  bytes key = "an-object";
  object::caller from{"198.51.100.7", 4711, "alice", "feed"};
  std::int64_t slice = 1'000'000'000;
  int preemptions = 0;
  /// Gives the object one slice; a test may measure what it takes.
  std::function<step(activation&)> run_slice = [this](activation& a) { return a.run(slice, now); };
  /// Answers what the object waits for.
  std::function<reply(const object::outcall&)> network = [](const object::outcall&) {
    return reply::failure(errc::unavailable, "no network");
  };
  std::shared_ptr<const object::known_group> group;  ///< what turns know of other nodes
  object::record_ref record;  ///< as committed; null before `put` and after a deletion

  // Operations -------------------------------------------------------------------------------

  turn_outcome put(const std::vector<bytes>& args = {}) { return create(args, nullptr); }
  turn_outcome put(const std::vector<bytes>& args, const bytes& value) {
    return create(args, &value);
  }
  turn_outcome put_value(const bytes& value) { return create({}, &value); }

  turn_outcome operate(object::command c) {
    c.key = key;
    return run(request(turn_kind::operate, c));
  }
  turn_outcome operate(op what) {
    object::command c;
    c.what = what;
    return operate(c);
  }
  turn_outcome get() { return operate(op::get); }
  turn_outcome set(bytes_view value) {
    object::command c;
    c.what = op::set;
    c.value = value;
    return operate(c);
  }
  turn_outcome fetch(bytes_view payload = {}, bytes_view callback_key = {}) {
    object::command c;
    c.what = op::aso_get;
    c.has_value = !payload.empty();
    c.value = payload;
    c.callback_key = callback_key;
    return run(request(turn_kind::fetch, c));
  }
  turn_outcome call(bytes_view method, const std::vector<bytes>& args = {}) {
    object::command c;
    c.what = op::aso_call;
    c.method = method;
    c.args.assign(args.begin(), args.end());
    return run(request(turn_kind::call, c));
  }
  turn_outcome timer(bytes name) {
    auto r = request(turn_kind::timer, {});
    r->timer_name = std::move(name);
    return run(r);
  }
  turn_outcome resumed(std::uint64_t token, reply answer) {
    auto r = request(turn_kind::answer, {});
    r->token = token;
    r->answer = std::move(answer);
    return run(r);
  }
  turn_outcome replace(bytes source, bytes owner = {}, bytes value = {}) {
    object::command c;
    c.what = op::aso_put;
    c.has_value = !value.empty();
    c.value = value;
    auto r = request(turn_kind::replace, c);
    r->successor = code_of(std::move(source));
    r->successor_owner = std::move(owner);
    return run(r);
  }

  // The turn, step by step -------------------------------------------------------------------

  std::shared_ptr<object::turn_request> request(turn_kind kind, const object::command& c) const {
    auto made = std::make_shared<object::turn_request>();
    made->kind = kind;
    made->key = key;
    made->from = from;
    made->group = group;
    made->what = std::make_shared<const object::owned_command>(c);
    return made;
  }

  turn_outcome run(const std::shared_ptr<object::turn_request>& r) {
    activation& a = active();
    a.begin(r, record, now);
    for (;;) {
      switch (run_slice(a)) {
        case step::preempted: ++preemptions; break;
        case step::waiting: a.answer(network(a.awaited())); break;
        case step::finished: return fold(*r, a.take_outcome());
      }
    }
  }

  activation& active() {
    if (hot_ && !hot_->usable()) hot_.reset();
    if (!hot_) {
      auto program = compile(code_, limits);
      INFO((program ? bytes{} : program.failure().message));
      REQUIRE(program);
      hot_ = std::make_unique<activation>(key, *program, limits, world, pages_, ++seed_);
    }
    return *hot_;
  }
  [[nodiscard]] bool is_hot() const { return hot_ != nullptr && hot_->usable(); }
  void chill() { hot_.reset(); }
  [[nodiscard]] std::size_t pages_in_use() const { return pages_.pages_in_use(); }

 private:
  turn_outcome create(const std::vector<bytes>& args, const bytes* value) {
    object::command c;
    c.what = op::aso_put;
    c.args.assign(args.begin(), args.end());
    c.has_value = value != nullptr;
    if (value != nullptr) c.value = *value;
    auto r = request(turn_kind::create, c);
    r->successor = code_;
    args_ = args;
    return run(r);
  }

  turn_outcome fold(const object::turn_request& r, turn_outcome outcome) {
    if (outcome.failure) return outcome;
    if (outcome.fate == object::disposition::erase) {
      record.reset();
      return outcome;
    }
    const bool unchanged = !outcome.state && !outcome.created && !outcome.replicas;
    if (!record && !outcome.created) return outcome;
    if (unchanged) return outcome;
    auto next =
        record ? std::make_shared<object::record>(*record) : std::make_shared<object::record>();
    if (!next->active) next->active = std::make_unique<object::activity>();
    if (r.successor) code_ = r.successor;
    next->active->code_hash = code_->hash;
    next->active->args = args_;
    ++next->version;
    if (outcome.state) next->active->state = *outcome.state;
    if (outcome.replicas) next->active->replicas = *outcome.replicas;
    record = next;
    return outcome;
  }

  object::code_ref code_;
  std::vector<bytes> args_;
  page_pool pages_;
  std::unique_ptr<activation> hot_;
  std::uint64_t seed_ = 0;
};

/// The object's answer; fails the test when the turn failed.
inline reply answer_of(const turn_outcome& outcome) {
  INFO((outcome.failure ? outcome.failure->message + "\n" + outcome.traceback : bytes{}));
  REQUIRE_FALSE(outcome.failure);
  return outcome.answer;
}

inline bytes text_of(const turn_outcome& outcome) {
  return answer_of(outcome).text;
}

}  // namespace comet::lua::test
