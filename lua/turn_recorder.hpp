#pragma once
// Notes what a turn learns from outside, for objects whose turns are recorded.
//
// Lives as long as the turn, made by lua/turn_program. A turn that learns more than a record may
// hold goes on; its trace is then cut, which says that it cannot be kept whole.

#include <memory>

#include "base/time.hpp"
#include "lua/activation.hpp"
#include "lua/turn_witness.hpp"
#include "object/record.hpp"

namespace comet::lua {

class turn_recorder : public turn_witness {
 public:
  /// `current`: null for a create. `seed`: of the turn's chance. `rights`: callback keys held.
  turn_recorder(const object::record* current, const instant& now, std::uint64_t seed,
                std::vector<bytes> rights, bool warm);

  /// As they hold for the object, once that is known.
  void begin(const object::policy& limits, const environment& world);
  void slice(wall_time now);
  std::shared_ptr<const object::turn_trace> take();

  bool trusted(bool decided) override;
  std::optional<object::call_access> access(const object::outcall& call,
                                            object::call_access decided) override;
  void sent(const object::outcall& call, bool later) override;
  void answered(const object::reply& answer) override;
  bool may_publish(bytes_view channel, bool decided) override;
  std::optional<digest> known_node(bytes_view id, std::optional<digest> decided) override;
  void looked_at(const object::known_group* group) override;

 private:
  bool has_room_for(std::size_t size);

  std::shared_ptr<object::turn_trace> trace_;
  std::size_t bytes_ = 0;
};

}  // namespace comet::lua
