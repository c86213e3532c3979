#include "lua/activation.hpp"

#include "base/check.hpp"
#include "lua/turn_program.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

activation::activation(bytes key, program_ref code, const object::policy& limits,
                       const environment& world, page_pool& pages, std::uint64_t seed)
    : code_(std::move(code)),
      pages_(pages),
      scope_(std::make_unique<turn_scope>(std::move(key), limits, world, seed)),
      home_(std::make_unique<resident>()) {}

activation::~activation() = default;

void activation::begin(std::shared_ptr<const object::turn_request> request,
                       object::record_ref current, const instant& now) {
  COMET_CHECK(!busy() && usable());
  scope_->set_now(now);
  turn_ = std::make_unique<turn_program>(*scope_, *home_, code_, pages_, std::move(request),
                                         std::move(current));
}

step activation::run(std::int64_t slice_fuel, const instant& now) {
  COMET_CHECK(busy() && slice_fuel > 0);
  scope_->set_now(now);
  return turn_->run(slice_fuel);
}

const object::outcall& activation::awaited() const {
  COMET_CHECK(scope_->awaited.has_value());
  return *scope_->awaited;
}

void activation::answer(object::reply result) {
  COMET_CHECK(busy());
  turn_->answer(std::move(result));
}

void activation::abort(error why) {
  COMET_CHECK(busy());
  turn_->abort(std::move(why));
}

object::turn_outcome activation::take_outcome() {
  COMET_CHECK(busy() && turn_->finished());
  auto outcome = turn_->take_outcome();
  turn_.reset();
  if (outcome.failure && !usable() && scope_->right_count() > 0) {
    home_ = std::make_unique<resident>();
    scope_->forget_continuations();
  }
  return outcome;
}

const object::policy& activation::limits() const {
  return scope_->limits();
}
bool activation::busy() const {
  return turn_ != nullptr;
}
bool activation::usable() const {
  return home_->usable;
}
bool activation::loaded() const {
  return home_->object != nullptr;
}
bool activation::pinned() const {
  return scope_->has_continuations();
}

std::size_t activation::memory() const {
  const std::size_t state = home_->own ? home_->own->size() : 0;
  return state + scope_->memory() + (home_->object ? home_->object->vm().memory_held() : 0);
}

}  // namespace comet::lua
