#include "runtime/users_file.hpp"

#include "runtime/private_file.hpp"

namespace comet::runtime {

result<std::shared_ptr<const wire::user_table>> read_users_file(const bytes& path) {
  constexpr std::size_t bytes_max = std::size_t{16} << 20U;
  const auto text = read_private_file("the users file", path, bytes_max);
  if (!text) return text.failure();
  return wire::user_table::parse(*text, path);
}

}  // namespace comet::runtime
