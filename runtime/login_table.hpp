#pragma once
// Who is logged in over HTTP: a random token for each login, bounded in number and time.
//
// A login is a client of the node that has said who it is (actors/local_client); when the node ends
// that connection, because the user's password or rights are others now, the login is over too.
// Tokens live in memory only, and are looked up by their digest. Failed attempts are counted by
// address, so that passwords cannot be tried at speed. Safe from any thread; the time is a
// parameter. Used by dashboard_api.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "actors/local_client.hpp"
#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace comet::runtime {

struct login {
  bytes user;
  std::mutex in_use;  ///< by the thread that asks
  std::unique_ptr<actors::local_client> client;
};

class login_table {
 public:
  static constexpr std::size_t logins_max =
      64;  ///< one more ends the one that was used longest ago
  static constexpr std::chrono::seconds idle_max{3'600};
  static constexpr std::chrono::seconds life_max{8 * 3'600};
  static constexpr int failures_max = 5;  ///< from an address, in a window
  static constexpr std::chrono::seconds failure_window{30};
  static constexpr std::size_t addresses_max = 1'024;

  /// `random` gives bytes that nobody can guess.
  explicit login_table(std::function<bytes(std::size_t)> random) : random_(std::move(random)) {}

  /// The token, 64 hexadecimal digits.
  bytes add(std::shared_ptr<login> one, mono_time now);
  /// Null: there is none, or it is over.
  std::shared_ptr<login> find(bytes_view token, mono_time now);
  void remove(bytes_view token);

  /// An attempt from `address`. Error: busy, when too many have failed.
  result<void> may_try(const bytes& address, mono_time now);
  void note_failure(const bytes& address, mono_time now);

 private:
  struct entry {
    std::shared_ptr<login> content;
    mono_time began;
    mono_time used;
  };
  struct failures {
    mono_time began;
    int count = 0;
  };

  void drop_old(mono_time now);

  std::function<bytes(std::size_t)> random_;
  std::mutex mutex_;
  std::map<digest, entry> logins_;
  std::map<bytes, failures> failures_;
};

}  // namespace comet::runtime
