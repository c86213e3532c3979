#include "lab/journal.hpp"

#include <algorithm>

namespace comet::lab {

namespace {

bytes handler_of_operation(object::op what) {
  switch (what) {
    case object::op::del: return "onDelete";
    case object::op::get:
    case object::op::getrange:
    case object::op::strlen: return "onGet";
    default: return "onUpdate";
  }
}

bytes handler_of(const object::turn_request& request) {
  switch (request.kind) {
    case object::turn_kind::create:
    case object::turn_kind::replace: return "onPut";
    case object::turn_kind::operate:
      return request.what ? handler_of_operation(request.what->get().what) : "onGet";
    case object::turn_kind::fetch: return "onGet";
    case object::turn_kind::call:
      return request.what ? bytes{request.what->get().method} : "onCall";
    case object::turn_kind::timer: return "onTimer:" + request.timer_name;
    case object::turn_kind::answer: return "answer";
  }
  return {};
}

template <class Item>
void keep(std::deque<Item>& all, Item item) {
  all.push_back(std::move(item));
  if (all.size() > journal::notes_max) all.pop_front();
}

}  // namespace

void journal::ended(node_number node, const object::turn_request& request,
                    const object::turn_outcome& outcome, std::uint64_t outcalls, wall_time at) {
  auto& account = accounts_[request.key];
  if (request.kind == object::turn_kind::create && outcome.created) account = {};
  turn_note note;
  note.at = at;
  note.node = node;
  note.key = request.key;
  note.handler = handler_of(request);
  note.from = request.from;
  note.fuel = outcome.fuel;
  note.memory = outcome.memory_peak;
  note.outcome = outcome.failure ? outcome.failure->message : "ok";
  auto& sums = account.sums;
  ++sums.turns;
  if (outcome.failure) ++sums.errors;
  sums.fuel = outcome.fuel;
  sums.fuel_max = std::max(sums.fuel_max, outcome.fuel);
  sums.memory = outcome.memory;
  sums.messages += outcalls + outcome.messages.size();
  for (const auto& line : outcome.log)
    keep(account.lines, bytes{line});
  ++turns_;
  const bytes said = note.key + '\0' + note.handler + '\0' + note.outcome + '\0' +
                     std::to_string(to_unix_ms(at)) + '\0' + std::to_string(node) + '\0' +
                     std::to_string(note.fuel);
  trace_ = trace_ * 31 + std::hash<bytes>{}(said);
  keep(account.notes, std::move(note));
}

std::vector<turn_note> journal::turns_of(bytes_view key) const {
  const auto found = accounts_.find(key);
  if (found == accounts_.end()) return {};
  return {found->second.notes.begin(), found->second.notes.end()};
}

std::vector<bytes> journal::lines_of(bytes_view key) const {
  const auto found = accounts_.find(key);
  if (found == accounts_.end()) return {};
  return {found->second.lines.begin(), found->second.lines.end()};
}

turn_sums journal::sums_of(bytes_view key) const {
  const auto found = accounts_.find(key);
  return found == accounts_.end() ? turn_sums{} : found->second.sums;
}

}  // namespace comet::lab
