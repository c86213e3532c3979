#include "actors/node.hpp"

#include <utility>

#include "actors/type_ids.hpp"

namespace comet::actors {

node::node(caf::event_based_actor* self, node_members members,
           std::function<void(const error&)> fatal)
    : self_(self), members_(std::move(members)), fatal_(std::move(fatal)) {}

caf::behavior node::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& down) { lost(down); });
  self_->monitor(members_.reactor);
  for (const auto& executor : members_.executors)
    self_->monitor(executor);
  for (const auto& one : {members_.writer, members_.syncer, members_.loader, members_.scanner})
    self_->monitor(one);
  if (members_.router) self_->monitor(members_.router);
  if (members_.resolver) self_->monitor(members_.resolver);
  return {
      [this](numbers_request request) { return numbers(request); },
      [this](client_parcel& one) {
        if (stopping_ || reactor_lost_) return;  // the client sees its connection closed
        self_->send(members_.reactor, client_parcel{one.take()});
      },
      [this](const stop_order& order) { return stop(order); },
  };
}

caf::result<numbers_parcel> node::numbers(numbers_request request) {
  if (stopping_ || reactor_lost_) return numbers_parcel{node_numbers{}};
  auto promise = self_->make_response_promise<numbers_parcel>();
  promise.delegate(members_.reactor, request);
  return promise;
}

caf::result<stopped> node::stop(const stop_order& order) {
  stopping_ = true;
  if (reactor_lost_) {
    end_members();
    return stopped{};
  }
  auto promise = self_->make_response_promise<stopped>();
  self_->request(members_.reactor, caf::infinite, order)
      .then(
          [this, promise](const stopped& done) mutable {
            end_members();
            promise.deliver(done);
          },
          [this, promise](const caf::error&) mutable {  // nothing was finished
            end_members();
            promise.deliver(stopped{});
          });
  return promise;
}

void node::end_members() {
  for (const auto& executor : members_.executors)
    self_->send_exit(executor, caf::exit_reason::user_shutdown);
  for (const auto& one : {members_.writer, members_.syncer, members_.loader, members_.scanner})
    self_->send_exit(one, caf::exit_reason::user_shutdown);
  for (const auto& one : {members_.router, members_.resolver})
    if (one) self_->send_exit(one, caf::exit_reason::user_shutdown);
  self_->quit();
}

void node::lost(const caf::down_msg& down) {
  if (down.source == members_.reactor) reactor_lost_ = true;
  if (std::exchange(stopping_, true)) return;
  bytes who = "an executor";
  if (down.source == members_.reactor) who = "the reactor";
  if (down.source == members_.writer) who = "the store writer";
  if (down.source == members_.syncer) who = "the store syncer";
  if (down.source == members_.router) who = "the router";
  if (down.source == members_.resolver) who = "the resolver of names";
  if (down.source == members_.loader || down.source == members_.scanner) who = "a store reader";
  fatal_({errc::internal, who + " ended unexpectedly (" + caf::to_string(down.reason) +
                              "); the node cannot go on"});
}

}  // namespace comet::actors
