#include "apps/comet/doctor_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/comet/quantities.hpp"
#include "object/replica/group.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

using enum finding_weight;

using reason = std::optional<bytes>;

constexpr double mb = 1'024.0 * 1'024.0;

double figure(const node_sample& of, bytes_view name) {
  return of.info->number(name).value_or(0);
}

bytes percent(double part, double whole) {
  return fmt::format("{:.1f}%", 100 * part / whole);
}

/// A share that counts once so many events make it up.
struct share_limit {
  double share;
  double events;
};

reason share_over(const node_sample& one, bytes_view part_name, bytes_view whole_name,
                  const share_limit& limit, bytes_view what) {
  const double part = figure(one, part_name);
  const double whole = figure(one, whole_name);
  if (part < limit.events || whole <= 0 || part < limit.share * whole) return std::nullopt;
  return fmt::format("{} of {} {} ({})", count_text(part), count_text(whole), what,
                     percent(part, whole));
}

reason disk_below(const node_sample& one, double share, double free_bytes) {
  const double total = figure(one, "disk_total_bytes");
  const double free = figure(one, "disk_free_bytes");
  if (total <= 0 || (free >= share * total && free >= free_bytes)) return std::nullopt;
  return fmt::format("{} of {} are free on the disk of its data ({})",
                     size_text(static_cast<std::int64_t>(free)),
                     size_text(static_cast<std::int64_t>(total)), percent(free, total));
}

constexpr double critical_disk_share = 0.01;
constexpr double critical_disk_bytes = 64 * mb;

reason disk_full(const node_sample& one) {
  return disk_below(one, critical_disk_share, critical_disk_bytes);
}

reason disk_filling(const node_sample& one) {
  constexpr double share = 0.05;
  constexpr double free_bytes = 512 * mb;
  return disk_full(one) ? std::nullopt : disk_below(one, share, free_bytes);
}

reason open_to_all(const node_sample& one) {
  const auto where = runtime::parse_address(one.node.resp);
  if (one.info->number("users_file").value_or(1) != 0 || !where || runtime::is_loopback(*where))
    return std::nullopt;
  return fmt::format("whoever reaches {} is its administrator: it has no users file",
                     printable(one.node.resp));
}

reason keeps_nothing(const node_sample& one) {
  if (one.info->text("durability") != "none") return std::nullopt;
  return "durability is none: a crash of the process loses what was answered last";
}

reason few_descriptors(const node_sample& one) {
  constexpr double beside_clients = 1'024;
  const double descriptors = figure(one, "descriptors_max");
  const double clients = figure(one, "maxclients");
  if (descriptors <= 0 || descriptors >= clients + beside_clients) return std::nullopt;
  return fmt::format("{:.0f} files may be open, for up to {:.0f} clients and 1024 besides",
                     descriptors, clients);
}

reason many_clients(const node_sample& one) {
  constexpr double share = 0.9;
  const double clients = figure(one, "connected_clients");
  const double most = figure(one, "maxclients");
  if (most <= 0 || clients < share * most) return std::nullopt;
  return fmt::format("{:.0f} of {:.0f} clients are connected", clients, most);
}

reason refused_clients(const node_sample& one) {
  const double refused = figure(one, "rejected_connections");
  if (refused <= 0) return std::nullopt;
  return fmt::format("{} connections were refused since the start", count_text(refused));
}

reason cache_full(const node_sample& one) {
  constexpr double share = 0.95;
  const double held = figure(one, "cache_bytes");
  const double most = figure(one, "cache_bytes_max");
  const double evicted = figure(one, "evicted_keys");
  if (most <= 0 || held < share * most || evicted <= 0) return std::nullopt;
  return fmt::format("records take {} of {}; {} had to leave memory",
                     size_text(static_cast<std::int64_t>(held)),
                     size_text(static_cast<std::int64_t>(most)), count_text(evicted));
}

reason quarantined(const node_sample& one) {
  const double objects = figure(one, "quarantined_objects");
  if (objects <= 0) return std::nullopt;
  return fmt::format(
      "the code of {} objects was suspended since the start, for it broke its "
      "limits again and again",
      count_text(objects));
}

reason failing_turns(const node_sample& one) {
  constexpr share_limit limit{0.05, 20};
  return share_over(one, "failed_turns", "turns", limit, "turns failed");
}

reason backlog(const node_sample& one) {
  constexpr double most = 1'000;
  const double waiting = figure(one, "waiting_turns");
  if (waiting < most) return std::nullopt;
  return fmt::format("{} turns wait in mailboxes now", count_text(waiting));
}

reason late_timers(const node_sample& one) {
  constexpr share_limit limit{0.01, 10};
  return share_over(one, "late_timers", "timers_fired", limit,
                    "timers ran over a second after they were due");
}

reason slow_commits(const node_sample& one) {
  constexpr share_limit limit{0.05, 10};
  return share_over(one, "slow_commits", "commits", limit, "writes of the store took over 100 ms");
}

/// Of a node that could be asked itself.
struct node_rule {
  bytes_view what;
  finding_weight weight;
  reason (*holds)(const node_sample&);
  bytes_view todo;
};

constexpr std::array node_rules{
    node_rule{"disk-full", critical, disk_full,
              "make room on that disk now: writes are refused when it is full"},
    node_rule{"open-to-all", critical, open_to_all,
              "name a users file (docs/access.md) or listen on a loopback address"},
    node_rule{"disk-filling", warning, disk_filling, "make room on that disk, or a larger one"},
    node_rule{"failing-turns", warning, failing_turns,
              "comet_code_turn_failures_total in /metrics names the code; ASO.INFO of an object "
              "has its last error"},
    node_rule{"quarantined", warning, quarantined,
              "the log names them; ASO.INFO says why, ASO.RESUME lets their code run again"},
    node_rule{"backlog", warning, backlog,
              "comet top --sort mailbox names the objects; more workers or nodes, or less work"},
    node_rule{"late-timers", warning, late_timers,
              "comet top shows how busy the executors are; more workers or nodes, or less work"},
    node_rule{"slow-commits", warning, slow_commits,
              "look at what else uses that disk; a faster one, or durability interval"},
    node_rule{"descriptors", warning, few_descriptors,
              "raise the hard limit of open files (ulimit -Hn, LimitNOFILE=), or lower maxclients"},
    node_rule{"clients", warning, many_clients,
              "raise maxclients, or look in CLIENT LIST for who keeps connections open"},
    node_rule{"clients-refused", notice, refused_clients,
              "raise maxclients, or let clients share connections"},
    node_rule{"cache-full", notice, cache_full,
              "raise cache-bytes-max if reads of the store are slow"},
    node_rule{"durability-none", notice, keeps_nothing,
              "set durability = interval or always where that matters"},
};

/// What a node says of itself; words that are not known here weigh as a warning.
struct concern_rule {
  bytes_view what;
  finding_weight weight;
  bytes_view todo;
};

constexpr concern_rule other_concern{"concern", warning, "look at the log of that node"};

constexpr std::array concern_rules{
    concern_rule{"joining", critical,
                 "see that a node of its `join` runs and can be reached, and that both have one "
                 "secret"},
    concern_rule{"read-only", critical, "make room on its disk; its log has the cause"},
    concern_rule{"unsynced", critical, "look at its disk and its log before the power fails"},
    concern_rule{"under-replicated", warning,
                 "start the nodes that are missing; copies are made by themselves then"},
    concern_rule{"clocks-apart", warning, "let all hosts follow NTP; its log names the nodes"},
    concern_rule{"unreachable", warning,
                 "set `advertise` to an address that other nodes can dial; see firewalls"},
};

void find_in_node(const node_sample& one, std::vector<finding>& found) {
  const bytes node = one.node.short_id();
  if (!one.node.answers()) {
    found.push_back({critical, node, "no-answer",
                     fmt::format("it is known at {} and does not answer: {}",
                                 printable(one.node.address), printable(one.node.why)),
                     "start it, or see its log and the network between the nodes"});
    return;
  }
  for (const node_concern& concern : one.node.concerns) {
    const auto* known =
        std::ranges::find(concern_rules, bytes_view{concern.what}, &concern_rule::what);
    const concern_rule& rule = known == concern_rules.end() ? other_concern : *known;
    found.push_back({rule.weight, node, rule.what, printable(concern.why), rule.todo});
  }
  if (!one.info) {
    found.push_back(
        {warning, node, "not-asked",
         fmt::format("its own figures could not be asked for: {}", printable(one.failure)),
         "ask it where it is (--node), as a user who may run COMET TOP and INFO"});
    return;
  }
  for (const node_rule& rule : node_rules)
    if (auto why = rule.holds(one))
      found.push_back({rule.weight, node, rule.what, std::move(*why), rule.todo});
}

void find_versions(const std::vector<node_sample>& nodes, std::vector<finding>& found) {
  std::set<bytes> versions;
  for (const node_sample& one : nodes)
    if (!one.node.version.empty()) versions.insert(printable(one.node.version));
  if (versions.size() < 2) return;
  found.push_back({warning,
                   {},
                   "versions",
                   fmt::format("the nodes run {}", fmt::join(versions, " and ")),
                   "finish the upgrade (docs/deploy.md); COMET NODES shows who runs what"});
}

void find_group(const std::vector<node_sample>& nodes, std::vector<finding>& found) {
  constexpr std::size_t enough = 3;
  if (nodes.empty() || nodes.size() >= enough) return;
  if (nodes.size() == 1) {
    found.push_back({notice,
                     {},
                     "one-node",
                     "there is one node: no copies, and no answer without it",
                     "start two more nodes that join it (docs/deploy.md)"});
    return;
  }
  found.push_back({warning,
                   {},
                   "two-nodes",
                   "two nodes are a majority only together: no key can be changed without either",
                   "start a third node (docs/deploy.md)"});
}

void find_leaderless(const std::vector<node_sample>& nodes, std::vector<finding>& found) {
  std::int64_t led = 0;
  for (const node_sample& one : nodes) {
    if (!one.node.answers()) continue;
    if (!one.node.ranges_led) return;  // it is alone, or does not tell
    led += *one.node.ranges_led;
  }
  const auto all = static_cast<std::int64_t>(object::replica::ranges);
  if (nodes.empty() || led >= all) return;
  found.push_back(
      {critical,
       {},
       "leaderless",
       fmt::format("{} of {} ranges have no leader: their keys are refused", all - led, all),
       "for a moment after a failure it is in order; else start the nodes that are "
       "missing"});
}

}  // namespace

bytes_view name_of(finding_weight weight) {
  switch (weight) {
    case notice: return "notice";
    case warning: return "warning";
    case critical: return "critical";
  }
  return "notice";
}

std::vector<finding> diagnose(const std::vector<node_sample>& nodes) {
  std::vector<finding> found;
  find_leaderless(nodes, found);
  find_group(nodes, found);
  find_versions(nodes, found);
  for (const node_sample& one : nodes)
    find_in_node(one, found);
  std::ranges::stable_sort(found, std::ranges::greater{}, &finding::weight);
  return found;
}

finding joining_finding(bytes_view why) {
  return {critical,
          {},
          "joining",
          printable(why),
          "see that a node of its `join` runs and can be reached, and that both have one secret"};
}

}  // namespace comet::client
