#include "lua/program.hpp"

#include <catch2/catch_test_macros.hpp>

#include "object/code_signature.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

TEST_CASE("an error of syntax names the line") {
  const auto failed = compile(code_of("local a = 1\nlocal b = = 2"), {});
  REQUIRE_FALSE(failed);
  CHECK(failed.failure().code == errc::compile);
  CHECK(failed.failure().message == "aso:2: unexpected symbol near '='");
}

TEST_CASE("sources over the limit are refused unread") {
  object::policy limits;
  limits.source_bytes_max = 10;
  CHECK(compile(code_of("return {   }"), limits).failure().code == errc::too_large);
  CHECK(compile(code_of("return {}"), limits));
}

TEST_CASE("a program knows whether its text was written for the prototype") {
  CHECK_FALSE(program_of("return {}")->compat());
  CHECK(program_of("--[[comet:compat]] return {}")->compat());
  CHECK(compile(code_of("--[[comet:compat]] local a\nlocal b = = 2"), {}).failure().message ==
        "aso:2: unexpected symbol near '='");
}

TEST_CASE("a signature vouches for the mark, too") {
  const auto signed_text = object::signed_source("return {}", signing_key::generate());
  CHECK(compile(code_of(signed_text), {}));
  CHECK(compile(code_of("--[[comet:compat]] " + signed_text), {}).failure().code ==
        errc::no_permission);
}

TEST_CASE("bytecode is not a source") {
  const auto binary = program_of("return {}");
  const auto failed = compile(code_of(bytes(binary->bytecode())), {});
  REQUIRE_FALSE(failed);
  CHECK(failed.failure().code == errc::compile);
}

TEST_CASE("a source that needs too much memory to compile is refused") {
  object::policy limits;
  limits.memory_per_object = 2'000;
  bytes source = "return {";
  for (int i = 0; i < 500; ++i)
    source += "'" + std::to_string(i) + "',";
  CHECK(compile(code_of(source + "}"), limits).failure().code == errc::memory);
}

TEST_CASE("sources nested too deep for the parser are refused in order") {
  bytes source = "return " + bytes(5'000, '(') + "1" + bytes(5'000, ')');
  CHECK_FALSE(compile(code_of(source), {}));
  source = bytes("local a = 1 return a");
  for (int i = 0; i < 2'000; ++i)
    source += " and a";
  const auto compiled = compile(code_of(source), {});
  CHECK((compiled || compiled.failure().code == errc::memory));
}

TEST_CASE("the cache compiles once and drops the least recently used") {
  const auto a = code_of("return { 1 }");
  const auto b = code_of("return { 2 }");
  const auto c = code_of("return { 3 }");
  const auto size = (*compile(a, {}))->bytecode().size() + 256;
  program_cache cache(2 * size + size / 2);
  const auto first = *cache.get(a, {});
  CHECK(*cache.get(a, {}) == first);
  CHECK(cache.size() == 1);
  const auto second = *cache.get(b, {});
  CHECK(cache.get(a, {}));
  CHECK(cache.get(c, {}));
  CHECK(cache.size() == 2);
  CHECK(cache.bytes() <= 2 * size + size / 2);
  CHECK(*cache.get(a, {}) == first);
  CHECK(*cache.get(b, {}) != second);
}

TEST_CASE("a source that does not compile is not cached") {
  program_cache cache(10'000);
  CHECK_FALSE(cache.get(code_of("return {"), {}));
  CHECK(cache.size() == 0);
}

TEST_CASE("one program larger than the cache is still served") {
  program_cache cache(1);
  CHECK(cache.get(code_of("return {}"), {}));
  CHECK(cache.size() == 1);
  CHECK(cache.get(code_of("return {1}"), {}));
  CHECK(cache.size() == 1);
}

TEST_CASE("a program knows who signed its text, and a bad signature is no program") {
  const auto key = signing_key::generate();
  const bytes text = object::signed_source("return {}", key);
  CHECK((*compile(code_of(text), {}))->signer() == key.public_part());
  CHECK_FALSE((*compile(code_of("return {}"), {}))->signer());
  const auto changed = compile(code_of(" " + text), {});
  REQUIRE_FALSE(changed);
  CHECK(changed.failure().code == errc::no_permission);
  CHECK(changed.failure().message.starts_with("signature: it does not verify"));
}
