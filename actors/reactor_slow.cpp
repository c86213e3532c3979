#include <fmt/format.h>

#include <chrono>
#include <span>
#include <vector>

#include "actors/reactor.hpp"

namespace comet::actors {

namespace {

bytes milliseconds_of(std::chrono::nanoseconds time) {
  return fmt::format("{:.1f}", std::chrono::duration<double, std::milli>(time).count());
}

void add_client(std::vector<log_field>& fields, const wire::session& who) {
  fields.emplace_back("client", who.peer().text());
  fields.emplace_back("client_id", std::to_string(who.id()));
  fields.emplace_back("user", who.caller().user.empty() ? "default" : printable(who.caller().user));
}

}  // namespace

/// Names, times and whose it was; of keys the beginning, escaped, and never a value.
void reactor::took_long(const wire::session& from, const wire::slow_request& what) {
  std::vector<log_field> fields;
  fields.emplace_back("request", fmt::format("{}:{}", from.id(), what.number));
  if (!what.request_id.empty()) fields.emplace_back("id", printable(what.request_id));
  fields.emplace_back("command", what.command);
  if (what.key_bytes > 0)
    fields.emplace_back("key",
                        printable(what.key) + (what.key.size() < what.key_bytes ? "..." : ""));
  fields.emplace_back("took_ms", milliseconds_of(what.took));
  if (const auto* turn = work_.slow().find(what.key, what.key_bytes)) {
    fields.emplace_back("mailbox_ms", milliseconds_of(turn->waited));
    fields.emplace_back("turn_ms", milliseconds_of(turn->ran));
    fields.emplace_back("fuel", std::to_string(turn->fuel));
    if (turn->activated) fields.emplace_back("activated", "yes");
  }
  add_client(fields, from);
  options_.log(severity::info, "a request was slow", fields);
}

/// What is answered while it is read is timed for the read as a whole.
void reactor::look_at_read(const wire::session& by, std::chrono::nanoseconds took) {
  const auto slow = sessions_.limits.slow_request;
  if (slow.count() == 0 || took <= slow) return;
  std::vector<log_field> fields;
  fields.emplace_back("command", by.last_command().row != nullptr ? by.last_command().full_name()
                                                                  : bytes{"unknown"});
  fields.emplace_back("took_ms", milliseconds_of(took));
  add_client(fields, by);
  options_.log(severity::info, "the requests of one read were slow; the last is named", fields);
}

}  // namespace comet::actors
