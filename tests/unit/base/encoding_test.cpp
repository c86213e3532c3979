#include "base/encoding.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace comet {

TEST_CASE("what an encoder writes a decoder reads back") {
  encoder out{16};
  out.byte(7);
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                std::numeric_limits<std::uint64_t>::max()})
    out.number(n);
  out.integer(-1);
  out.integer(std::numeric_limits<std::int64_t>::min());
  out.time(from_unix_ms(-5));
  out.text("text");
  out.raw("rest");
  const bytes written = std::move(out).take();
  decoder in{written, "thing"};
  CHECK(in.byte() == 7);
  CHECK(in.number() == 0);
  CHECK(in.number() == 127);
  CHECK(in.number() == 128);
  CHECK(in.number() == std::numeric_limits<std::uint64_t>::max());
  CHECK(in.integer() == -1);
  CHECK(in.integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(in.time() == from_unix_ms(-5));
  CHECK(in.text() == "text");
  CHECK(in.rest() == "rest");
  CHECK(in.ok());
  CHECK(in.at_end());
}

TEST_CASE("a decoder stops at the first fault and says where it was") {
  decoder in{bytes_view{"\x05"
                        "ab",
                        3},
             "thing"};
  CHECK(in.text().empty());
  CHECK_FALSE(in.ok());
  CHECK(in.number() == 0);
  CHECK(in.failure().code == errc::corrupt);
  CHECK(in.failure().message.find("thing of 7 bytes is damaged at byte 1") == 0);
}

TEST_CASE("padded numbers and impossible sizes of lists are faults") {
  decoder padded{bytes_view{"\x80\x00", 2}, "thing"};
  CHECK(padded.number() == 0);
  CHECK_FALSE(padded.ok());
  decoder list{bytes_view{"\x09"
                          "ab",
                          3},
               "thing"};
  CHECK(list.count() == 0);
  CHECK_FALSE(list.ok());
}

TEST_CASE("a checksum holds for what was written and for nothing else") {
  encoder out{16};
  out.text("guarded");
  out.checksum();
  bytes written = std::move(out).take();
  CHECK(without_checksum(written) == bytes_view{written}.substr(0, written.size() - checksum_size));
  written[2] = 'x';
  CHECK_FALSE(without_checksum(written));
  CHECK_FALSE(without_checksum("abc"));
}

}  // namespace comet
