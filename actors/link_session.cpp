#include "actors/link_session.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace comet::actors {

link_session::link_session(const tls_identity& self, const link_greeting& greeting, role side,
                           std::optional<digest> expected_peer, std::uint64_t dial,
                           std::chrono::milliseconds uptime)
    : self_(self),
      greeting_(greeting),
      side_(side),
      expected_(expected_peer),
      dial_(dial),
      uptime_(uptime),
      tls_(self, side),
      decoder_(greeting.limits) {}

result<void> link_session::receive(bytes_view received, const frame_sink& frames) {
  COMET_CHECK(!holding_);
  if (!up()) received_before_up_ += received.size();
  received_.clear();
  auto heard = tls_.receive(received, received_);
  if (tls_.established() && !greeted_ && side_ == role::acceptor) {
    auto said = say_hello();
    if (!said) return said;
  }
  decoder_.feed(received_);
  auto taken = take_frames(frames);
  if (!heard) return heard;
  if (taken && !up() && received_before_up_ > bytes_before_up_max)
    return refuse({errc::protocol, "the peer says too much before its hello"});
  return taken;
}

result<void> link_session::resume(const frame_sink& frames) {
  holding_ = false;
  return take_frames(frames);
}

result<void> link_session::say_hello() {
  greeted_ = true;
  wire::hello own;
  own.key = self_.key();
  own.addresses = greeting_.addresses;
  own.uptime = uptime_;
  own.run = greeting_.run;
  own.dial = side_ == role::dialer ? dial_ : 0;
  own.build = greeting_.build;
  own.proof = tls_.proof();
  return wire::append_frame(plain_, 1, 0, own, greeting_.limits);
}

result<void> link_session::take_frames(const frame_sink& frames) {
  wire::node_frame one;
  for (;;) {
    switch (decoder_.next(one)) {
      case wire::frame_decoder::outcome::incomplete: decoder_.keep(); return {};
      case wire::frame_decoder::outcome::failed:
        return refuse({errc::protocol, "the peer breaks the node protocol: " + decoder_.problem()});
      case wire::frame_decoder::outcome::frame: break;
    }
    if (one.kind == wire::frame_kind::error && (!up() || one.request == 0)) {
      auto reason = wire::decode<wire::refusal>(one);
      if (!reason) return std::move(reason.failure());
      return {reason->why.code,
              "the other node ends the link: " + printable(shortened(reason->why.message, 500))};
    }
    if (!up()) {
      if (has_met_) continue;
      auto first = take_first(one);
      if (!first) return first;
      if (has_met_) continue;
    } else if (frames(one)) {
      continue;
    }
    decoder_.keep();
    holding_ = true;
    return {};
  }
}

result<void> link_session::take_first(const wire::node_frame& frame) {
  auto said = wire::decode<wire::hello>(frame);
  if (!said) return refuse(std::move(said.failure()));
  if (!tls_.is_proven_by(said->key, said->proof))
    return refuse({errc::no_auth, "the peer is not the node that it says it is"});
  if (expected_ && said->id != *expected_) {
    finish();
    return {errc::no_auth, "the node there is " + to_hex(as_bytes(said->id)) + " and not " +
                               to_hex(as_bytes(*expected_))};
  }
  if (only_looks_) {
    has_met_ = true;
    finish();
    return {};
  }
  if (said->id == self_.id()) {
    if (said->run == greeting_.run)
      return refuse({errc::cycle, "the node that was reached is this node itself"});
    return refuse({errc::conflict,
                   "another node has this node's identity: one of them runs on a copy of the "
                   "other's data directory; stop it and start it on a fresh directory"});
  }
  auto version = wire::agreed_version(said->version_lowest, said->version_highest);
  if (!version) return refuse(std::move(version.failure()));
  if (side_ == role::dialer) {
    auto answered = say_hello();
    if (!answered) return answered;
  }
  peer_ = std::move(*said);
  version_ = *version;
  decoder_.speak(version_);
  return {};
}

/// Tells the peer why, in the version that every node reads before a hello and, there being one
/// version, after it.
result<void> link_session::refuse(error why) {
  if (tls_.established() && !finishing_) {
    auto said = wire::append_frame(plain_, up() ? version_ : std::uint8_t{1}, 0, wire::refusal{why},
                                   greeting_.limits);
    COMET_CHECK(said.ok());
    finish();
  }
  return why;
}

void link_session::finish() {
  finishing_ = true;
}

/// Costs a copy a byte at most, because half of what is there goes at least.
void link_session::forget_encrypted() {
  if (encrypted_ == plain_.size() && plain_.capacity() > 2 * piece_bytes) {
    plain_ = {};
    encrypted_ = 0;
    frame_end_ = 0;
  } else if (encrypted_ * 2 >= plain_.size()) {
    frame_end_ -= encrypted_;
    plain_.erase(0, std::exchange(encrypted_, 0));
  }
}

/// Between two frames the urgent ones go first.
void link_session::encrypt_piece() {
  if (!urgent_.empty() && encrypted_ == frame_end_) {
    tls_.send(urgent_);
    urgent_.clear();
    return;
  }
  const std::size_t most = urgent_.empty() ? piece_bytes : frame_end_ - encrypted_;
  const auto piece = bytes_view{plain_}.substr(encrypted_, std::min(most, piece_bytes));
  tls_.send(piece);
  encrypted_ += piece.size();
  while (frame_end_ < encrypted_)
    frame_end_ += wire::frame_bytes(bytes_view{plain_}.substr(frame_end_));
  forget_encrypted();
}

/// Whole frames, about a piece of them: what comes meanwhile waits for no more than these.
void link_session::take_patient() {
  std::size_t end = patience_over_;
  while (end < patient_.size() && end - patience_over_ < piece_bytes)
    end += wire::frame_bytes(bytes_view{patient_}.substr(end));
  plain_.append(patient_, patience_over_, end - patience_over_);
  patience_over_ = end;
  if (patience_over_ == patient_.size() && patient_.capacity() > 2 * piece_bytes) {
    patient_ = {};
    patience_over_ = 0;
  } else if (patience_over_ * 2 >= patient_.size()) {
    patient_.erase(0, std::exchange(patience_over_, 0));
  }
}

bytes_view link_session::output() {
  if (tls_.output().empty() && tls_.established() && !tls_.failed()) {
    if (encrypted_ == plain_.size() && urgent_.empty() && patient_backlog() > 0) take_patient();
    if (encrypted_ < plain_.size() || !urgent_.empty()) {
      encrypt_piece();
    } else if (finishing_ && !std::exchange(finished_, true)) {
      tls_.finish();
    }
  }
  return tls_.output();
}

}  // namespace comet::actors
