#include "base/fingerprint.hpp"

namespace comet {

digest fingerprint_of(const public_key& key) {
  return sha256({reinterpret_cast<const char*>(key.data()), key.size()});
}

}  // namespace comet
