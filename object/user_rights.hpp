#pragma once
// What a user may do to keys and channels, wherever it does it: as a client, or through the
// handlers of the objects it owns.
//
// net/wire makes these of the users file (which says more: passwords and commands). The shard, the
// Lua rooms and the scheduler read them from the policy. Values, immutable once shared.

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/signature.hpp"

namespace comet::object {

/// What an operation does to a key; also what a pattern allows. `seen` is neither: whether a key is
/// there, how long its value is.
enum class key_access : std::uint8_t { seen = 0, read = 1, write = 2, both = 3 };

struct key_rule {
  bytes pattern;  ///< glob, as of KEYS
  key_access allows = key_access::both;
};

struct user_rights {
  std::vector<key_rule> keys;
  std::vector<bytes> channels;  ///< globs
  bool administrator = false;   ///< may do with every object what its owner may
  std::uint32_t weight = 100;   ///< share of the workers' time among owners: 1 to 10,000

  /// May it do so to the key? One pattern has to allow all of it, as in Redis.
  [[nodiscard]] bool may(key_access what, bytes_view key) const;
  /// To a channel, by its name.
  [[nodiscard]] bool may_use_channel(bytes_view channel) const;
  /// To all channels that match `pattern`: only where that is a pattern of its own.
  [[nodiscard]] bool may_use_channels(bytes_view pattern) const;
  [[nodiscard]] bool all_keys() const;
  [[nodiscard]] bool all_channels() const;
};

/// Rights by the name that records have for the user (empty: the default user).
class user_directory {
 public:
  void add(const bytes& name, std::shared_ptr<const user_rights> rights);
  /// `signer` is the key of a user who is an administrator.
  void add_signer(const public_key& signer, const bytes& name);

  /// Null: there is no such user, and what it left behind has no rights.
  [[nodiscard]] const user_rights* find(const bytes& name) const;
  /// Does an administrator vouch for what this key signs?
  [[nodiscard]] bool trusts(const public_key& signer) const;
  /// Owners whose weight is not the default.
  [[nodiscard]] std::vector<std::pair<bytes, std::uint32_t>> weights() const;

 private:
  std::unordered_map<bytes, std::shared_ptr<const user_rights>> users_;
  std::vector<std::pair<public_key, bytes>> signers_;
};

}  // namespace comet::object
