// The shard's objects that move: a sweep finds those that another node should hold, each is handed
// over by itself, and what waits for it follows.
//
// An object that leaves runs nothing more; commands for it wait here until its new holder has made
// it durable, and then go after it. So there is one copy that answers at every moment, and no
// command is lost or overtaken. When it is not known whether the other got it, it is sent again.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

constexpr std::size_t moves_max = 64;      ///< at a time
constexpr std::size_t sweep_page = 1'000;  ///< entries of the store looked at in one go
constexpr auto move_again_after = transit::move_again_after;

reply not_now() {
  return reply::failure(errc::busy, "this node does not hand the key over now; ask again");
}

}  // namespace

bool shard::handed_over() const {
  return custody_.alone() || (custody_.map()->self_leaves() && !custody_.owes() &&
                              moving_.empty() && !custody_.has_to_tell() && tell_again_.empty());
}

// ---- the sweep ----

void shard::advance_moves(const instant& now) {
  if (moving_.empty() && !custody_.owes() && sweep_.at == sweep::stage::idle &&
      !custody_.has_to_tell())
    return;
  const auto moving = moving_;
  for (auto* entry : moving)
    if (std::find(moving_.begin(), moving_.end(), entry) != moving_.end()) try_move(*entry, now);
  go_on_sweeping(now);
  if (joining_ || custody_.owes()) return;
  for (const auto& node : custody_.take_untold()) {
    command c;
    c.what = op::settled;
    c.method = as_bytes(options_.self);
    send(passed_command::kind::settled, c, node, now);
  }
}

void shard::go_on_sweeping(const instant& now) {
  if (sweep_.at == sweep::stage::looking) return;
  if (sweep_.at == sweep::stage::idle) {
    if (joining_ || !custody_.owes()) return;
    sweep_.serial = custody_.serial();
    look_at_page(layout::object_range_start(0));
    return;
  }
  while (!sweep_.again.empty() && sweep_.again.front().first <= now.mono) {
    sweep_.found.push_back(std::move(sweep_.again.front().second));
    sweep_.again.pop_front();
  }
  while (moving_.size() < moves_max && !sweep_.found.empty()) {
    const bytes key = std::move(sweep_.found.front());
    sweep_.found.pop_front();
    auto& entry = entry_of(key);
    if (entry.current || entry.loading != 0) {
      want_move(entry, now);
    } else {
      discard_if_void(entry);
    }
  }
  if (!sweep_.found.empty() || !sweep_.again.empty() || !moving_.empty()) return;
  if (sweep_.from.empty()) {
    sweep_.at = sweep::stage::idle;
    custody_.swept(sweep_.serial);
    if (custody_.owes()) go_on_sweeping(now);  // the network changed meanwhile: once more
  } else if (now.mono >= sweep_.not_before) {
    look_at_page(std::move(sweep_.from));
  }
}

void shard::look_at_page(bytes from) {
  sweep_.at = sweep::stage::looking;
  scan_under_way scan;
  scan.what = scan_under_way::kind::sweep;
  scan.order.what = scan_order::kind::objects;
  scan.order.from = std::move(from);
  scan.order.to = layout::objects_end();
  scan.order.limit = sweep_page;
  start_scan(std::move(scan));
}

void shard::sweep_page_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                               const instant& now) {
  sweep_.at = sweep::stage::moving;
  if (page.failure) {  // the same page once more, a little later
    sweep_.from = scan.order.from;
    sweep_.not_before = now.mono + move_again_after;
  } else {
    for (auto& key : page.keys)
      if (!custody_.is_own(key)) sweep_.found.push_back(std::move(key));
    sweep_.from = page.looked_at < scan.order.limit ? bytes{} : page.last + '\0';
  }
  finish_scan(ticket, scan, reply::null(), now);
  advance_moves(now);
}

// ---- handing over ----

void shard::want_move(cache_entry& entry, const instant& now) {
  if (entry.is_leaving()) return;
  if (!entry.between) entry.between = std::make_unique<transit>();
  entry.between->moving = transit::move::wanted;
  entry.between->sent_before = false;
  moving_.push_back(&entry);
  try_move(entry, now);
}

void shard::stay(cache_entry& entry, const instant& now) {
  entry.between->moving = transit::move::none;
  std::erase(moving_, &entry);
  if (entry.current) {
    if (!entry.between->under_way()) entry.between.reset();
    arm(entry);
  }
  if (entry.has_line() && !entry.draining && entry.loading == 0) {
    drain_line(entry, now);
  } else {
    discard_if_void(entry);
  }
}

void shard::try_move(cache_entry& entry, const instant& now) {
  auto& between = *entry.between;
  if (between.moving != transit::move::wanted || now.mono < between.not_before) return;
  if (entry.loading != 0 || entry.turns > 0 || entry.continuations > 0 || entry.draining) return;
  const bool unread = !entry.current && !entry.known_absent && !cache_.complete();
  if (unread && sweep_.at != sweep::stage::idle) {  // the store did not say
    ++stats_.moves_failed;
    sweep_.again.emplace_back(now.mono + move_again_after, entry.key);
  }
  if (!entry.current || custody_.is_own(entry.key)) return stay(entry, now);
  if (entry.written > durable_) return;
  const auto& object = *entry.current;
  if (object.is_active() && !entry.code && !obtain_code(entry, object.active->code_hash)) return;
  between.moving = transit::move::sent;
  const digest to = custody_.of(entry.key).holder;
  command c;
  c.what = op::adopt;
  c.key = entry.key;
  record leaving = object;
  std::vector<bytes> account;
  if (leaving.is_active()) {
    c.source = entry.code->source;
    if (entry.account) {
      leaving.active->turns += entry.account->turns;
      leaving.active->fuel += entry.account->fuel;
      leaving.active->breaches += entry.account->breaches;
      account = entry.account->packed(now);
    }
  }
  const bytes encoded = encode(leaving);
  c.value = encoded;
  for (const auto& word : account)
    c.args.emplace_back(word);
  const peer* receiver = custody_.map()->find(to);
  c.replace = receiver != nullptr && !receiver->is_elder && !between.sent_before;
  send(passed_command::kind::move, c, to, now);
}

void shard::moved(const passed_command& passed, const reply& content, const instant& now) {
  auto* entry = cache_.find(passed.key);
  COMET_CHECK(entry != nullptr && entry->between && entry->between->moving == transit::move::sent);
  if (!content.failed()) {
    ++stats_.handed_over;
    remove_record(*entry);
    stay(*entry, now);
    return;
  }
  entry->between->not_before = now.mono + move_again_after;
  if (content.code == errc::uncertain) {  // the other may have it: nobody is answered here
    entry->between->moving = transit::move::wanted;
    entry->between->sent_before = true;
    return;
  }
  ++stats_.moves_failed;
  if (sweep_.at != sweep::stage::idle)
    sweep_.again.emplace_back(now.mono + move_again_after, passed.key);
  refuse_claims(*entry, now);
  stay(*entry, now);
}

/// Who claims what it does not take yet is told to ask again: nothing moves faster than that.
void shard::refuse_claims(cache_entry& entry, const instant& now) {
  if (!entry.line) return;
  std::vector<origin> refused;
  std::erase_if(*entry.line, [&](const pending_command& waiting) {
    const bool claims = waiting.what->get().what == op::claim;
    if (claims) refused.push_back(waiting.to);
    return claims;
  });
  for (const auto& to : refused)
    deliver(to, not_now(), now);
}

/// op::claim: a node that takes itself for the holder of this key asks for what is here.
bool shard::give(const request& r, reply& answer) {
  auto& entry = cache_.obtain(r.what.key);
  if (!entry.current && !entry.known_absent && entry.loading == 0 && !cache_.complete())
    start_load(entry);
  if (entry.is_leaving() || entry.loading != 0) return wait_in_line(r, entry, answer);
  // Who asks and is not the holder does not know yet who is; and what is not here may be there.
  const bool known = r.what.method.size() == sizeof(digest) && !custody_.alone() &&
                     custody_.of(entry.key).holder == digest_from(r.what.method);
  if (!entry.current && known) {
    answer = reply::number(custody_.owes() ? 0 : 1);
    if (!entry.draining) discard_if_void(entry);
    return true;
  }
  if (!known) {
    if (!entry.draining) discard_if_void(entry);
    answer = not_now();
    return true;
  }
  const bool waits = wait_in_line(r, entry, answer);
  if (!waits) want_move(entry, r.now);
  return waits;
}

// ---- taking over ----

/// op::adopt: the object comes to this node. It goes before everything that waits for it.
bool shard::adopt(const request& r, reply& answer) {
  const auto& c = r.what;
  auto& entry = cache_.obtain(c.key);
  if (!entry.current && !entry.known_absent && entry.loading == 0 && !cache_.complete())
    start_load(entry);
  if (entry.loading != 0) return wait_at_front(r, entry);
  if (!custody_.is_own(entry.key)) {  // others may have been told that nothing of theirs is here
    return refuse_adoption(
        entry, {errc::busy, "this node does not take itself for the key's holder"}, answer);
  }
  if (entry.is_leaving() || entry.turns > 0 || entry.putting) {
    return refuse_adoption(entry, {errc::busy, "this node has such an object, and it is at work"},
                           answer);
  }
  auto arriving = decode(c.value);
  if (!arriving) return refuse_adoption(entry, std::move(arriving).failure(), answer);
  const bool active_here = entry.current && entry.current->is_active();
  if (active_here && !entry.code && !obtain_code(entry, entry.current->active->code_hash))
    return wait_at_front(r, entry);
  drop_if_expired(entry, r.now);
  if (entry.current && !c.replace) {  // the node that was away has the older one
    ++stats_.moves_outdated;
    answer = reply::ok();
    return finish(r.to, entry.written, answer);
  }
  auto next = std::make_shared<record>(std::move(*arriving));
  if (next->is_active()) {
    const digest hash = next->active->code_hash;
    if (sha256(c.source) != hash) {
      return refuse_adoption(
          entry, {errc::corrupt, "the code of the object that came is another one"}, answer);
    }
    if (!obtain_code(entry, hash)) return wait_at_front(r, entry);
    auto& known = codes_[hash];
    if (!known.text) known.text = std::make_shared<code>(code{hash, bytes{c.source}});
    const code_ref text = known.text;
    count_code(hash, +1);
    remove_record(entry);
    entry.code = text;
    entry.account = std::make_unique<accounts>(accounts::unpacked(c.args, r.now));
  } else {
    remove_record(entry);
  }
  next->incarnation = ++counts_.incarnation;
  put_record(entry, std::move(next));
  ++stats_.adopted;
  answer = reply::ok();
  const bool now_answered = finish(r.to, entry.written, answer);
  drop_if_expired(entry, r.now);
  if (entry.has_line() && !entry.draining) drain_line(entry, r.now);
  return now_answered;
}

bool shard::refuse_adoption(cache_entry& entry, error why, reply& answer) {
  answer = reply::failure(std::move(why));
  if (!entry.draining) discard_if_void(entry);
  return true;
}

bool shard::wait_at_front(const request& r, cache_entry& entry) {
  if (!entry.line) entry.line = std::make_unique<std::deque<pending_command>>();
  entry.line->push_front(as_pending(r));
  if (entry.draining) back_in_line_ = true;
  return false;
}

}  // namespace comet::object
