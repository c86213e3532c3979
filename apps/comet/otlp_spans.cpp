#include "apps/comet/otlp_spans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "apps/comet/reply_fields.hpp"
#include "apps/comet/trace_page.hpp"
#include "base/digest.hpp"
#include "runtime/build_info.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

using json = nlohmann::ordered_json;
using object::reply;

constexpr std::size_t trace_id_digits = 32;
constexpr std::size_t span_id_digits = 16;

// Values of the enumerations in trace.proto.
constexpr int kind_internal = 1;
constexpr int kind_server = 2;
constexpr int status_error = 2;

// ---- ids ----

bool is_hex(bytes_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(bytes_view text) {
  return is_hex(text) && text.find_first_not_of('0') != bytes_view::npos;
}

bytes id_of(const bytes& subject, bytes_view part, std::size_t digits) {
  return to_hex(as_bytes(sha256(fmt::format("{}\n{}", subject, part)))).substr(0, digits);
}

/// What tells one request from all others.
bytes subject_of(const reply& traces, const reply& request, const span_source& source) {
  const auto number = [](const reply& map, bytes_view name) {
    return number_field(map, name).value_or(0);
  };
  return fmt::format("{}\n{}\n{}\n{}\n{}", source.node, number(traces, "trace"),
                     number(request, "number"), number(request, "time-unix-ms"),
                     text_field(traces, "key"));
}

// ---- values ----

/// 64-bit numbers are texts in the JSON of protobuf.
json whole(std::int64_t n) {
  return fmt::format("{}", n);
}

json nanoseconds(std::int64_t unix_us) {
  return whole(unix_us * 1'000);
}

class attribute_list {
 public:
  /// An empty text is none.
  void add(const char* key, const bytes& text) {
    if (!text.empty()) all_.push_back({{"key", key}, {"value", {{"stringValue", text}}}});
  }
  void add(const char* key, std::int64_t n) {
    all_.push_back({{"key", key}, {"value", {{"intValue", whole(n)}}}});
  }
  void add(const char* key, bool is_so) {
    all_.push_back({{"key", key}, {"value", {{"boolValue", is_so}}}});
  }
  [[nodiscard]] json take() { return std::move(all_); }

 private:
  json all_ = json::array();
};

/// Names of OpenTelemetry's conventions where there is one, else of ours.
json attributes_of(const bytes& key, const reply& request, const span_source& source) {
  attribute_list all;
  all.add("db.system.name", bytes{"comet"});
  all.add("db.operation.name", text_field(request, "operation"));
  if (const auto address = runtime::parse_address(source.address))
    all.add("server.address", address->host);
  all.add("client.address", text_field(request, "ip"));
  all.add("user.name", text_field(request, "user"));
  all.add("comet.key", key);
  all.add("comet.kind", text_field(request, "kind"));
  all.add("comet.handler", text_field(request, "handler"));
  all.add("comet.request.id", text_field(request, "id"));
  all.add("comet.caller.object", text_field(request, "object"));
  all.add("comet.through", text_field(request, "through"));
  all.add("comet.hops", number_field(request, "hops").value_or(0));
  all.add("comet.fuel", number_field(request, "fuel").value_or(0));
  all.add("comet.activated", number_field(request, "activated") == 1);
  const bytes outcome = text_field(request, "outcome");
  if (constexpr bytes_view failed = "error "; outcome.starts_with(failed))
    all.add("error.type", outcome.substr(failed.size(), outcome.find(':') - failed.size()));
  return all.take();
}

// ---- spans ----

void add_steps(const reply& request, const bytes& subject, const json& root, json& spans) {
  const std::int64_t began = number_field(request, "time-unix-ms").value_or(0) * 1'000;
  const std::int64_t total = number_field(request, "total-us").value_or(0);
  std::int64_t from = 0;
  for (const trace_step& step : steps_of(request)) {
    const std::int64_t end = std::min(from + step.us, total);
    spans.push_back({{"traceId", root["traceId"]},
                     {"spanId", id_of(subject, step.name, span_id_digits)},
                     {"parentSpanId", root["spanId"]},
                     {"name", step.name},
                     {"kind", kind_internal},
                     {"startTimeUnixNano", nanoseconds(began + from)},
                     {"endTimeUnixNano", nanoseconds(began + end)}});
    from = end;
  }
}

void add_request(const reply& traces, const reply& request, const span_source& source,
                 json& spans) {
  const bytes subject = subject_of(traces, request, source);
  const auto parent = read_traceparent(text_field(request, "id"));
  const std::int64_t began = number_field(request, "time-unix-ms").value_or(0) * 1'000;
  const std::int64_t total = number_field(request, "total-us").value_or(0);
  const bytes name = what_was_asked(request);
  const bytes outcome = text_field(request, "outcome");
  json root{{"traceId", parent ? parent->trace_id : id_of(subject, "trace", trace_id_digits)},
            {"spanId", id_of(subject, "request", span_id_digits)}};
  if (parent) root["parentSpanId"] = parent->span_id;
  root["name"] = name.empty() ? "request" : name;
  root["kind"] = text_field(request, "operation").empty() ? kind_internal : kind_server;
  root["startTimeUnixNano"] = nanoseconds(began);
  root["endTimeUnixNano"] = nanoseconds(began + total);
  root["attributes"] = attributes_of(text_field(traces, "key"), request, source);
  if (!outcome.empty() && outcome != "ok")
    root["status"] = {{"code", status_error}, {"message", outcome}};
  spans.push_back(root);
  add_steps(request, subject, root, spans);
}

}  // namespace

std::optional<span_context> read_traceparent(bytes_view id) {
  // 00-<trace id>-<span id>-<flags>. Later versions may have more after the flags.
  constexpr std::size_t size = 55;
  if (id.size() < size || id[2] != '-' || id[35] != '-' || id[52] != '-') return std::nullopt;
  const bytes_view version = id.substr(0, 2);
  const bytes_view trace_id = id.substr(3, trace_id_digits);
  const bytes_view span_id = id.substr(36, span_id_digits);
  if (!is_hex(version) || version == "ff" || !is_hex(id.substr(53, 2))) return std::nullopt;
  if (!is_id(trace_id) || !is_id(span_id)) return std::nullopt;
  if (id.size() > size && (version == "00" || id[size] != '-')) return std::nullopt;
  return span_context{bytes{trace_id}, bytes{span_id}};
}

span_source span_source_of(const reply& route) {
  if (route.items.empty() || route.failed()) return {};
  const reply& holder = route.items.back();
  return {text_field(holder, "id"), text_field(holder, "address")};
}

bytes otlp_body(const reply& traces, std::size_t from, const span_source& source) {
  json spans = json::array();
  if (const reply* requests = field(traces, "requests"))
    for (std::size_t i = from; i < requests->items.size(); ++i)
      add_request(traces, requests->items[i], source, spans);
  attribute_list resource;
  resource.add("service.name", bytes{"comet"});
  resource.add("service.instance.id", source.node);
  const json scope{{"name", "comet trace"}, {"version", bytes{runtime::this_build().version}}};
  const json body{
      {"resourceSpans",
       json::array({{{"resource", {{"attributes", resource.take()}}},
                     {"scopeSpans", json::array({{{"scope", scope}, {"spans", spans}}})}}})}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace comet::client
