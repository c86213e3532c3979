#include "lua/turn_scope.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "lua/activation.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "lua/turn_witness.hpp"
#include "object/cron.hpp"

namespace comet::lua {

namespace {

using std::chrono::milliseconds;

/// Settings and cancellations of timers in one turn, over the number of timers an object may have.
constexpr std::size_t timer_changes_factor = 4;
constexpr std::size_t timer_name_max = 128;
constexpr double timer_seconds_max = 100.0 * 365 * 86'400;
constexpr std::size_t shown_max = 64;

bytes quoted(bytes_view text) {
  return fmt::format("'{}'", shortened(printable(text), shown_max));
}

object::key_access access_needed(object::outcall::kind what) {
  switch (what) {
    case object::outcall::kind::get: return object::key_access::read;
    case object::outcall::kind::put: return object::key_access::write;
    case object::outcall::kind::call: return object::key_access::both;
    case object::outcall::kind::lookup: return object::key_access::seen;
  }
  return object::key_access::both;
}

bytes_view verb(object::outcall::kind what) {
  switch (what) {
    case object::outcall::kind::get: return "dht.get";
    case object::outcall::kind::put: return "dht.put";
    case object::outcall::kind::call: return "dht.call";
    case object::outcall::kind::lookup: return "dht.lookup";
  }
  return "dht";
}

}  // namespace

turn_scope::turn_scope(bytes key, const object::policy& limits, const environment& world,
                       std::uint64_t seed)
    : key_(std::move(key)),
      node_limits_(&limits),
      world_(&world),
      chance_(seed),
      next_token_((chance_() >> 2U) + 1) {}  // unlike that of any earlier activation

void turn_scope::ask_for(std::span<const object::asked_limit> limits) {
  if (limits.empty()) {
    lowered_.reset();
  } else {
    lowered_ = object::lowered(*node_limits_, limits);
  }
}

void turn_scope::begin(const object::turn_request& request, object::record_ref current) {
  current_ = std::move(current);
  ask_for(current_ ? current_->active->limits : request.what->get().limits);
  owner_ = current_ ? current_->owner : request.successor_owner;
  caller_ = request.kind == object::turn_kind::timer ? nullptr : &request.from;
  group_ = request.group.get();
  messages_ = 0;
  refusal_.message.clear();
  awaited.reset();
  recorded.fate = object::disposition::keep;
  recorded.timers.clear();
  recorded.replicas.reset();
  recorded.replicas_refused = 0;
  recorded.messages.clear();
  recorded.publications.clear();
  recorded.log.clear();
  scratch = {};
  rights_.begin();
  if (request.kind == object::turn_kind::fetch && !request.what->get().callback_key.empty())
    rights_.grant(request.what->get().callback_key);
}

bool turn_scope::refuse(errc code, bytes message) {
  refusal_ = {code, std::move(message)};
  return false;
}

bool turn_scope::check_not_loading(const char* what) {
  return !loading_ ||
         refuse(errc::refused,
                fmt::format("{}: not while the script is loaded, only in a handler", what));
}

bool turn_scope::take_message() {
  if (messages_ >= limits().messages_per_turn)
    return refuse(errc::messages,
                  fmt::format("messages: {} sent in this turn, no more allowed", messages_));
  ++messages_;
  return true;
}

void turn_scope::set_rights(const std::vector<bytes>& keys) {
  for (const auto& key : keys)
    rights_.grant(key);
}

/// Without users everybody may do everything.
bool turn_scope::owner_may(object::key_access what, bytes_view key) const {
  if (!limits().users) return true;
  const auto* rights = limits().users->find(owner_);
  return rights != nullptr && rights->may(what, key);
}

turn_scope::access turn_scope::access_to(const operation& o) const {
  using kind = object::outcall::kind;
  if (o.key == key_) return o.what == kind::call ? access::denied : access::own;
  if (trusted_) return access::free;
  if (limits().handlers_reach == object::reach::any)
    return owner_may(access_needed(o.what), o.key) ? access::free : access::denied;
  return o.what == kind::put && rights_.allow(o.key) ? access::right : access::denied;
}

/// Nothing: the turn runs again, and made no such call then.
std::optional<turn_scope::access> turn_scope::witnessed_access(const operation& o) const {
  const access decided = access_to(o);
  if (witness_ == nullptr) return decided;
  object::outcall call;
  call.what = o.what;
  call.key = o.key;
  call.method = o.method;
  return witness_->access(call, decided);
}

/// A key and a value that any operation may have, asked for at a time when that is possible.
bool turn_scope::fits(const operation& o) {
  if (!check_not_loading(verb(o.what).data())) return false;
  if (o.key.empty() || o.key.size() > limits().key_bytes_max)
    return refuse(errc::out_of_range,
                  fmt::format("{}: a key has 1 to {} bytes", verb(o.what), limits().key_bytes_max));
  if (o.value.size() > limits().value_bytes_max)
    return refuse(errc::too_large, fmt::format("{}: the value is over {} bytes", verb(o.what),
                                               limits().value_bytes_max));
  return true;
}

bool turn_scope::put_itself(bytes_view value) {
  return fits({object::outcall::kind::put, key_, true, value}) && take_message();
}

std::size_t turn_scope::copies() const {
  const auto* known = group();
  return known != nullptr ? known->members.size() : 1;
}

bool turn_scope::ask(lua_State* L, const operation& o, std::uint64_t token) {
  if (!fits(o)) return false;
  const auto known = witnessed_access(o);
  if (!known)
    return refuse(errc::not_found, fmt::format("{}: the recorded turn made no such call to {} here",
                                               verb(o.what), quoted(o.key)));
  const access granted = *known;
  if (granted == access::denied && o.key == key_)
    return refuse(errc::refused, "dht.call: an object calls its own methods directly");
  if (granted == access::denied)
    return refuse(errc::refused,
                  fmt::format("{}: may not reach {}; allowed are the object's own key and, once, "
                              "dht.put to a callback key named by a get",
                              verb(o.what), quoted(o.key)));
  if (!take_message()) return false;

  object::outcall call{o.what,          bytes(o.key), o.has_value, bytes(o.value),
                       bytes(o.method), {},           token,       granted == access::right};
  std::size_t args_size = 0;
  for (int i = o.first_arg; i <= o.last_arg; ++i) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L, i, &size);
    args_size += size + sizeof(bytes);
    if (args_size > limits().memory_per_object)
      return refuse(errc::too_large, "dht.call: the arguments are too large");
    call.args.emplace_back(text, size);
  }
  if (witness_ != nullptr) witness_->sent(call, token != 0);
  if (granted == access::right && rights_.allow(o.key)) rights_.use(o.key, token == 0);
  if (token != 0) {
    continuations_.emplace(token, o.what);
    recorded.messages.push_back(std::move(call));
  } else {
    call.token = draw_token();
    awaited = std::move(call);
  }
  return true;
}

std::optional<object::outcall::kind> turn_scope::take_continuation(std::uint64_t token) {
  const auto found = continuations_.find(token);
  if (found == continuations_.end()) return std::nullopt;
  const auto what = found->second;
  continuations_.erase(found);
  return what;
}

bool turn_scope::check_timer_count(bytes_view name) {
  std::vector<bytes_view> names;
  if (current_ && current_->is_active())
    for (const auto& t : current_->active->timers)
      names.push_back(t.name);
  for (const auto& change : recorded.timers) {
    std::erase(names, change.name);
    if (change.set) names.push_back(change.name);
  }
  std::erase(names, name);
  if (names.size() < limits().timers_max) return true;
  return refuse(errc::out_of_range,
                fmt::format("dht.setTimer: an object has at most {} timers", limits().timers_max));
}

std::optional<wall_time> turn_scope::first_due(const timer_request& t) {
  if (t.kind == object::timer_kind::cron) {
    auto schedule = object::cron_schedule::parse(t.cron);
    if (!schedule) {
      refuse(errc::syntax, "dht.setTimer: cron: " + schedule.failure().message);
      return std::nullopt;
    }
    const auto due = schedule->next(now_.wall);
    if (!due) refuse(errc::out_of_range, "dht.setTimer: cron: that time never comes");
    return due;
  }
  if (!(t.seconds >= 0 && t.seconds <= timer_seconds_max)) {
    refuse(errc::out_of_range, "dht.setTimer: seconds are a number from 0 to 100 years");
    return std::nullopt;
  }
  const milliseconds wait{std::llround(t.seconds * 1'000)};
  if (t.kind == object::timer_kind::every && wait < limits().timer_period_min) {
    refuse(errc::out_of_range,
           fmt::format("dht.setTimer: the shortest period is {} seconds",
                       static_cast<double>(limits().timer_period_min.count()) / 1'000));
    return std::nullopt;
  }
  return now_.wall + wait;
}

bool turn_scope::set_timer(const timer_request& t) {
  if (!check_not_loading("dht.setTimer")) return false;
  if (t.name.empty() || t.name.size() > timer_name_max)
    return refuse(errc::out_of_range,
                  fmt::format("dht.setTimer: a name has 1 to {} bytes", timer_name_max));
  const auto due = first_due(t);
  if (!due || !check_timer_count(t.name)) return false;
  object::timer made{bytes(t.name), t.kind, t.missed, milliseconds{0}, bytes(t.cron), *due};
  if (t.kind == object::timer_kind::every)
    made.period = milliseconds{std::llround(t.seconds * 1e3)};
  return record_timer({bytes(t.name), std::move(made)});
}

bool turn_scope::cancel_timer(bytes_view name) {
  return check_not_loading("dht.cancelTimer") && record_timer({bytes(name), std::nullopt});
}

/// The last word on a name counts.
bool turn_scope::record_timer(object::timer_change change) {
  std::erase_if(recorded.timers, [&](const auto& earlier) { return earlier.name == change.name; });
  if (recorded.timers.size() >= timer_changes_factor * limits().timers_max)
    return refuse(errc::out_of_range, "too many changes of timers in one turn");
  recorded.timers.push_back(std::move(change));
  return true;
}

bool turn_scope::may_publish(bytes_view channel) const {
  const auto* rights = limits().users ? limits().users->find(owner_) : nullptr;
  const bool may =
      !limits().users || trusted_ || (rights != nullptr && rights->may_use_channel(channel));
  return witness_ == nullptr ? may : witness_->may_publish(channel, may);
}

bool turn_scope::publish(bytes_view channel, bytes_view message) {
  if (!check_not_loading("comet.publish")) return false;
  if (!may_publish(channel))
    return refuse(errc::refused, fmt::format("comet.publish: the object's owner may not use the "
                                             "channel {}",
                                             quoted(channel)));
  if (!take_message()) return false;
  recorded.publications.emplace_back(channel, message);
  return true;
}

bool turn_scope::delete_self() {
  if (!check_not_loading("dht.deleteSelf")) return false;
  recorded.fate = object::disposition::erase;
  return true;
}

void turn_scope::begin_naming() {
  named_.clear();
  unknown_.clear();
}

void turn_scope::name_node(bytes_view id) {
  auto node = group_ != nullptr ? group_->find(id) : std::nullopt;
  if (witness_ != nullptr) node = witness_->known_node(id, node);
  if (!node)
    unknown_.push_back(quoted(id));
  else if (std::find(named_.begin(), named_.end(), *node) == named_.end())
    named_.push_back(*node);
}

bool turn_scope::refuse_replicas(bytes_view function, std::size_t count) {
  ++recorded.replicas_refused;
  return refuse(errc::out_of_range,
                fmt::format("{}: {} replicas are over this node's limit of {} (replicas-max)",
                            function, count, limits().replicas_max));
}

bool turn_scope::check_interval(bytes_view function, double seconds) {
  const auto shortest = static_cast<double>(limits().replicas_interval_min.count()) / 1'000;
  if (seconds < shortest) {
    ++recorded.replicas_refused;
    return refuse(errc::out_of_range,
                  fmt::format("{}: an interval of {} seconds is under this node's limit of {} "
                              "(replicas-interval-min)",
                              function, seconds, shortest));
  }
  constexpr auto longest = static_cast<double>(object::replicas_interval_max.count()) / 1'000;
  return seconds <= longest ||
         refuse(errc::out_of_range,
                fmt::format("{}: interval is a number of seconds, at most a year", function));
}

bool turn_scope::ask_for_replicas(bytes_view function, std::optional<std::int64_t> count,
                                  std::optional<double> seconds) {
  if (!check_not_loading(function.data())) return false;
  if (!unknown_.empty())
    return refuse(errc::not_found,
                  fmt::format("{}: node {} is not known here; dht.lookup and dht.replicas() give "
                              "nodes that are",
                              function, fmt::join(unknown_, ", ")));
  const auto nodes = static_cast<std::int64_t>(named_.size());
  const std::int64_t copies = count.value_or(nodes);
  if (copies < nodes || (count && copies < 1))
    return refuse(errc::out_of_range,
                  fmt::format("{}: count is {}, and has to be at least {}", function, copies,
                              std::max<std::int64_t>(nodes, 1)));
  if (static_cast<std::uint64_t>(copies) > limits().replicas_max)
    return refuse_replicas(function, static_cast<std::size_t>(copies));
  if (seconds && !check_interval(function, *seconds)) return false;
  std::sort(named_.begin(), named_.end());
  recorded.replicas =
      object::asked_replicas{static_cast<std::size_t>(copies), named_,
                             milliseconds{std::llround(seconds.value_or(0) * 1'000)}};
  return true;
}

const object::known_group* turn_scope::group() const {
  if (witness_ != nullptr) witness_->looked_at(group_);
  return group_;
}

const object::asked_replicas& turn_scope::asked_replicas() const {
  static const object::asked_replicas nothing;
  if (recorded.replicas) return *recorded.replicas;
  return current_ && current_->is_active() ? current_->active->replicas : nothing;
}

void turn_scope::log(bytes_view line) {
  if (limits().log_lines_max == 0) return;
  if (recorded.log.size() >= limits().log_lines_max) recorded.log.erase(recorded.log.begin());
  recorded.log.push_back(shortened(line, limits().log_line_bytes_max));
}

int raise_refusal(lua_State* L) {
  return luaL_error(L, "%s", machine::scope_of(L).refusal().message.c_str());
}

}  // namespace comet::lua
