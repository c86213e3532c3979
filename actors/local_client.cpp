#include "actors/local_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "actors/clock.hpp"
#include "net/wire/error_map.hpp"
#include "net/wire/resp_writer.hpp"

namespace comet::actors {

namespace {

error ended() {
  return {errc::unavailable,
          "the node closed this connection before it answered: it stops, or the rights of the user "
          "were changed"};
}

}  // namespace

local_client::local_client(descriptor socket) : socket_(std::move(socket)) {}

result<object::reply> local_client::ask(std::span<const bytes> words,
                                        std::chrono::milliseconds patience) {
  if (socket_.get() < 0) return ended();
  patience_ = patience;
  deadline_ = read_mono_clock() + patience;
  received_ = 0;
  bytes request;
  wire::append_array_header(request, words.size());
  for (const bytes& word : words)
    wire::append_bulk(request, word);
  auto answered = [&]() -> result<object::reply> {
    if (auto sent = send(request); !sent) return sent.failure();
    return reader_.next();
  }();
  if (!answered) socket_ = {};
  if (answered && answered->failed()) return with_code(std::move(*answered));
  return answered;
}

bool local_client::is_open() const {
  if (socket_.get() < 0) return false;
  char next = 0;
  return ::recv(socket_.get(), &next, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

result<void> local_client::send(bytes_view request) {
  while (!request.empty()) {
    const auto sent =
        ::send(socket_.get(), request.data(), request.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      request.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(POLLOUT); !ready) return ready;
    } else if (errno != EINTR) {
      return ended();
    }
  }
  return {};
}

result<bytes_view> local_client::receive() {
  while (true) {
    if (auto ready = wait_for(POLLIN); !ready) return ready.failure();
    const auto count = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count == 0) return ended();
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) return ended();
    received_ += static_cast<std::size_t>(count);
    if (received_ > reply_bytes_max)
      return error{errc::too_large,
                   "the reply has more than 16 MiB; ask for it with a client of RESP"};
    return bytes_view{buffer_.data(), static_cast<std::size_t>(count)};
  }
}

result<void> local_client::wait_for(short events) const {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - read_mono_clock()).count();
    if (left <= 0)
      return error{errc::uncertain, "the command was not answered within " +
                                        std::to_string(patience_.count()) +
                                        " ms; it may be done or not"};
    pollfd wanted{socket_.get(), events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return error{errc::internal, std::strerror(errno)};
  }
}

object::reply with_code(object::reply failure) {
  const bytes word = failure.text.substr(0, failure.text.find(' '));
  for (const wire::error_form& form : wire::all_error_forms())
    if (word == name_of(form.code)) {
      failure.text.erase(0, word.size() + 1);
      return object::reply::failure(form.code, std::move(failure.text));
    }
  const auto prefix = std::ranges::find(wire::all_error_forms(), bytes_view{word},
                                        [](const wire::error_form& form) { return form.prefix; });
  const bool known = prefix != wire::all_error_forms().end();
  const errc code = word == "WRONGPASS" ? errc::no_auth : known ? prefix->code : errc::internal;
  return object::reply::failure(code, std::move(failure.text));
}

}  // namespace comet::actors
