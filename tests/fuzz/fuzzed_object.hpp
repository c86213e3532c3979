#pragma once
// One object for the fuzzers of lua/: put and read once, within given limits and slices.

#include <memory>
#include <utility>

#include "base/check.hpp"
#include "lua/activation.hpp"
#include "lua/page_pool.hpp"
#include "lua/program.hpp"
#include "object/turn.hpp"
#include "tests/unit/lua/code.hpp"

namespace comet::lua::fuzz {

using test::code_of;

struct run_result {
  object::turn_outcome created;
  object::turn_outcome read;
};

class fuzzed_object {
 public:
  fuzzed_object(object::code_ref code, program_ref program, const object::policy& limits)
      : limits_(limits), code_(std::move(code)), program_(std::move(program)) {}

  /// Puts the object and, where that succeeds, reads it, cold. No page stays behind.
  run_result run(std::int64_t slice) {
    run_result result;
    const auto request = request_of(object::turn_kind::create, object::op::aso_put);
    request->successor = code_;
    result.created = turn(request, nullptr, slice);
    if (!result.created.failure && result.created.created) {
      auto record = std::make_shared<object::record>();
      record->active = std::make_unique<object::activity>();
      record->active->code_hash = code_->hash;
      record->active->state = *result.created.state;
      result.read = turn(request_of(object::turn_kind::fetch, object::op::aso_get), record, slice);
    }
    COMET_CHECK(pages_.pages_in_use() == 0);
    return result;
  }

 private:
  std::shared_ptr<object::turn_request> request_of(object::turn_kind kind, object::op what) const {
    object::command c;
    c.what = what;
    c.key = "k";
    auto made = std::make_shared<object::turn_request>();
    made->kind = kind;
    made->key = bytes(c.key);
    made->from = {"192.0.2.9", 4'242, "eve", "feed"};
    made->what = std::make_shared<const object::owned_command>(c);
    return made;
  }

  object::turn_outcome turn(const std::shared_ptr<object::turn_request>& request,
                            object::record_ref record, std::int64_t slice) {
    // Each slice pays for an instruction at least, so the budgets bound the slices.
    const std::size_t slices_max = static_cast<std::size_t>(4 * limits_.fuel_per_turn) + 1'000;
    activation one("k", program_, limits_, world_, pages_, 7);
    one.begin(request, std::move(record), now_);
    for (std::size_t slices = 0;; ++slices) {
      COMET_CHECK(slices < slices_max);
      switch (one.run(slice, now_)) {
        case step::preempted: break;
        case step::waiting:
          one.answer(object::reply::failure(errc::unavailable, "no network"));
          break;
        case step::finished: {
          auto outcome = one.take_outcome();
          COMET_CHECK(outcome.fuel <= 2 * limits_.fuel_per_turn);  // the script, then the handler
          COMET_CHECK(outcome.memory_peak <= limits_.memory_per_object);
          return outcome;
        }
      }
    }
  }

  object::policy limits_;
  environment world_{"0123abcd", "192.0.2.1", 7};
  instant now_{from_unix_ms(1'700'000'000'000), {}};
  object::code_ref code_;
  program_ref program_;
  page_pool pages_;
};

}  // namespace comet::lua::fuzz
