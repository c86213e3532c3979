// record, turns, replay: what an object did, turn by turn, and the same turn once more, here.

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "apps/comet/command_line.hpp"
#include "apps/comet/replay_report.hpp"
#include "apps/comet/text_file.hpp"
#include "base/digest.hpp"
#include "lua/turn_replay.hpp"
#include "object/recorded_turn.hpp"

namespace comet::client {
namespace {

struct turn_arguments {
  bytes key;
  std::int64_t turns = 0;
  std::int64_t number = 0;
  bytes file;
};

const object::reply* field(const object::reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return &map.items[i + 1];
  return nullptr;
}

result<object::recorded_turn> turn_in(const object::reply& answer) {
  const auto* content = field(answer, "content");
  if (content == nullptr)
    return error{errc::incompatible,
                 "the node's answer to ASO.TURN has no content: it runs another version of comet"};
  return object::decode_whole(content->text);
}

object::code_ref code_of(bytes source) {
  auto code = std::make_shared<object::code>();
  code->hash = sha256(source);
  code->source = std::move(source);
  return code;
}

/// Status 1 says that the turn differs; whatever keeps it from running is misuse.
int run_again(const object::reply& answer, bytes source) {
  const auto turn = turn_in(answer);
  if (!turn) return fail(turn.failure().message, misused);
  const auto code = code_of(std::move(source));
  const auto again = lua::replay(*turn, code);
  if (!again) return fail(again.failure().message, misused);
  const auto report = report_of(*turn, *again, code->hash == turn->code, output_rendering());
  std::fwrite(report.text.data(), 1, report.text.size(), stdout);
  if (std::fflush(stdout) != 0) return fail("cannot write to standard output", misused);
  return report.same ? succeeded : refused;
}

int replay(const command_line& shared, const turn_arguments& a, bool own_code) {
  bytes source;
  if (own_code) {
    auto text = read_text(a.file);
    if (!text) return fail(text.failure().message, misused);
    source = std::move(*text);
  }
  std::vector<request> requests{{"ASO.TURN", a.key, fmt::format("{}", a.number)}};
  if (!own_code) requests.push_back({"ASO.CODE", a.key});
  return ask_all(shared, requests, [&](const std::vector<object::reply>& answers) {
    for (const auto& answer : answers)
      if (answer.failed()) return fail(answer.text, misused);
    if (answers.front().what != object::reply::kind::map)
      return fail("there is no object at '" + a.key + "'", misused);
    return run_again(answers.front(), own_code ? source : answers.back().text);
  });
}

CLI::App* add(CLI::App& app, const char* name, const char* what, turn_arguments& a) {
  CLI::App* command = app.add_subcommand(name, what)->group("Objects");
  command->add_option("KEY", a.key, "The object's key")->required();
  return command;
}

void add_record(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<turn_arguments>();
  CLI::App* command = add(app, "record", "Keep an object's latest turns; 0 ends it", *a);
  command->add_option("TURNS", a->turns, "How many, at most 64")
      ->required()
      ->check(CLI::Range(0, 64));
  command->callback([&shared, a] {
    shared.status = ask_and_print(shared, {"ASO.RECORD", a->key, fmt::format("{}", a->turns)});
  });
}

void add_turns(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<turn_arguments>();
  add(app, "turns", "List the recorded turns of an object", *a)->callback([&shared, a] {
    shared.status = ask_and_print(shared, {"ASO.TURNS", a->key});
  });
}

void add_replay(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<turn_arguments>();
  CLI::App* command = add(app, "replay", "Run a recorded turn again, on this machine", *a);
  command->footer(
      "Time, chance and the results of calls come from the record; nothing is changed anywhere.\n"
      "Status: 0 the turn did what was recorded, 1 it did not, 2 it cannot be run again.");
  command->add_option("--turn", a->number, "Its number, as `comet turns` lists it")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_option("--code", a->file,
                      "Other code to run it with; - reads standard input. Left out: the object's");
  command->callback(
      [&shared, a, command] { shared.status = replay(shared, *a, command->count("--code") > 0); });
}

}  // namespace

void add_turn_commands(CLI::App& app, command_line& shared) {
  add_record(app, shared);
  add_turns(app, shared);
  add_replay(app, shared);
}

}  // namespace comet::client
