#include "object/replica/reach.hpp"

#include <variant>
#include <vector>

namespace comet::object::replica {

namespace {

/// Collects whether all that a message claims can be.
class judge {
 public:
  explicit judge(const reach& known) : known_(known) {}

  void operator()(const prepare& m) { claim(m.epoch, m.by); }
  void operator()(const promise& m) {
    claim(m.epoch, m.by);
    if (m.next) claim(m.next->epoch);
  }
  void operator()(const refusal& m) { claim(m.current.epoch, m.promised); }
  void operator()(const keys_listed& m) { stamps(m.page.keys); }
  void operator()(const values_fetched& m) { stamps(m.entries); }
  void operator()(const stream& m) {
    claim(m.epoch, m.by);
    if (m.group_of_epoch) claim(m.group_of_epoch->epoch);
    for (const auto& one : m.parts) {
      if (const auto* value = std::get_if<entry>(&one)) claim(value->at.epoch);
      if (const auto* end = std::get_if<seal>(&one)) claim(end->next.epoch);
    }
  }
  void operator()(const install& m) { claim(m.current.epoch); }
  void operator()(const leading& m) { claim(m.epoch, m.by); }
  // What these name is compared with what is known, and else ignored.
  void operator()(const list_keys&) {}
  void operator()(const fetch_values&) {}
  void operator()(const streamed&) {}
  void operator()(const installed&) {}
  void operator()(const take_over&) {}
  void operator()(const inquire&) {}
  void operator()(const whole_copy&) {}

  [[nodiscard]] bool all_can_be() const { return all_can_be_; }

 private:
  void claim(std::uint64_t epoch, ballot by = 0) {
    all_can_be_ = all_can_be_ && can_be_reached({epoch, by}, known_);
  }
  template <class Stamped>
  void stamps(const std::vector<Stamped>& all) {
    for (const auto& one : all)
      claim(one.at.epoch);
  }

  reach known_;
  bool all_can_be_ = true;
};

}  // namespace

bool can_be_reached(const reach& claimed, const reach& known) {
  const std::uint64_t latest = known.epoch == 0 ? first_epoch_max : known.epoch + epochs_ahead_max;
  const std::uint64_t tried = claimed.epoch == known.epoch ? attempt_of(known.by) : 0;
  return claimed.epoch <= latest && attempt_of(claimed.by) <= tried + attempts_ahead_max;
}

bool is_far_future(const message& what, const reach& known) {
  judge all{known};
  std::visit(all, what);
  return !all.all_can_be();
}

}  // namespace comet::object::replica
