#include <algorithm>

#include "actors/clock.hpp"
#include "actors/reactor.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

// The order of an end: a node among others leaves first, and hands its objects over while it still
// serves. Then no new clients; no new requests (what is read and not run is dropped unanswered, so
// its client knows nothing was done); turns, batches and answers under way finish; the store is
// synced; links and sockets close; the promise is kept. Deadlines cut each wait short.

caf::result<stopped> reactor::stop(const stop_order& order) {
  auto promise = self_->make_response_promise<stopped>();
  if (!links_.router || !options_.links || order.patience == std::chrono::milliseconds{0}) {
    begin_stop(order.patience, promise);
    return promise;
  }
  leaving_ = leave_in_progress{read_mono_clock() + options_.links->leave_deadline, order.patience,
                               promise};
  self_->send(links_.router, leave_order{});
  request_round();
  return promise;
}

void reactor::go_on_leaving(const instant& now) {
  const bool late = now.mono >= leaving_->deadline;
  if (!late && !shard_.handed_over()) return;
  if (shard_.handed_over() && shard_.has_others())
    options_.log(severity::info, "this node has left: its objects are on other nodes");
  if (late)
    options_.log(severity::warning,
                 "leave-deadline is over: " + std::to_string(shard_.objects()) +
                     " objects stay in the data directory of this node; they can be reached again "
                     "when it is back");
  const auto ended = std::exchange(leaving_, std::nullopt);
  begin_stop(ended->patience, ended->done);
}

void reactor::begin_stop(std::chrono::milliseconds patience,
                         caf::typed_response_promise<stopped> done) {
  stopping_.emplace();
  stopping_->deadline = read_mono_clock() + patience;
  stopping_->done = std::move(done);
  for (auto& one : listeners_)
    one->stop();
  for (auto* one : connections_.all())
    look_again(*one);
  request_round();
}

void reactor::go_on_stopping(const instant& now) {
  const bool late = now.mono >= stopping_->deadline;  // first the stop's own, then the sync's
  if (!stopping_->report) {
    const bool complete = all_quiet();
    if (!complete && !late) return;
    stop_report report;
    report.complete = complete;
    report.turns_cut = shard_.turns_under_way();
    report.batches_cut = batches_in_flight_;
    report.clients_cut = static_cast<std::size_t>(std::ranges::count_if(
        connections_.all(), [](const connection* one) { return !one->quiet(); }));
    stopping_->report = report;
    stopping_->deadline = now.mono + sync_patience;
    self_->send(links_.syncer, sync_order{});
    return;
  }
  if (!stopping_->sync_answered && !late) return;
  close_everything();
  const bool released =
      std::ranges::all_of(listeners_, [](const auto& one) { return one->released(); });
  if (!connections_.bury() || !released) return;  // the next round or tick looks again
  if (links_.router && !stopping_->links_ended && !late) return end_links();
  listeners_.clear();
  if (!stopping_->sync_answered)
    stopping_->report->sync_failure = error{errc::storage, "the last sync did not end in time"};
  stopping_->done.deliver(stopped{*stopping_->report});
  self_->quit();
}

/// What was forwarded has been answered; what others have sent since is refused.
void reactor::end_links() {
  if (std::exchange(stopping_->links_asked, true)) return;
  const auto ended = [this] {
    if (!stopping_) return;
    stopping_->links_ended = true;
    request_round();
  };
  self_->request(links_.router, caf::infinite, links_end{})
      .then([ended](links_ended) { ended(); }, [ended](const caf::error&) { ended(); });
}

bool reactor::all_quiet() {
  return batches_in_flight_ == 0 && !shard_.has_effects() && shard_.idle() &&
         std::ranges::all_of(connections_.all(),
                             [](const connection* one) { return one->quiet(); });
}

void reactor::close_everything() {
  const auto all = connections_.all();
  for (auto* one : all)
    one->close();
}

}  // namespace comet::actors
