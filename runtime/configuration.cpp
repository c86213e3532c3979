#include "runtime/configuration.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace comet::runtime {
namespace {

bytes_view trimmed(bytes_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

bytes lower_case(bytes_view text) {
  bytes lower{text};
  for (char& c : lower)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return lower;
}

bytes_view without_comment(bytes_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(0, i);
    }
  }
  return line;
}

bytes suggestion_for(bytes_view name) {
  const bytes_view nearest = nearest_setting(name);
  return nearest.empty() ? bytes{"`comet help configuration` lists all"}
                         : fmt::format("did you mean {}?", nearest);
}

error unknown_key(bytes_view name, bytes_view origin) {
  return {errc::config, fmt::format("{}: there is no key '{}'; {}", origin,
                                    printable(shortened(name, 64)), suggestion_for(name))};
}

error refused(bytes_view name, bytes_view value, bytes_view origin, bytes_view why) {
  return {errc::config, fmt::format("{}: {} = '{}' cannot be used: {} {}", origin, name,
                                    printable(shortened(value, 100)), name, why)};
}

}  // namespace

configuration::configuration() : origins_(setting_table().size(), "default") {
  for (const setting_row& row : setting_table()) {
    const auto value = parse_setting(row, row.fallback);
    COMET_CHECK(value.ok());
    row.assign(values_, *value);
  }
}

result<void> configuration::apply(const assignment& a) {
  const setting_row* row = find_setting(a.name);
  if (row == nullptr) return unknown_key(a.name, a.origin);
  const auto value = parse_setting(*row, a.value);
  if (!value) return refused(a.name, a.value, a.origin, value.failure().message);
  row->assign(values_, *value);
  origins_[static_cast<std::size_t>(row - setting_table().data())] = a.origin;
  return {};
}

result<void> configuration::apply(std::span<const assignment> all) {
  for (const assignment& a : all) {
    if (auto applied = apply(a); !applied) return applied;
  }
  return {};
}

result<void> configuration::change(std::span<const std::pair<bytes_view, bytes_view>> changes) {
  configuration changed = *this;
  for (const auto& [given, value] : changes) {
    const bytes name = lower_case(given);
    const setting_row* row = find_setting(name);
    if (row != nullptr && !row->at_run_time) {
      return refused(name, value, "CONFIG SET", "is read at start only; set it and start again");
    }
    if (auto applied = changed.apply({name, bytes{value}, "CONFIG SET"}); !applied) {
      return applied;
    }
  }
  *this = std::move(changed);
  return {};
}

std::vector<std::pair<bytes, bytes>> configuration::matching(bytes_view pattern) const {
  std::vector<std::pair<bytes, bytes>> all;
  for (const setting_row& row : setting_table()) {
    all.emplace_back(row.name, text_of_key(row));
  }
  const bool in_log = values_.durability != store::durability::none;
  all.emplace_back("appendfsync", values_.durability == store::durability::always ? "always"
                                  : in_log                                        ? "everysec"
                                                                                  : "no");
  all.emplace_back("appendonly", in_log ? "yes" : "no");
  all.emplace_back("bind", values_.resp.host);
  all.emplace_back("databases", "1");
  all.emplace_back("dir", values_.data);
  all.emplace_back("maxmemory", "0");
  all.emplace_back("maxmemory-policy", "noeviction");
  all.emplace_back("port", fmt::format("{}", values_.resp.port));
  all.emplace_back("proto-max-bulk-len", fmt::format("{}", values_.limits.value_bytes_max));
  all.emplace_back("save", "");
  all.emplace_back("timeout", "0");
  const bytes glob{pattern};
  std::erase_if(all, [&](const auto& entry) {
    return fnmatch(glob.c_str(), entry.first.c_str(), FNM_CASEFOLD) != 0;
  });
  return all;
}

bytes configuration::text_of_key(const setting_row& row) const {
  return text_of(row, row.current(values_));
}

const bytes& configuration::origin_of(const setting_row& row) const {
  return origins_[static_cast<std::size_t>(&row - setting_table().data())];
}

result<void> configuration::check() const {
  if (auto open = check_clients(); !open) return open;
  return check_network();
}

result<void> configuration::check_clients() const {
  if (!values_.users_file.empty()) return {};
  for (const bytes_view name : {"resp", "http"}) {
    const setting_row& row = *find_setting(name);
    const auto where = std::get<address>(row.current(values_));
    if (is_loopback(where)) continue;
    return refused(name, text_of(where), origin_of(row),
                   "can be reached from other hosts, and there is no users file: name one with "
                   "--users-file FILE (`comet user` makes its lines), or use 127.0.0.1");
  }
  return {};
}

result<void> configuration::check_network() const {
  const auto wrong = [&](bytes_view name, bytes_view why) {
    const setting_row& row = *find_setting(name);
    return refused(name, text_of_key(row), origin_of(row), why);
  };
  const settings& s = values_;
  if (s.secret_file.empty()) {
    if (s.join.empty()) return {};
    return wrong("join",
                 "is for nodes of one network, which share a secret: name it with --secret-file "
                 "FILE (`comet secret FILE` makes it; every node needs a copy)");
  }
  const bool advertises = !s.advertise.host.empty();
  if (advertises && (!is_numeric(s.advertise) || is_wildcard(s.advertise) || s.advertise.port == 0))
    return wrong("advertise",
                 "takes the one address at which other nodes reach this one, a number and a port, "
                 "such as 192.0.2.1:7400");
  if (is_wildcard(s.link) && !advertises)
    return wrong("link",
                 "stands for all addresses of this machine, and other nodes have to know one: "
                 "name it with --advertise HOST:PORT, or listen on one address only");
  return {};
}

std::vector<bytes> configuration::warnings() const {
  std::vector<bytes> found;
  if (values_.users_file.empty()) {
    found.emplace_back(
        "there is no users file: the node listens on this machine only, and everybody who "
        "connects is the administrator");
  } else if (!is_loopback(values_.resp)) {
    found.push_back(fmt::format(
        "resp = {} can be reached from other hosts and is not encrypted: passwords and values "
        "travel in clear; use a private network or a tunnel",
        text_of(values_.resp)));
  }
  add_network_warnings(found);
  return found;
}

void configuration::add_network_warnings(std::vector<bytes>& found) const {
  const settings& s = values_;
  if (s.secret_file.empty()) {
    if (is_loopback(s.link)) return;
    found.push_back(fmt::format(
        "link = {} is not opened: there is no secret-file, so the node is alone", text_of(s.link)));
    return;
  }
  const address& known = s.advertise.host.empty() ? s.link : s.advertise;
  const bool others = std::ranges::any_of(s.join, [](const address& a) { return !is_loopback(a); });
  if (!is_loopback(known) || !others) return;
  found.push_back(fmt::format(
      "{} is reached from this machine only, and join names other hosts: their nodes cannot "
      "connect to this one; set link, or advertise",
      text_of(known)));
}

result<std::vector<assignment>> parse_file(bytes_view text, bytes_view file) {
  std::vector<assignment> found;
  std::map<bytes, int, std::less<>> first_line;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const bytes_view line = trimmed(without_comment(text.substr(0, end)));
    text.remove_prefix(end == bytes_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    const bytes origin = fmt::format("{}:{}", file, number);
    const std::size_t equals = line.find('=');
    const bytes_view name = trimmed(line.substr(0, equals));
    if (equals == bytes_view::npos || name.empty()) {
      return error{errc::config, fmt::format("{}: '{}' is not of the form `key = value`", origin,
                                             printable(shortened(line, 64)))};
    }
    const auto [before, first] = first_line.emplace(name, number);
    if (!first) {
      return error{errc::config, fmt::format("{}: {} stands in line {} already", origin,
                                             printable(shortened(name, 64)), before->second)};
    }
    found.push_back({bytes{name}, bytes{trimmed(line.substr(equals + 1))}, origin});
  }
  return found;
}

result<std::vector<assignment>> read_file(const bytes& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    // An empty file fails too, without an error of the system.
    if (file && errno == 0) return std::vector<assignment>{};
    return error{errc::config, fmt::format("cannot read the configuration file {}: {}", path,
                                           std::strerror(errno))};
  }
  return parse_file(text.str(), path);
}

result<std::vector<assignment>> from_environment(std::span<const bytes_view> entries) {
  constexpr bytes_view prefix = "COMET_";
  std::vector<assignment> found;
  for (const bytes_view entry : entries) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(prefix) || equals == bytes_view::npos) continue;
    const bytes_view variable = entry.substr(0, equals);
    bytes name = lower_case(variable.substr(prefix.size()));
    std::replace(name.begin(), name.end(), '_', '-');
    if (name == "config") continue;
    const bytes origin = fmt::format("environment {}", variable);
    if (find_setting(name) == nullptr) {
      const setting_row* meant = find_setting(nearest_setting(name));
      if (meant == nullptr) continue;
      return error{errc::config, fmt::format("{}: there is no such variable; did you mean {}?",
                                             origin, environment_name(*meant))};
    }
    found.push_back({std::move(name), bytes{entry.substr(equals + 1)}, origin});
  }
  return found;
}

}  // namespace comet::runtime
