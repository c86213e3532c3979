#include "net/wire/command_rules.hpp"

#include <algorithm>

#include "net/wire/command_categories.hpp"

namespace comet::wire {

namespace {

template <class Visit>
void each_row(Visit visit) {
  for (const command_row* row : all_commands()) {
    visit(*row);
    for (const command_row& sub : row->subcommands)
      visit(sub);
  }
}

std::size_t rows_in_all() {
  static const std::size_t count = [] {
    std::size_t n = 0;
    each_row([&](const command_row&) { ++n; });
    return n;
  }();
  return count;
}

bool is_in(const command_row& row, bytes_view category) {
  return std::ranges::any_of(categories_of(row),
                             [&](bytes_view name) { return equal_ignoring_case(name, category); });
}

}  // namespace

void command_rules::set(const command_row& row, bool allowed) {
  if (allowed) {
    allowed_.insert(&row);
  } else {
    allowed_.erase(&row);
  }
  for (const command_row& sub : row.subcommands)
    set(sub, allowed);
}

bool command_rules::apply(bytes_view rule) {
  if (rule.size() < 2 || (rule[0] != '+' && rule[0] != '-')) return false;
  const bool allowed = rule[0] == '+';
  const bytes_view name = rule.substr(1);
  if (equal_ignoring_case(name, "@all")) {
    rules_.clear();
    each_row([&](const command_row& row) { set(row, allowed); });
  } else if (name[0] == '@') {
    const bytes_view category = name.substr(1);
    const bool known = std::ranges::any_of(
        all_categories(), [&](bytes_view c) { return equal_ignoring_case(c, category); });
    if (!known) return false;
    each_row([&](const command_row& row) {
      if (is_in(row, category)) set(row, allowed);
    });
  } else {
    const auto named = command_named(name);
    if (!named) return false;
    set(*named->row, allowed);
  }
  const bytes written{rule};
  std::erase(rules_, written);
  // Without a rule nothing is allowed, so that one need not be kept.
  if (!equal_ignoring_case(rule, "-@all")) rules_.push_back(written);
  everything_ = allowed_.size() == rows_in_all();
  return true;
}

bool command_rules::allows_administration() const {
  bool all = true;
  each_row([&](const command_row& row) {
    if (has(row.flags, command_flag::admin)) all = all && allows(row);
  });
  return all;
}

bytes command_rules::text() const {
  const bool begins_with_all = !rules_.empty() && equal_ignoring_case(rules_[0].substr(1), "@all");
  bytes text = begins_with_all ? "" : "-@all";
  for (const bytes& rule : rules_)
    text.append(text.empty() ? "" : " ").append(rule);
  return text;
}

}  // namespace comet::wire
