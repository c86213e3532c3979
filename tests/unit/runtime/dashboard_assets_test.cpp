#include "runtime/dashboard_assets.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <set>

namespace comet::runtime {
namespace {

bytes header_of(const http_answer& answer, bytes_view name) {
  const auto found = std::ranges::find_if(answer.headers,
                                          [&](const auto& header) { return header.first == name; });
  return found == answer.headers.end() ? bytes{} : found->second;
}

std::vector<bytes> matches(bytes_view text, const char* pattern) {
  const bytes all{text};
  const std::regex wanted(pattern);
  std::vector<bytes> found;
  for (std::sregex_iterator at(all.begin(), all.end(), wanted), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

TEST_CASE("the page runs nothing but the node's own files") {
  const auto answer = dashboard_page_answer({});
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "text/html; charset=utf-8");
  const bytes policy = header_of(answer, "Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'none'; script-src 'self'; "));
  CHECK(policy.find("unsafe") == bytes::npos);
  CHECK(policy.find("frame-ancestors 'none'") != bytes::npos);
  CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
  CHECK(header_of(answer, "Referrer-Policy") == "no-referrer");
}

TEST_CASE("what the policy forbids does not stand in the page") {
  const bytes page{dashboard_page()};
  for (const char* pattern : {"<script(?![^>]*src=)()", "<style()", " style=()", " on[a-z]+=()"}) {
    CAPTURE(pattern);
    CHECK(matches(page, pattern).empty());
  }
}

TEST_CASE("every file that a file names is there, and none is elsewhere") {
  std::set<bytes, std::less<>> paths;
  for (const auto& asset : dashboard_assets())
    paths.insert(bytes{asset.path});
  for (const bytes& named : matches(dashboard_page(), R"re((?:src|href)="(/dashboard/[^"]*)")re"))
    CHECK(paths.contains(named));
  for (const auto& asset : dashboard_assets()) {
    CAPTURE(asset.path);
    CHECK_FALSE(asset.content.empty());
    CHECK(matches(asset.content, R"re((?:src|import|fetch|url)\W{1,3}(https?:))re").empty());
    for (const bytes& named : matches(asset.content, R"re(from "\./([^"]*)")re"))
      CHECK(paths.contains("/dashboard/" + named));
  }
}

TEST_CASE("texts of the node become text, never markup") {
  for (const auto& asset : dashboard_assets())
    for (const bytes_view way : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                                 "eval(", "new Function"}) {
      CAPTURE(asset.path, way);
      CHECK(asset.content.find(way) == bytes_view::npos);
    }
}

TEST_CASE("a file that the browser has is not sent again") {
  const auto asset = dashboard_assets().front();
  const auto first = dashboard_answer(asset, {});
  CHECK(first.status == 200);
  CHECK(first.body == asset.content);
  const auto again = dashboard_answer(asset, {.if_none_match = header_of(first, "ETag")});
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK(dashboard_answer(asset, {.if_none_match = "\"other\""}).status == 200);
}

TEST_CASE("a browser wants a page, and a program does not") {
  CHECK(wants_page({.accept = "text/html,application/xhtml+xml,*/*;q=0.8"}));
  CHECK_FALSE(wants_page({.accept = "*/*"}));
  CHECK_FALSE(wants_page({}));
}

}  // namespace
}  // namespace comet::runtime
