#include "object/kept_answers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

namespace comet::object {
namespace {

kept_answers_ref some(std::size_t count) {
  kept_answers_ref all;
  for (std::size_t i = 1; i <= count; ++i)
    all = with_answer(all, i, reply::number(static_cast<std::int64_t>(i)));
  return all;
}

bytes written(const kept_answers& all) {
  encoder out{64};
  write(out, all);
  return std::move(out).take();
}

}  // namespace

TEST_CASE("a request is known by its user and its id together") {
  CHECK(request_number("bob", "1") == request_number("bob", "1"));
  CHECK(request_number("bob", "1") != request_number("eve", "1"));
  CHECK(request_number("bob", "1") != request_number("bob", "2"));
  CHECK(request_number("bo", "b1") != request_number("bob", "1"));
}

TEST_CASE("the latest sixteen answers are kept, and the oldest is pushed out") {
  const auto all = some(kept_answers_max + 2);
  CHECK(all->size() == kept_answers_max);
  CHECK(find_answer(all, 1) == nullptr);
  CHECK(find_answer(all, 2) == nullptr);
  REQUIRE(find_answer(all, 3) != nullptr);
  CHECK(answer_of(*find_answer(all, 3)) == reply::number(3));
  CHECK(find_answer(nullptr, 3) == nullptr);
}

TEST_CASE("an answer comes back as it was, whatever it is") {
  const std::vector<reply> all{
      reply::null(),
      reply::ok(),
      reply::number(-7),
      reply::real_number(2.5),
      reply::truth(true),
      reply::bulk(bytes("a\0b", 3)),
      reply::verbatim("text"),
      reply::list(
          {reply::bulk("x"), reply::list({}), reply::map({reply::bulk("k"), reply::null()})}),
  };
  for (const auto& one : all) {
    const auto raw = encode(one);
    REQUIRE(raw);
    CHECK(*decode_reply(*raw) == one);
    CHECK(answer_of(with_answer(nullptr, 1, one)->front()) == one);
  }
}

TEST_CASE("an answer that is too large is remembered as done, and says so") {
  const auto kept = with_answer(nullptr, 1, reply::bulk(bytes(kept_answer_bytes_max, 'x')));
  CHECK_FALSE(kept->front().content);
  const auto told = answer_of(kept->front());
  CHECK(told.code == errc::conflict);
  CHECK(told.text.find("is done; its answer is not kept") != bytes::npos);
  const auto fits = with_answer(nullptr, 1, reply::bulk(bytes(kept_answer_bytes_max - 8, 'x')));
  CHECK(fits->front().content);
}

TEST_CASE("an answer that nests without end is not kept") {
  reply deep = reply::null();
  for (std::size_t i = 0; i <= kept_answer_depth_max + 1; ++i)
    deep = reply::list({deep});
  CHECK_FALSE(encode(deep));
}

TEST_CASE("kept answers come back from their bytes, and no others do") {
  const auto all = with_answer(some(3), 9, reply::bulk(bytes(2'000, 'x')));
  const bytes raw = written(*all);
  decoder in{raw, "answers"};
  const auto back = read_kept_answers(in);
  CHECK(in.ok());
  CHECK(in.at_end());
  CHECK(*back == *all);

  for (std::size_t cut = 0; cut < raw.size(); ++cut) {
    decoder less{bytes_view{raw}.substr(0, cut), "answers"};
    read_kept_answers(less);
    CHECK_FALSE(less.ok());
  }
  kept_answers too_many(kept_answers_max + 1, {1, std::nullopt});
  const bytes many = written(too_many);
  decoder in_many{many, "answers"};
  read_kept_answers(in_many);
  CHECK_FALSE(in_many.ok());
}

TEST_CASE("bytes that are no answer are refused") {
  CHECK_FALSE(decode_reply(""));
  CHECK_FALSE(decode_reply("\x02"));                    // a failure is never kept
  CHECK_FALSE(decode_reply("\x0c"));                    // no such kind
  CHECK_FALSE(decode_reply(bytes("\x00\x00", 2)));      // bytes behind it
  CHECK_FALSE(decode_reply(bytes("\x07\xff\xff", 3)));  // more items than there are
  CHECK_FALSE(decode_reply(bytes(100, '\x07')));        // too deep
}

}  // namespace comet::object
