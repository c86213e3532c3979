// Disks that were put back to an older state: what they say of replicas does not count, and whose
// disk it is begins another life.
#include <utility>

#include "actors/router.hpp"
#include "actors/stored_replicas.hpp"
#include "actors/type_ids.hpp"
#include "object/layout.hpp"

namespace comet::actors {

namespace {

constexpr std::chrono::seconds lives_pause{5};  ///< between two times that they are kept

error over_for(const digest& by) {
  return {errc::incompatible,
          "the data directory of this node is older than what the node " +
              shortened(to_hex(as_bytes(by)), 12) +
              " heard from this node before: it was put back to an older state, or is a copy of "
              "one that another process uses. Its votes are void, its data is not: start the node "
              "again, and it joins in another life and is brought up to date"};
}

}  // namespace

/// The life, if it counts, or 0.
std::uint64_t router::judge(const digest& id, std::uint64_t life, std::uint64_t age) {
  const auto facts = peers_.find(id);
  if (facts == peers_.end()) return 0;
  auto& known = facts->second;
  // Without an age it is of an earlier build, and nothing is known of its disk.
  const bool is_heard = life == 0 || age == 0 || heard_.hear(id, life, age, known.run);
  const auto over = is_heard ? 0 : life;
  if (over != 0 && known.life_over != over && is_new_complaint(bytes{as_bytes(id)} + "over"))
    log(severity::warning,
        "the disk of the node " + shortened(to_hex(as_bytes(id)), 12) +
            " is older than what was heard from it before: what it says of replicas does not "
            "count, and it is told to begin another life");
  known.life = is_heard ? life : 0;
  known.life_over = over;
  return known.life;
}

std::uint64_t router::over_of(const digest& id) const {
  const auto facts = peers_.find(id);
  return facts == peers_.end() ? 0 : facts->second.life_over;
}

bool router::counts(const digest& id, std::uint64_t life) const {
  const auto facts = peers_.find(id);
  return !is_over_ && life != 0 && facts != peers_.end() && facts->second.life == life;
}

/// That it is over is kept first: the next start begins another life (actors/stored_replicas).
void router::told_that_over(const digest& by, std::uint64_t life) {
  if (life == 0 || life != setup_->life || std::exchange(is_over_, true)) return;
  log(severity::error, over_for(by).message);
  if (!setup_->writer) return kept({bytes{life_over_name}, {}});
  self_->send(setup_->writer, remember{bytes{life_over_name}, object::layout::encode_number(life)});
}

/// Others are told of an age only when it is safe on the disk: what a crash takes back was never
/// said.
void router::grow_older(mono_time now) {
  if (!setup_->writer || !setup_->syncer || age_ == 0 || is_over_ || grows_older_ || !has_spoken_ ||
      now - grown_at_ < age_pause)
    return;
  grown_at_ = now;
  grows_older_ = true;
  has_spoken_ = false;
  self_->send(setup_->writer,
              remember{bytes{disk_age_name}, object::layout::encode_number(age_ + 1)});
}

void router::kept_age(const remembered& done) {
  const auto fails = [this](const bytes& why) {
    grows_older_ = false;
    has_spoken_ = true;  // to be tried again
    log(severity::warning, "the age of the disk cannot be kept: " + why);
  };
  if (done.failure) return fails(done.failure->message);
  self_->request(setup_->syncer, caf::infinite, sync_order{})
      .then(
          [this, fails](const synced& safe) {
            if (safe.failure) return fails(safe.failure->message);
            grows_older_ = false;
            ++age_;
            std::vector<overlay::contact> all;
            for (const auto& [id, one] : members_)
              if (links_.is_up(id)) all.push_back(one.who);
            for (const auto& who : all)
              tell_presence(who);
            round_wanted();
          },
          [fails](const caf::error& why) { fails(caf::to_string(why)); });
}

void router::remember_lives(mono_time now) {
  if (!setup_->writer || now - lives_kept_at_ < lives_pause) return;
  auto text = heard_.encode();
  if (text == lives_kept_) return;
  lives_kept_at_ = now;
  lives_kept_ = std::move(text);
  self_->send(setup_->writer, remember{bytes{heard_lives_name}, lives_kept_});
}

void router::kept(const remembered& done) {
  if (done.name == life_over_name) {
    const bytes next = done.failure ? "that could not be kept, so the next start will be told it "
                                      "again: " +
                                          done.failure->message
                                    : "the next start begins another life";
    if (setup_->fatal)
      setup_->fatal({errc::incompatible,
                     "the data directory is older than what others heard of it; " + next});
    return;
  }
  if (done.name == disk_age_name) return kept_age(done);
  if (!done.failure) return;
  (done.name == heard_lives_name ? lives_kept_ : remembered_).clear();  // to be tried again
  log(severity::warning,
      "the nodes that this node knows cannot be remembered: " + done.failure->message);
}

}  // namespace comet::actors
