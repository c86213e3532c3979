#include "apps/comet/connection.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "net/wire/reply_reader.hpp"

namespace comet::client {
namespace {

timeval timeval_of(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {seconds.count(), std::chrono::microseconds{time - seconds}.count()};
}

struct context_deleter {
  void operator()(redisContext* context) const { redisFree(context); }
};

}  // namespace

struct connection::parts {
  runtime::address node;
  connection_patience patience;
  std::unique_ptr<redisContext, context_deleter> context;
  std::array<char, 65'536> received{};
  wire::reply_reader reader{[this] { return receive(); }};

  result<bytes_view> receive() {
    ssize_t count = 0;
    do {
      count = recv(context->fd, received.data(), received.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) return bytes_view{received.data(), static_cast<std::size_t>(count)};
    if (count == 0) return broken("it was closed by the node");
    return broken(errno == EAGAIN ? "no answer within " + runtime::text_of(patience.to_answer)
                                  : bytes{std::strerror(errno)});
  }
  [[nodiscard]] error broken(bytes_view why) const {
    return {errc::unavailable,
            fmt::format("the connection to {} broke: {}", runtime::text_of(node), why)};
  }
};

connection::connection(std::unique_ptr<parts> content) : parts_(std::move(content)) {}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

result<connection> connection::open(const runtime::address& node,
                                    const std::optional<credentials>& who,
                                    const connection_patience& patience) {
  auto content = std::make_unique<parts>();
  content->node = node;
  content->patience = patience;
  content->context.reset(
      redisConnectWithTimeout(node.host.c_str(), node.port, timeval_of(patience.to_connect)));
  const redisContext* context = content->context.get();
  if (context == nullptr || context->err != 0) {
    return error{errc::unavailable,
                 fmt::format("cannot connect to {}: {}; start a node with `comet node`, or name "
                             "another with --node HOST:PORT",
                             runtime::text_of(node),
                             context == nullptr ? "out of memory" : context->errstr)};
  }
  redisSetTimeout(content->context.get(), timeval_of(patience.to_answer));
  connection made(std::move(content));
  if (who) {
    const auto known = made.ask({"AUTH", who->user, who->password});
    if (!known) return known.failure();
    if (known->failed())
      return error{errc::no_auth, fmt::format("{} does not let {} in: {}", runtime::text_of(node),
                                              who->user, known->text)};
  }
  // Refused by a server that has only RESP2, which the reader understands as well.
  if (auto hello = made.ask({"HELLO", "3"}); !hello) return std::move(hello).failure();
  return made;
}

result<object::reply> connection::ask(const std::vector<bytes>& words) {
  if (auto sent = send(words); !sent) return std::move(sent).failure();
  return receive();
}

result<void> connection::send(const std::vector<bytes>& words) {
  redisContext* context = parts_->context.get();
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const bytes& word : words) {
    starts.push_back(word.data());
    sizes.push_back(word.size());
  }
  redisAppendCommandArgv(context, static_cast<int>(words.size()), starts.data(), sizes.data());
  for (int done = 0; done == 0;) {
    if (redisBufferWrite(context, &done) != REDIS_OK) return parts_->broken(context->errstr);
  }
  return {};
}

result<object::reply> connection::receive() {
  for (;;) {
    auto answer = parts_->reader.next();
    if (!answer || answer->what != object::reply::kind::push) return answer;
  }
}

bool connection::answers_within(std::chrono::milliseconds time) const {
  pollfd waiting{parts_->context->fd, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(time.count())) > 0;
}

}  // namespace comet::client
