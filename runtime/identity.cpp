#include "runtime/identity.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
#include <utility>

#include "base/fingerprint.hpp"
#include "object/layout.hpp"

namespace comet::runtime {

namespace {

identity identity_of(signing_key key) {
  const digest id = fingerprint_of(key.public_part());
  return {std::move(key), id};
}

}  // namespace

result<identity> node_identity(store::store& store) {
  const bytes entry = object::layout::meta_key("node_key");
  auto stored = store.load(entry);
  if (!stored) return std::move(stored).failure();
  if (const auto& pem = *stored) {
    auto key = signing_key::from_pem(*pem);
    if (key) return identity_of(std::move(*key));
    return error{errc::corrupt,
                 fmt::format("the store's node key cannot be read: {}; restore the data directory "
                             "from a copy",
                             key.failure().message)};
  }
  signing_key made = signing_key::generate();
  store::batch batch;
  batch.put(entry, made.to_pem());
  batch.erase(object::layout::meta_key("node_id"));
  if (auto committed = store.commit(batch); !committed) return std::move(committed).failure();
  if (auto synced = store.sync(); !synced) return std::move(synced).failure();
  return identity_of(std::move(made));
}

bytes random_bytes(std::size_t count) {
  bytes made(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = getrandom(made.data() + filled, count - filled, 0);
    COMET_CHECK(got > 0 || errno == EINTR);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return made;
}

}  // namespace comet::runtime
