#include "net/wire/info_text.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::wire;

namespace {

bytes info(const server_figures& figures, std::initializer_list<bytes_view> sections) {
  return info_text(figures, {sections.begin(), sections.size()});
}

bool has_line(const bytes& text, const bytes& line) {
  return ("\r\n" + text).find("\r\n" + line + "\r\n") != bytes::npos;
}

}  // namespace

TEST_CASE("INFO has the sections and fields that clients and tools look for") {
  server_figures f;
  f.comet_version = "0.1.0";
  f.process_id = 42;
  f.tcp_port = 6379;
  f.uptime_seconds = 90'000;
  f.used_memory = 3 * 1024 * 1024 / 2;
  f.keys = 3;
  f.keys_with_expiry = 1;
  f.cpu_user_seconds = 1.5;
  const bytes text = info(f, {});
  for (const char* line :
       {"redis_version:7.0.15", "comet_version:0.1.0", "redis_mode:standalone", "arch_bits:64",
        "process_id:42", "tcp_port:6379", "uptime_in_seconds:90000", "uptime_in_days:1",
        "loading:0", "role:master", "cluster_enabled:0", "used_memory_human:1.50M",
        "used_memory_rss_human:0B", "used_cpu_user:1.500000", "db0:keys=3,expires=1,avg_ttl=0"})
    CHECK(has_line(text, line));
  CHECK(text.starts_with("# Server\r\n"));
  CHECK(text.ends_with("\r\n"));
}

TEST_CASE("sections are chosen by name, in any case, each once") {
  const server_figures f;
  CHECK(info(f, {"CLUSTER"}) == "# Cluster\r\ncluster_enabled:0\r\n");
  CHECK(info(f, {"keyspace", "cluster", "cluster"}) ==
        "# Cluster\r\ncluster_enabled:0\r\n\r\n# Keyspace\r\n");
  CHECK(info(f, {"nothing"}).empty());
  for (const char* all : {"all", "default", "everything"})
    CHECK(info(f, {all}) == info(f, {}));
}

TEST_CASE("INFO tells how often limits were met") {
  server_figures f;
  f.limit_breaches = 3;
  f.limit_refusals = 4;
  f.preempted_slices = 5;
  const bytes text = info(f, {"active"});
  CHECK(has_line(text, "limit_breaches:3"));
  CHECK(has_line(text, "limit_refusals:4"));
  CHECK(has_line(text, "preempted_slices:5"));
}

TEST_CASE("INFO tells how much of other replicas was not obeyed") {
  server_figures f;
  f.replica_refusals = 6;
  CHECK(has_line(info(f, {"stats"}), "replica_refusals:6"));
}

TEST_CASE("an empty database has no line in the keyspace section") {
  CHECK(info({}, {"keyspace"}) == "# Keyspace\r\n");
}

TEST_CASE("INFO has a line for each kind of actor") {
  server_figures f;
  f.actors = {{"reactor", 1, 20, 300, 4}, {"executors", 3, 5, 6, 7}};
  CHECK(info(f, {"actors"}) ==
        "# Actors\r\nreactor:actors=1,work=20,busy_us=300,waiting=4\r\n"
        "executors:actors=3,work=5,busy_us=6,waiting=7\r\n");
}

TEST_CASE("INFO tells what an operator has to know of disk, ranges and limits") {
  server_figures f;
  f.disk_free_bytes = 10;
  f.disk_total_bytes = 90;
  f.slow_commits = 2;
  f.descriptors_max = 4'096;
  f.users_file = true;
  f.late_timers = 3;
  f.waiting_turns = 5;
  f.ranges_led = 8;
  f.ranges_behind = 1;
  f.keys_behind = 6;
  const bytes text = info(f, {});
  for (const char* line : {"disk_free_bytes:10", "disk_total_bytes:90", "slow_commits:2",
                           "descriptors_max:4096", "users_file:1", "late_timers:3",
                           "waiting_turns:5", "ranges_led:8", "ranges_behind:1", "keys_behind:6"})
    CHECK(has_line(text, line));
}
