#include "runtime/http_connection.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "actors/clock.hpp"

namespace comet::runtime {
namespace {

constexpr bytes_view end_of_head = "\r\n\r\n";
constexpr bytes_view head_too_large =
    "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Type: "
    "text/plain\r\nContent-Length: 46\r\n\r\nthe request line and headers exceed 16,384 B.\n";

void name_of_peer(int socket, decltype(&getpeername) ask, std::string& ip, int& port) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (ask(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    port = ntohs(v4.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    port = ntohs(v6.sin6_port);
  }
  ip = text.data();
}

}  // namespace

// ---- waiting_clients ----

bool waiting_clients::enter(int socket, mono_time since, bool for_input) {
  const std::lock_guard guard(mutex_);
  if (closed_ && for_input) return false;
  all_[socket] = {since, for_input};
  if (there_ > served_max_) cut_longest();
  return true;
}

void waiting_clients::leave(int socket) {
  const std::lock_guard guard(mutex_);
  all_.erase(socket);
}

void waiting_clients::came() {
  const std::lock_guard guard(mutex_);
  if (++there_ > served_max_) cut_longest();
}

void waiting_clients::went() {
  const std::lock_guard guard(mutex_);
  --there_;
}

/// Of those that are waited for, if any.
void waiting_clients::cut_longest() {
  const auto longest = std::ranges::min_element(
      all_, [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
  if (longest == all_.end()) return;
  ::shutdown(longest->first, SHUT_RDWR);
  all_.erase(longest);
}

void waiting_clients::close() {
  const std::lock_guard guard(mutex_);
  closed_ = true;
  for (const auto& [socket, what] : all_)
    if (what.for_input) ::shutdown(socket, SHUT_RDWR);
}

// ---- http_connection ----

bool http_connection::await_request() {
  if (over_) return false;
  in_head_ = true;
  answering_ = false;
  taken_ = matched_ = 0;
  if (begin_ == end_ && !fill(actors::read_mono_clock(), limits_.idle_max)) return false;
  request_began_ = actors::read_mono_clock();
  return true;
}

bool http_connection::wait_for(short events, mono_time since, std::chrono::milliseconds patience) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(since + patience - actors::read_mono_clock())
            .count();
    if (left <= 0 || !waiting_.enter(socket_, since, events == POLLIN)) return false;
    pollfd wanted{socket_, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(left));
    waiting_.leave(socket_);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

/// More bytes in the buffer, which is empty.
bool http_connection::fill(mono_time since, std::chrono::milliseconds patience) {
  do {
    const auto count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) break;
    begin_ = 0;
    end_ = static_cast<std::size_t>(count);
    return true;
  } while (wait_for(POLLIN, since, patience));
  over_ = true;
  return false;
}

ssize_t http_connection::read(char* to, size_t size) {
  if (over_ || taken_ >= limits_.request_bytes_max) return -1;
  if (begin_ == end_ && !fill(request_began_, limits_.request_max)) return -1;
  const std::size_t count = std::min({size, end_ - begin_, limits_.request_bytes_max - taken_});
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), count, to);
  begin_ += count;
  taken_ += count;
  if (in_head_) note_head({to, count});
  return over_ ? -1 : static_cast<ssize_t>(count);
}

void http_connection::note_head(bytes_view piece) {
  for (const char c : piece) {
    matched_ = c == end_of_head[matched_] ? matched_ + 1 : c == '\r' ? 1 : 0;
    if (matched_ < end_of_head.size()) continue;
    in_head_ = false;
    return;
  }
  if (taken_ > limits_.head_bytes_max) refuse_head();
}

void http_connection::refuse_head() {
  write(head_too_large.data(), head_too_large.size());
  over_ = true;
}

ssize_t http_connection::write(const char* from, size_t size) {
  if (over_) return -1;
  if (!std::exchange(answering_, true)) answer_began_ = actors::read_mono_clock();
  for (std::size_t sent = 0; sent < size;) {
    const auto count = ::send(socket_, from + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EINTR &&
               (errno != EAGAIN || !wait_for(POLLOUT, answer_began_, limits_.answer_max))) {
      over_ = true;
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

/// A socket that is closed while bytes wait in it takes the answer back on its way; so they are
/// read, as far as a client may have sent them in good faith.
void http_connection::finish() {
  constexpr std::chrono::milliseconds patience{500};
  ::shutdown(socket_, SHUT_WR);
  const auto began = actors::read_mono_clock();
  while (taken_ < limits_.request_bytes_max && wait_for(POLLIN, began, patience)) {
    const auto count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count <= 0) return;
    taken_ += static_cast<std::size_t>(count);
  }
}

void http_connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  name_of_peer(socket_, getpeername, ip, port);
}

void http_connection::get_local_ip_and_port(std::string& ip, int& port) const {
  name_of_peer(socket_, getsockname, ip, port);
}

}  // namespace comet::runtime
