#include "runtime/configuration.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

namespace comet::runtime {
namespace {

using std::chrono::milliseconds;

bytes failure_of(const assignment& a) {
  configuration told;
  const auto applied = told.apply(a);
  REQUIRE_FALSE(applied.ok());
  CHECK(applied.failure().code == errc::config);
  return applied.failure().message;
}

bytes value_in(const std::vector<std::pair<bytes, bytes>>& all, bytes_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.first == name; });
  REQUIRE(found != all.end());
  return found->second;
}

TEST_CASE("a node that was told nothing listens on loopback and syncs at intervals") {
  const configuration told;
  CHECK(told.values().data == "./comet-data");
  CHECK(told.values().resp == address{"127.0.0.1", 7379});
  CHECK(told.values().http == address{"127.0.0.1", 7480});
  CHECK(told.values().link == address{"127.0.0.1", 7400});
  CHECK(told.values().durability == store::durability::interval);
  CHECK(told.values().shutdown_deadline == milliseconds{10'000});
  CHECK(told.values().log == log_level::info);
  CHECK(told.check().ok());
  CHECK(told.warnings() ==
        std::vector<bytes>{"there is no users file: the node listens on this machine only, and "
                           "everybody who connects is the administrator"});
  CHECK(told.origin_of(*find_setting("data")) == "default");
}

TEST_CASE("what is applied later wins and its origin is kept") {
  configuration told;
  const std::vector<assignment> all{{"resp", "127.0.0.1:1", "comet.conf:1"},
                                    {"durability", "none", "comet.conf:2"},
                                    {"resp", "127.0.0.1:2", "environment COMET_RESP"},
                                    {"resp", "127.0.0.1:3", "--resp"}};
  REQUIRE(told.apply(all).ok());
  CHECK(told.values().resp.port == 3);
  CHECK(told.values().durability == store::durability::none);
  CHECK(told.origin_of(*find_setting("resp")) == "--resp");
  CHECK(told.origin_of(*find_setting("durability")) == "comet.conf:2");
}

TEST_CASE("a refused value names its origin, the key, the value and what is allowed") {
  CHECK(failure_of({"durability", "sometimes", "comet.conf:7"}) ==
        "comet.conf:7: durability = 'sometimes' cannot be used: durability takes none, interval or "
        "always");
  CHECK(failure_of({"resp", "7379", "--resp"}) ==
        "--resp: resp = '7379' cannot be used: resp takes HOST:PORT, such as 127.0.0.1:7379 or "
        "[::1]:7379, with a port of 0 (any free one) to 65535");
  CHECK(failure_of({"workers", "-1", "environment COMET_WORKERS"}) ==
        "environment COMET_WORKERS: workers = '-1' cannot be used: workers takes 0 to 256");
}

TEST_CASE("a value is shown printable and not too long") {
  const bytes message = failure_of({"workers", bytes(200, '\x01'), "--workers"});
  CHECK(message.find('\x01') == bytes::npos);
  CHECK(message.size() < 600);
}

TEST_CASE("an unknown key is refused and the nearest one named") {
  CHECK(failure_of({"durabilty", "none", "comet.conf:1"}) ==
        "comet.conf:1: there is no key 'durabilty'; did you mean durability?");
  CHECK(failure_of({"appendonly", "yes", "--set"}) ==
        "--set: there is no key 'appendonly'; `comet help configuration` lists all");
}

TEST_CASE("a refused assignment changes nothing") {
  configuration told;
  REQUIRE_FALSE(told.apply({"workers", "many", "--workers"}).ok());
  CHECK(told.values().workers == 0);
  CHECK(told.origin_of(*find_setting("workers")) == "default");
}

TEST_CASE("a file is lines of key = value with comments") {
  const auto parsed = parse_file(
      "# a node\n\n  data = /var/lib/comet #1  \r\nresp=[::1]:1 # comment\n"
      "\tdurability\t=\talways",
      "comet.conf");
  REQUIRE(parsed.ok());
  REQUIRE(parsed->size() == 3);
  CHECK((*parsed)[0].value == "/var/lib/comet");
  CHECK((*parsed)[0].origin == "comet.conf:3");
  CHECK((*parsed)[1].name == "resp");
  CHECK((*parsed)[1].value == "[::1]:1");
  CHECK((*parsed)[2].value == "always");
  CHECK((*parsed)[2].origin == "comet.conf:5");
}

TEST_CASE("# within a word is part of the value") {
  CHECK(parse_file("data = /a#b", "f").value().front().value == "/a#b");
}

TEST_CASE("a line that is no assignment is refused with its place") {
  CHECK(parse_file("data /tmp", "f").failure().message ==
        "f:1: 'data /tmp' is not of the form `key = value`");
  CHECK(parse_file("\n= 3", "f").failure().message ==
        "f:2: '= 3' is not of the form `key = value`");
}

TEST_CASE("a key that stands twice in a file is refused with both lines") {
  CHECK(parse_file("workers = 1\n\nworkers = 2", "f").failure().message ==
        "f:3: workers stands in line 1 already");
}

TEST_CASE("files are read whole, and one that cannot be read is an error") {
  const auto directory =
      std::filesystem::temp_directory_path() / ("comet-configuration-" + std::to_string(getpid()));
  std::filesystem::create_directories(directory);
  const bytes path = (directory / "comet.conf").string();
  std::ofstream(path) << "workers = 3\n";
  CHECK(read_file(path).value().front().origin == path + ":1");
  std::ofstream(path, std::ios::trunc).flush();
  CHECK(read_file(path).value().empty());
  CHECK(read_file(path + ".none").failure().message ==
        "cannot read the configuration file " + path + ".none: No such file or directory");
  CHECK(read_file(directory.string()).failure().message ==
        "cannot read the configuration file " + directory.string() + ": Is a directory");
  std::filesystem::remove_all(directory);
}

TEST_CASE("the environment gives keys by their upper-case names") {
  const std::array<bytes_view, 5> entries{"PATH=/bin", "COMET_DATA=/d", "COMET_FUEL_PER_TURN=5000",
                                          "COMET_CONFIG=comet.conf", "COMET_BINARY=build/comet"};
  const auto found = from_environment(entries);
  REQUIRE(found.ok());
  REQUIRE(found->size() == 2);
  CHECK((*found)[0].name == "data");
  CHECK((*found)[0].value == "/d");
  CHECK((*found)[0].origin == "environment COMET_DATA");
  CHECK((*found)[1].name == "fuel-per-turn");
}

TEST_CASE("a variable that is nearly a key's is refused") {
  const std::array<bytes_view, 1> entries{"COMET_DURABILTY=none"};
  CHECK(from_environment(entries).failure().message ==
        "environment COMET_DURABILTY: there is no such variable; did you mean COMET_DURABILITY?");
}

TEST_CASE("CONFIG SET changes all or nothing") {
  configuration told;
  using changes = std::vector<std::pair<bytes_view, bytes_view>>;
  REQUIRE(told.change(changes{{"FUEL-per-turn", "5000"}, {"log-level", "debug"}}).ok());
  CHECK(told.values().limits.fuel_per_turn == 5'000);
  CHECK(told.values().log == log_level::debug);

  const auto refused = told.change(changes{{"fuel-per-turn", "6000"}, {"log-level", "loud"}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().message ==
        "CONFIG SET: log-level = 'loud' cannot be used: log-level takes trace, debug, info, "
        "warning, error or off, and after it ROOM=LEVEL with commas between, for any of the rooms "
        "runtime, actors, object, store, net");
  CHECK(told.values().limits.fuel_per_turn == 5'000);
}

TEST_CASE("CONFIG SET refuses what is read at start only") {
  configuration told;
  const std::vector<std::pair<bytes_view, bytes_view>> changes{{"data", "/elsewhere"}};
  CHECK(told.change(changes).failure().message ==
        "CONFIG SET: data = '/elsewhere' cannot be used: data is read at start only; set it and "
        "start again");
  CHECK(told.values().data == "./comet-data");
}

TEST_CASE("CONFIG GET finds keys by glob without regard to case") {
  const configuration told;
  const auto found = told.matching("FUEL-*");
  REQUIRE(found.size() == 2);
  CHECK(value_in(found, "fuel-per-turn") == "100000");
  CHECK(value_in(found, "fuel-per-slice") == "10000");
  CHECK(told.matching("nothing").empty());
  CHECK(told.matching("*").size() > setting_table().size());
}

TEST_CASE("CONFIG GET answers what Redis tools ask for") {
  configuration told;
  CHECK(value_in(told.matching("save"), "save").empty());
  CHECK(value_in(told.matching("appendonly"), "appendonly") == "yes");
  CHECK(value_in(told.matching("appendfsync"), "appendfsync") == "everysec");
  CHECK(value_in(told.matching("port"), "port") == "7379");
  CHECK(value_in(told.matching("maxclients"), "maxclients") == "10000");
  REQUIRE(told.apply({"durability", "always", "--durability"}).ok());
  CHECK(value_in(told.matching("appendfsync"), "appendfsync") == "always");
  REQUIRE(told.apply({"durability", "none", "--durability"}).ok());
  CHECK(value_in(told.matching("appendonly"), "appendonly") == "no");
}

TEST_CASE("an address that other hosts reach needs a users file") {
  for (const bytes key : {"resp", "http"}) {
    configuration told;
    REQUIRE(told.apply({key, "0.0.0.0:7379", "comet.conf:2"}).ok());
    const auto checked = told.check();
    REQUIRE_FALSE(checked);
    CHECK(checked.failure().code == errc::config);
    CHECK(checked.failure().message.starts_with("comet.conf:2: " + key +
                                                " = '0.0.0.0:7379' cannot be used: "));
    CHECK(checked.failure().message.find("there is no users file") != bytes::npos);
    REQUIRE(told.apply({"users-file", "users.acl", "--users-file"}).ok());
    CHECK(told.check().ok());
  }
}

/// Of a configuration with these keys.
configuration told_of(const std::vector<std::pair<bytes, bytes>>& keys) {
  configuration told;
  for (const auto& [name, value] : keys)
    REQUIRE(told.apply({name, value, "--" + name}).ok());
  return told;
}

TEST_CASE("a network needs a secret, a lone node does not") {
  CHECK(told_of({{"link", "0.0.0.0:7400"}}).check().ok());
  const auto checked = told_of({{"join", "192.0.2.1:7400"}}).check();
  REQUIRE_FALSE(checked);
  CHECK(checked.failure().message ==
        "--join: join = '192.0.2.1:7400' cannot be used: join is for nodes of one network, which "
        "share a secret: name it with --secret-file FILE (`comet secret FILE` makes it; every node "
        "needs a copy)");
  CHECK(told_of({{"join", "192.0.2.1:7400"}, {"secret-file", "s"}}).check().ok());
}

TEST_CASE("a node that listens on all its addresses says which one others are to use") {
  for (const bytes all : {"0.0.0.0:7400", "[::]:7400"}) {
    const auto checked = told_of({{"link", all}, {"secret-file", "s"}}).check();
    REQUIRE_FALSE(checked);
    CHECK(checked.failure().message ==
          "--link: link = '" + all +
              "' cannot be used: link stands for all addresses of this machine, and other nodes "
              "have to know one: name it with --advertise HOST:PORT, or listen on one address "
              "only");
    CHECK(told_of({{"link", all}, {"secret-file", "s"}, {"advertise", "192.0.2.1:7400"}})
              .check()
              .ok());
  }
  CHECK(told_of({{"link", "192.0.2.1:7400"}, {"secret-file", "s"}}).check().ok());
}

TEST_CASE("what is advertised is one address by number, with its port") {
  for (const bytes wrong : {"0.0.0.0:7400", "[::]:7400", "node-a:7400", "192.0.2.1:0"}) {
    CAPTURE(wrong);
    const auto checked = told_of({{"secret-file", "s"}, {"advertise", wrong}}).check();
    REQUIRE_FALSE(checked);
    CHECK(checked.failure().message ==
          "--advertise: advertise = '" + wrong +
              "' cannot be used: advertise takes the one address at which other nodes reach this "
              "one, a number and a port, such as 192.0.2.1:7400");
  }
}

TEST_CASE("a link that is not opened, or not reached by those it joins, is a warning") {
  const auto last_of = [](const configuration& told) { return told.warnings().back(); };
  CHECK(last_of(told_of({{"link", "192.0.2.1:7400"}})) ==
        "link = 192.0.2.1:7400 is not opened: there is no secret-file, so the node is alone");
  const std::vector<std::pair<bytes, bytes>> joins{{"secret-file", "s"},
                                                   {"join", "127.0.0.1:1,192.0.2.1:7400"}};
  CHECK(last_of(told_of(joins)) ==
        "127.0.0.1:7400 is reached from this machine only, and join names other hosts: their nodes "
        "cannot connect to this one; set link, or advertise");
  auto reachable = joins;
  reachable.emplace_back("advertise", "192.0.2.2:7400");
  CHECK(told_of(reachable).warnings().size() == 1);
  CHECK(told_of({{"secret-file", "s"}, {"join", "127.0.0.1:1"}}).warnings().size() == 1);
}

TEST_CASE("an address that other hosts reach is allowed with users and a warning") {
  configuration told;
  REQUIRE(told.apply({"users-file", "users.acl", "--users-file"}).ok());
  CHECK(told.warnings().empty());
  REQUIRE(told.apply({"resp", "0.0.0.0:7379", "--resp"}).ok());
  REQUIRE(told.warnings().size() == 1);
  CHECK(told.warnings().front().find("is not encrypted") != bytes::npos);
}

}  // namespace
}  // namespace comet::runtime
