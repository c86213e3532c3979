#include "runtime/identity.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>

#include "object/layout.hpp"

namespace comet::runtime {

result<digest> node_identity(store::store& store) {
  const bytes key = object::layout::meta_key("node_id");
  auto stored = store.load(key);
  if (!stored) return std::move(stored).failure();
  if (const auto& id = *stored) {
    if (id->size() == sizeof(digest)) return digest_from(*id);
    return error{errc::corrupt,
                 fmt::format("the store's node id has {} bytes instead of {}; restore the data "
                             "directory from a copy",
                             id->size(), sizeof(digest))};
  }
  const digest made = digest_from(random_bytes(sizeof(digest)));
  store::batch batch;
  batch.put(key, bytes{as_bytes(made)});
  if (auto committed = store.commit(batch); !committed) return std::move(committed).failure();
  if (auto synced = store.sync(); !synced) return std::move(synced).failure();
  return made;
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
