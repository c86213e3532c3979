#include "apps/comet/otlp_spans.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace comet::client {
namespace {

using nlohmann::json;
using object::reply;

using field_list = std::vector<std::pair<bytes, reply>>;

reply map_of(const field_list& fields) {
  std::vector<reply> items;
  for (const auto& [name, value] : fields) {
    items.push_back(reply::bulk(name));
    items.push_back(value);
  }
  return reply::map(std::move(items));
}

reply traces(std::vector<reply> requests) {
  return map_of({{"trace", reply::number(3)},
                 {"key", reply::bulk("door")},
                 {"requests", reply::list(std::move(requests))}});
}

const bytes parent_trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const bytes parent_span = "00f067aa0ba902b7";

/// A call of 8 ms: 1 in the mailbox, 2 in the turn, 1 between threads, 3 to the disk and 1 more.
reply call(std::int64_t number, const reply& id = reply::null(), const bytes& outcome = "ok",
           std::int64_t total_us = 8'000) {
  return map_of({{"number", reply::number(number)},
                 {"time-unix-ms", reply::number(1'700'000'000'123)},
                 {"operation", reply::bulk("ASO.CALL")},
                 {"kind", reply::bulk("operate")},
                 {"handler", reply::bulk("take")},
                 {"user", reply::bulk("anna")},
                 {"ip", reply::bulk("192.0.2.7")},
                 {"object", reply::null()},
                 {"through", reply::bulk("bbbb")},
                 {"id", id},
                 {"hops", reply::number(1)},
                 {"passing-us", reply::number(1'000)},
                 {"mailbox-us", reply::number(1'000)},
                 {"activated", reply::number(1)},
                 {"turn-us", reply::number(2'000)},
                 {"fuel", reply::number(52)},
                 {"disk-us", reply::number(3'000)},
                 {"commit-us", reply::number(4'000)},
                 {"total-us", reply::number(total_us)},
                 {"outcome", reply::bulk(outcome)}});
}

const span_source source{"aaaa", "192.0.2.1:7400"};

json spans_of(const reply& seen, std::size_t from = 0, const span_source& of = source) {
  const auto body = json::parse(otlp_body(seen, from, of));
  return body.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans");
}

/// The value of an attribute; null: there is none.
json attribute(const json& holder, const std::string& key) {
  for (const auto& one : holder.at("attributes"))
    if (one.at("key") == key) return one.at("value");
  return nullptr;
}

TEST_CASE("a request is a span of the node, and its steps are children one after another") {
  const auto spans = spans_of(traces({call(1)}));
  REQUIRE(spans.size() == 6);
  const auto& root = spans[0];
  CHECK(root["name"] == "ASO.CALL take");
  CHECK(root["kind"] == 2);
  CHECK(root["startTimeUnixNano"] == "1700000000123000000");
  CHECK(root["endTimeUnixNano"] == "1700000000131000000");
  CHECK_FALSE(root.contains("parentSpanId"));
  CHECK_FALSE(root.contains("status"));
  const std::vector<std::string> names{"mailbox", "turn", "threads", "disk", "majority"};
  auto begin = root["startTimeUnixNano"];
  std::set<std::string> ids{root["spanId"].get<std::string>()};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& step = spans[i + 1];
    CHECK(step["name"] == names[i]);
    CHECK(step["kind"] == 1);
    CHECK(step["traceId"] == root["traceId"]);
    CHECK(step["parentSpanId"] == root["spanId"]);
    CHECK(step["startTimeUnixNano"] == begin);
    begin = step["endTimeUnixNano"];
    ids.insert(step["spanId"].get<std::string>());
  }
  CHECK(begin == root["endTimeUnixNano"]);
  CHECK(ids.size() == 6);
  for (const auto& id : ids)
    CHECK(id.size() == 16);
  CHECK(root["traceId"].get<std::string>().size() == 32);
}

TEST_CASE(
    "what is known of a request is attributes, numbers as texts and what is unknown left out") {
  const auto root = spans_of(traces({call(1)}))[0];
  CHECK(attribute(root, "db.system.name") == json{{"stringValue", "comet"}});
  CHECK(attribute(root, "db.operation.name") == json{{"stringValue", "ASO.CALL"}});
  CHECK(attribute(root, "server.address") == json{{"stringValue", "192.0.2.1"}});
  CHECK(attribute(root, "client.address") == json{{"stringValue", "192.0.2.7"}});
  CHECK(attribute(root, "comet.key") == json{{"stringValue", "door"}});
  CHECK(attribute(root, "comet.fuel") == json{{"intValue", "52"}});
  CHECK(attribute(root, "comet.activated") == json{{"boolValue", true}});
  CHECK(attribute(root, "comet.caller.object").is_null());
  CHECK(attribute(root, "comet.request.id").is_null());
  CHECK(attribute(root, "error.type").is_null());
}

TEST_CASE("the resource is the node that leads the key") {
  const auto body = json::parse(otlp_body(traces({call(1)}), 0, source));
  const auto& resource = body["resourceSpans"][0]["resource"];
  CHECK(attribute(resource, "service.name") == json{{"stringValue", "comet"}});
  CHECK(attribute(resource, "service.instance.id") == json{{"stringValue", "aaaa"}});
  const auto holder = map_of({{"id", reply::bulk("aaaa")}, {"address", reply::bulk("h:1")}});
  const auto asked = map_of({{"id", reply::bulk("bbbb")}, {"address", reply::bulk("g:1")}});
  const auto found = span_source_of(reply::list({asked, holder}));
  CHECK(found.node == "aaaa");
  CHECK(found.address == "h:1");
  CHECK(span_source_of(reply::failure({errc::joining, "no"})).node.empty());
}

TEST_CASE("a request whose id is a traceparent belongs to the client's span") {
  const auto id = reply::bulk("00-" + parent_trace + "-" + parent_span + "-01");
  const auto spans = spans_of(traces({call(1, id)}));
  CHECK(spans[0]["traceId"] == parent_trace);
  CHECK(spans[0]["parentSpanId"] == parent_span);
  CHECK(spans[0]["spanId"] != parent_span);
  CHECK(spans[1]["traceId"] == parent_trace);
  CHECK(spans[1]["parentSpanId"] == spans[0]["spanId"]);
}

TEST_CASE("a request with any other id is a trace of its own that has the id as attribute") {
  const auto root = spans_of(traces({call(1, reply::bulk("order-4711"))}))[0];
  CHECK_FALSE(root.contains("parentSpanId"));
  CHECK(attribute(root, "comet.request.id") == json{{"stringValue", "order-4711"}});
}

TEST_CASE("ids of spans are the same for the same request, and others for any other") {
  const auto both = spans_of(traces({call(1), call(2)}));
  REQUIRE(both.size() == 12);
  CHECK(both[0]["traceId"] != both[6]["traceId"]);
  CHECK(both[1]["spanId"] != both[7]["spanId"]);
  CHECK(spans_of(traces({call(1), call(2)}), 1)[0] == both[6]);
  const auto elsewhere = spans_of(traces({call(1)}), 0, {"cccc", ""});
  CHECK(elsewhere[0]["traceId"] != both[0]["traceId"]);
  CHECK(spans_of(traces({call(1)}), 1).empty());
}

TEST_CASE("what failed has the status of an error and its kind") {
  const auto root = spans_of(traces({call(1, reply::null(), "error fuel: too long: 9")}))[0];
  CHECK(root["status"] == json{{"code", 2}, {"message", "error fuel: too long: 9"}});
  CHECK(attribute(root, "error.type") == json{{"stringValue", "fuel"}});
}

TEST_CASE("a step ends no later than its request, and text that is no UTF-8 is replaced") {
  const auto spans = spans_of(traces({call(1, reply::bulk("\xff"), "ok", 2'500)}));
  CHECK(spans[0]["endTimeUnixNano"] == "1700000000125500000");
  for (const auto& span : spans)
    CHECK(span["endTimeUnixNano"].get<std::string>() <= "1700000000125500000");
  CHECK(attribute(spans[0], "comet.request.id") == json{{"stringValue", "\xEF\xBF\xBD"}});
}

TEST_CASE("a traceparent is read as W3C writes it, and nothing else is one") {
  const bytes known = "00-" + parent_trace + "-" + parent_span + "-00";
  REQUIRE(read_traceparent(known));
  CHECK(read_traceparent(known)->trace_id == parent_trace);
  CHECK(read_traceparent(known)->span_id == parent_span);
  CHECK(read_traceparent("01" + known.substr(2) + "-more"));
  CHECK_FALSE(read_traceparent(""));
  CHECK_FALSE(read_traceparent("order-4711"));
  CHECK_FALSE(read_traceparent(known + "-more"));
  CHECK_FALSE(read_traceparent("01" + known.substr(2) + "more"));
  CHECK_FALSE(read_traceparent("ff" + known.substr(2)));
  CHECK_FALSE(read_traceparent(known.substr(0, 54)));
  CHECK_FALSE(read_traceparent("00-" + bytes(32, '0') + "-" + parent_span + "-00"));
  CHECK_FALSE(read_traceparent("00-" + parent_trace + "-" + bytes(16, '0') + "-00"));
  CHECK_FALSE(read_traceparent("00-" + bytes(32, 'A') + "-" + parent_span + "-00"));
  CHECK_FALSE(read_traceparent("00-" + parent_trace + "_" + parent_span + "-00"));
}

}  // namespace
}  // namespace comet::client
