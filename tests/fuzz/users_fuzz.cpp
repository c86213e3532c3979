// Any text as a users file: it is refused with the line of its fault, or each user's line, written
// again, is read as the same user.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "net/wire/user_table.hpp"

using namespace comet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bytes text(reinterpret_cast<const char*>(data), size);
  const auto users = wire::user_table::parse(text, "f");
  if (!users) {
    COMET_CHECK(users.failure().code == errc::config);
    COMET_CHECK(users.failure().message.starts_with("f:"));
    return 0;
  }
  for (const auto& one : (*users)->all()) {
    const auto again = wire::user_table::parse(one->line(), "f");
    COMET_CHECK(again.ok());
    COMET_CHECK((*again)->all().size() == 1);
    const auto& same = *(*again)->all().front();
    COMET_CHECK(same.line() == one->line());
    COMET_CHECK(same.commands == one->commands);
    COMET_CHECK(same.is_unrestricted() == one->is_unrestricted());
    COMET_CHECK(same.rights.administrator == one->rights.administrator);
    COMET_CHECK(one->commands.allows_administration() || one->signers.empty());
  }
  COMET_CHECK((*users)->directory() != nullptr);
  return 0;
}
