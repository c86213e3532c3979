#include "runtime/login_table.hpp"

#include <algorithm>
#include <utility>

namespace comet::runtime {
namespace {

constexpr std::size_t token_bytes = 32;

}  // namespace

void login_table::drop_old(mono_time now) {
  std::erase_if(logins_, [&](const auto& one) {
    return now - one.second.used > idle_max || now - one.second.began > life_max;
  });
  std::erase_if(failures_,
                [&](const auto& one) { return now - one.second.began > failure_window; });
}

bytes login_table::add(std::shared_ptr<login> one, mono_time now) {
  bytes token = to_hex(random_(token_bytes));
  const std::lock_guard guard(mutex_);
  drop_old(now);
  if (logins_.size() >= logins_max)
    logins_.erase(std::ranges::min_element(
        logins_, [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  logins_[sha256(token)] = {std::move(one), now, now};
  return token;
}

std::shared_ptr<login> login_table::find(bytes_view token, mono_time now) {
  const std::lock_guard guard(mutex_);
  drop_old(now);
  const auto found = logins_.find(sha256(token));
  if (found == logins_.end()) return nullptr;
  found->second.used = now;
  return found->second.content;
}

void login_table::remove(bytes_view token) {
  const std::lock_guard guard(mutex_);
  logins_.erase(sha256(token));
}

result<void> login_table::may_try(const bytes& address, mono_time now) {
  const std::lock_guard guard(mutex_);
  drop_old(now);
  const auto found = failures_.find(address);
  const bool known = found != failures_.end();
  if (known ? found->second.count < failures_max : failures_.size() < addresses_max) return {};
  return {errc::busy, "too many logins have failed; try again in " +
                          std::to_string(failure_window.count()) + " s"};
}

void login_table::note_failure(const bytes& address, mono_time now) {
  const std::lock_guard guard(mutex_);
  auto& counted = failures_[address];
  if (counted.count++ == 0) counted.began = now;
}

}  // namespace comet::runtime
