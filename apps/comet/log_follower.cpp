#include "apps/comet/log_follower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/comet/rendering.hpp"
#include "apps/comet/reply_fields.hpp"

namespace comet::client {
namespace {

using json = nlohmann::ordered_json;

bytes line_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

result<log_news> log_follower::look(const object::reply& information) {
  if (information.what != object::reply::kind::map)
    return error{errc::not_found, "there is no object at this key"};
  const auto* kept = field(information, "log");
  const auto written = number_field(information, "log-lines");
  if (kept == nullptr || !written)
    return error{errc::no_permission,
                 "the node does not tell the log: only the object's owner and administrators may "
                 "read it"};
  const auto total = static_cast<std::uint64_t>(*written);
  const std::int64_t since = number_field(information, "log-since-unix-ms").value_or(0);
  log_news news;
  // An object that has written nothing yet has no count to compare with.
  const bool same_count = total >= told_ && (told_ == 0 || since == since_);
  news.restarted = looked_ && !same_count;
  std::uint64_t fresh = looked_ && same_count ? total - told_ : total;
  const std::uint64_t held = kept->items.size();
  if (fresh > held) {
    if (looked_) news.lost = fresh - held;
    fresh = held;
  }
  for (std::uint64_t i = held - fresh; i < held; ++i)
    news.lines.push_back({total - held + i + 1, kept->items[i].text});
  looked_ = true;
  told_ = total;
  since_ = since;
  return news;
}

bytes shown(const log_line& line) {
  return safe_line(line.text) + "\n";
}

bytes as_json(const log_line& line) {
  return line_of({{"line", line.number}, {"text", line.text}});
}

bytes remark_on(const log_news& news) {
  bytes said;
  if (news.restarted)
    said = "-- the count of lines starts again: another node leads the object, or it left memory\n";
  if (news.lost > 0)
    said += fmt::format("-- {} {} lost: more were written between two looks than are kept\n",
                        news.lost, news.lost == 1 ? "line is" : "lines are");
  return said;
}

bytes remark_as_json(const log_news& news) {
  if (!news.restarted && news.lost == 0) return {};
  return line_of({{"restarted", news.restarted}, {"lost", news.lost}});
}

}  // namespace comet::client
