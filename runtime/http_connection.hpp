#pragma once
// One HTTP client's socket, read and written within bounds of time and size that hold for a whole
// request, not for each piece of it.
//
// A client that sends a byte now and then, or reads so, keeps a thread no longer than a request may
// take; and when threads are short, the client that was waited for longest is let go
// (`waiting_clients`), so that slow ones never keep out others. Used by http_server.

#include <httplib.h>

#include <array>
#include <chrono>
#include <map>
#include <mutex>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace comet::runtime {

/// Sockets whose clients are waited for. For all threads of a server.
class waiting_clients {
 public:
  /// As many connections are served at a time; while more are there, who waits longest gives way.
  explicit waiting_clients(std::size_t served_max) : served_max_(served_max) {}

  /// A connection is to be served, or was.
  void came();
  void went();
  /// False: the server ends, and waits for no client's next bytes.
  bool enter(int socket, mono_time since, bool for_input);
  void leave(int socket);
  /// Ends all that are waited for to send something.
  void close();

 private:
  struct waiting {
    mono_time since;
    bool for_input = true;
  };
  void cut_longest();

  std::mutex mutex_;
  std::size_t served_max_;
  std::size_t there_ = 0;  ///< connections that came and did not go
  std::map<int, waiting> all_;
  bool closed_ = false;
};

struct http_limits {
  std::size_t head_bytes_max = 16'384;  ///< request line and headers
  std::size_t request_bytes_max = (std::size_t{1} << 20U) + 65'536;
  std::chrono::milliseconds idle_max{5'000};      ///< before a request
  std::chrono::milliseconds request_max{10'000};  ///< from the first byte of a request to its last
  std::chrono::milliseconds answer_max{20'000};   ///< from the first byte of an answer to its last
};

class http_connection final : public httplib::Stream {
 public:
  /// `socket` stays the caller's.
  http_connection(int socket, waiting_clients& waiting, const http_limits& limits)
      : socket_(socket), waiting_(waiting), limits_(limits) {}

  /// Waits for a request to begin; false: the client has gone, or sent nothing in time.
  bool await_request();
  /// Nothing more can be read or written.
  [[nodiscard]] bool over() const { return over_; }
  /// Says good-bye so that the client can read the last answer though not all that it sent was
  /// read.
  void finish();

  [[nodiscard]] bool is_readable() const override { return !over_; }
  [[nodiscard]] bool is_writable() const override { return !over_; }
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  bool wait_for(short events, mono_time since, std::chrono::milliseconds patience);
  bool fill(mono_time since, std::chrono::milliseconds patience);
  void note_head(bytes_view piece);
  void refuse_head();

  int socket_;
  waiting_clients& waiting_;
  http_limits limits_;
  std::array<char, 4'096> buffer_{};
  std::size_t begin_ = 0;  ///< of what is not read yet in buffer_
  std::size_t end_ = 0;
  mono_time request_began_{};
  mono_time answer_began_{};
  bool answering_ = false;
  std::size_t taken_ = 0;    ///< bytes of this request
  std::size_t matched_ = 0;  ///< of the empty line that ends the head
  bool in_head_ = true;
  bool over_ = false;
};

}  // namespace comet::runtime
