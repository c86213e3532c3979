#include "tests/sim/replication_text.hpp"

#include <array>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace comet::sim {

namespace replica = object::replica;

namespace {

std::string ballot_text(replica::ballot by) {
  return std::to_string(replica::attempt_of(by)) + "." + std::to_string(replica::place_in(by));
}

std::string head(std::uint64_t epoch, replica::ballot by) {
  return std::to_string(epoch) + ":" + ballot_text(by);
}

std::string to_text(const replica::part& p) {
  if (const auto* value = std::get_if<replica::entry>(&p))
    return value->key + "=" + (value->erased ? "erased" : value->value) + "@" +
           sim::to_text(value->at);
  if (const auto* key = std::get_if<replica::forget_key>(&p)) return "forget " + key->key;
  if (const auto* end = std::get_if<replica::seal>(&p))
    return "seal " + sim::to_text(end->next) + (end->complete ? " complete" : "");
  return "may vote";
}

struct in_words {
  std::string operator()(const replica::prepare& m) const {
    return head(m.epoch, m.by) + (m.handed_over != 0 ? " handed over" : "");
  }
  std::string operator()(const replica::promise& m) const {
    return head(m.epoch, m.by) + (m.next ? " next " + sim::to_text(*m.next) : "");
  }
  std::string operator()(const replica::refusal& m) const {
    constexpr std::array reasons{"epoch", "ballot", "leased", "gap"};
    return head(m.epoch, m.by) + " " + reasons.at(static_cast<std::size_t>(m.why)) + " at " +
           sim::to_text(m.current) + (m.votes ? " votes" : "") + (m.is_led ? " led" : "") +
           " promised " + ballot_text(m.promised) + " run " + std::to_string(m.run) + " through " +
           std::to_string(m.through);
  }
  std::string operator()(const replica::list_keys& m) const {
    return head(m.epoch, m.by) + " after " + m.after.value_or("-");
  }
  std::string operator()(const replica::keys_listed& m) const {
    std::string text = head(m.epoch, m.by) + " after " + m.after.value_or("-") + ":";
    for (const auto& key : m.page.keys)
      text += " " + key.key + "@" + sim::to_text(key.at) + (key.erased ? " erased" : "");
    return text + (m.page.more ? " and more" : "");
  }
  std::string operator()(const replica::fetch_values& m) const {
    std::string text = head(m.epoch, m.by);
    for (const auto& key : m.keys)
      text += " " + key;
    return text;
  }
  std::string operator()(const replica::values_fetched& m) const {
    std::string text = head(m.epoch, m.by);
    for (const auto& e : m.entries)
      text += " " + to_text(replica::part{e});
    return text;
  }
  std::string operator()(const replica::stream& m) const {
    std::string text =
        head(m.epoch, m.by) + " run " + std::to_string(m.run) + " from " + std::to_string(m.first);
    for (const auto& p : m.parts)
      text += ", " + to_text(p);
    return text;
  }
  std::string operator()(const replica::streamed& m) const {
    return head(m.epoch, m.by) + " run " + std::to_string(m.run) + " through " +
           std::to_string(m.through) + (m.votes ? " votes" : "");
  }
  std::string operator()(const replica::install& m) const { return sim::to_text(m.current); }
  std::string operator()(const replica::installed& m) const {
    return std::to_string(m.epoch) + (m.votes ? " votes" : "");
  }
  std::string operator()(const replica::take_over& m) const { return head(m.epoch, m.by); }
  std::string operator()(const replica::inquire& m) const { return head(m.epoch, 0); }
  std::string operator()(const replica::leading& m) const { return head(m.epoch, m.by); }
  std::string operator()(const replica::whole_copy& m) const {
    return head(m.epoch, m.by) + " run " + std::to_string(m.run) + " through " +
           std::to_string(m.through) + " chosen " + std::to_string(m.chosen);
  }
};

}  // namespace

std::string to_text(const replica::stamp& at) {
  return head(at.epoch, at.by) + "/" + std::to_string(at.position);
}

std::string to_text(const replica::group& g) {
  std::string text = std::to_string(g.epoch) + "{";
  for (const auto& m : g.members)
    text += " " + to_hex(as_bytes(m.node)).substr(0, 4) + "." + std::to_string(m.life);
  return text + " }";
}

std::string_view name_of_message(std::size_t index) {
  constexpr std::array<std::string_view, std::variant_size_v<replica::message>> names{
      "prepare",      "promise",        "refusal", "list_keys", "keys_listed",
      "fetch_values", "values_fetched", "stream",  "streamed",  "install",
      "installed",    "take_over",      "inquire", "leading"};
  return names.at(index);
}

std::string_view name_of(const replica::message& what) {
  return name_of_message(what.index());
}

std::string to_text(const replica::message& what) {
  return std::string{name_of(what)} + " " + std::visit(in_words{}, what);
}

std::uint64_t payload(const replica::message& what) {
  std::uint64_t sum = 0;
  if (const auto* listed = std::get_if<replica::keys_listed>(&what))
    for (const auto& key : listed->page.keys)
      sum += key.key.size();
  if (const auto* fetch = std::get_if<replica::fetch_values>(&what))
    for (const auto& key : fetch->keys)
      sum += key.size();
  if (const auto* fetched = std::get_if<replica::values_fetched>(&what))
    for (const auto& e : fetched->entries)
      sum += e.key.size() + e.value.size();
  if (const auto* stream = std::get_if<replica::stream>(&what))
    for (const auto& p : stream->parts) {
      if (const auto* e = std::get_if<replica::entry>(&p)) sum += e->key.size() + e->value.size();
      if (const auto* f = std::get_if<replica::forget_key>(&p)) sum += f->key.size();
    }
  return sum;
}

}  // namespace comet::sim
