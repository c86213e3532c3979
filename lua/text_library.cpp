// What is taken over from Lua's own string and utf8 libraries, and what the reference says of it.
//
// The charges are those of third_party/lua/fuel.patch.

#include <array>

#include "lua/allow_list.hpp"

namespace comet::lua {

namespace {

constexpr auto entries = std::to_array<library_entry>({
    {"string",
     "byte",
     nullptr,
     {.signature = "string.byte(s: string, i?: integer, j?: integer) -> ...: integer",
      .summary = "The bytes from i to j as numbers; i is 1, j is i when left out.",
      .errors = "More bytes than fit on the stack.",
      .cost = "1 for each 4 bytes given",
      .example = R"lua(string.byte("abc") --> 97
string.byte("abc", 1, -1) --> 97, 98, 99)lua"}},
    {"string",
     "char",
     nullptr,
     {.signature = "string.char(...: integer) -> string",
      .summary = "The string of these bytes.",
      .errors = "A number that is not 0 to 255.",
      .cost = "1 for each 4 arguments",
      .example = R"lua(string.char(97, 98) --> "ab")lua"}},
    {"string",
     "find",
     nullptr,
     {.signature = "string.find(s: string, pattern: string, init?: integer, plain?: boolean) -> "
                   "first: integer?, last: integer?, ...: string|integer",
      .summary = "The place of the first match from init on, then its captures; nil when there is "
                 "none. With `plain` the pattern is plain text.",
      .errors = "A malformed or too complex pattern.",
      .cost = "1 for each step of the match, for each 4 repetitions of an item and for each 8 "
              "bytes of a set tried, and 1 for each 32 bytes of the pattern; of plain text 1 for "
              "each 64 bytes searched and for each place tried",
      .example_fuel = 1,
      .example = R"lua(string.find("a door", "door", 1, true) --> 3, 6
string.find("id=42", "(%d+)") --> 4, 5, "42"
string.find("abc", "x") --> nil)lua"}},
    {"string",
     "format",
     nullptr,
     {.signature = "string.format(format: string, ...: any) -> string",
      .summary = "As C's printf, with `%d %i %u %c %x %X %o %e %E %f %F %g %G %a %A %s %q %%`, but "
                 "without `%p`. `%s` takes any value as tostring does.",
      .errors = "A conversion that does not exist, or a value not of its kind.",
      .cost = "for each conversion 16, and 2 for each byte it makes; `%s` of a whole string 16; "
              "`%q` 1 more for each byte",
      .example_fuel = 18,
      .example = R"lua(string.format("%d", 5) --> "5"
string.format("%-5s|%5.1f|%03d", "ab", 2.25, 7) --> "ab   |  2.2|007")lua"}},
    {"string",
     "gmatch",
     nullptr,
     {.signature =
          "string.gmatch(s: string, pattern: string, init?: integer) -> fun(): string|integer, ...",
      .summary = "For `for a, b in string.gmatch(s, pattern)`: the captures of one match after the "
                 "other, or whole matches.",
      .errors = "A malformed or too complex pattern.",
      .cost = "10, and each match as string.match",
      .example_fuel = 10,
      .example = R"lua(local words = {}
for word in string.gmatch("one two", "%a+") do words[#words + 1] = word end
words --> {"one", "two"}
string.gmatch("ab", ".")() --> "a")lua"}},
    {"string",
     "gsub",
     nullptr,
     {.signature = "string.gsub(s: string, pattern: string, replacement: string|table|function, "
                   "n?: integer) -> result: string, count: integer",
      .summary =
          "Replaces all matches, or the first n, and tells how many. In a string `%1` to `%9` are "
          "captures, `%0` the match; a table is asked for the first capture; a function gets the "
          "captures, and false or nil keeps the match. The function cannot wait.",
      .errors = "A malformed or too complex pattern; a replacement that is not a string or number.",
      .cost =
          "1 for each step of the match, for each 4 repetitions of an item and for each 8 bytes of "
          "a set tried, and 1 for each 32 bytes of the pattern; 1 for each `%` in the replacement",
      .example_fuel = 5,
      .example = R"lua(string.gsub("abc", "b", "x") --> "axc", 1
string.gsub("hi Ann", "%a+", {Ann = "Bob"}) --> "hi Bob", 2
string.gsub("3 4", "%d", function(d) return d * d end) --> "9 16", 2)lua"}},
    {"string",
     "len",
     nullptr,
     {.signature = "string.len(s: string) -> integer",
      .summary = "The number of bytes, as `#s`.",
      .example = R"lua(string.len("abc") --> 3)lua"}},
    {"string",
     "lower",
     nullptr,
     {.signature = "string.lower(s: string) -> string",
      .summary = "With ASCII letters in lower case.",
      .cost = "1 for each 8 bytes",
      .example = R"lua(string.lower("Door") --> "door")lua"}},
    {"string",
     "match",
     nullptr,
     {.signature =
          "string.match(s: string, pattern: string, init?: integer) -> ...: string|integer|nil",
      .summary = "The captures of the first match, or the whole match; nil when there is none.",
      .errors = "A malformed or too complex pattern.",
      .cost = "1 for each step of the match, for each 4 repetitions of an item and for each 8 "
              "bytes of a set tried, and 1 for each 32 bytes of the pattern",
      .example_fuel = 8,
      .example = R"lua(string.match("id=42", "(%a+)=(%d+)") --> "id", "42"
string.match("abc", "%d") --> nil)lua"}},
    {"string",
     "rep",
     nullptr,
     {.signature = "string.rep(s: string, n: integer, separator?: string) -> string",
      .summary = "n copies, with the separator between them.",
      .errors = "A result too large.",
      .cost = "1 for each 8 copies",
      .example = R"lua(string.rep("ab", 3, "-") --> "ab-ab-ab")lua"}},
    {"string",
     "reverse",
     nullptr,
     {.signature = "string.reverse(s: string) -> string",
      .summary = "The bytes in reverse.",
      .cost = "1 for each 8 bytes",
      .example = R"lua(string.reverse("abc") --> "cba")lua"}},
    {"string",
     "sub",
     nullptr,
     {.signature = "string.sub(s: string, i: integer, j?: integer) -> string",
      .summary = "The bytes from i to j; negative places count from the end.",
      .example = R"lua(string.sub("swordfish", 6) --> "fish"
string.sub("swordfish", -4, -2) --> "fis")lua"}},
    {"string",
     "upper",
     nullptr,
     {.signature = "string.upper(s: string) -> string",
      .summary = "With ASCII letters in upper case.",
      .cost = "1 for each 8 bytes",
      .example = R"lua(string.upper("Door") --> "DOOR")lua"}},
    {"utf8",
     "char",
     nullptr,
     {.signature = "utf8.char(...: integer) -> string",
      .summary = "The string of these code points in UTF-8.",
      .errors = "A number that is no code point.",
      .cost = "16 for each argument",
      .example_fuel = 32,
      .example = R"lua(utf8.char(228, 8364) --> "ä€")lua"}},
    {"utf8",
     "charpattern",
     nullptr,
     {.signature = "utf8.charpattern: string",
      .summary = "A pattern that matches one character of valid UTF-8.",
      .example = R"lua(string.match("€5", utf8.charpattern) --> "€")lua"}},
    {"utf8",
     "codepoint",
     nullptr,
     {.signature =
          "utf8.codepoint(s: string, i?: integer, j?: integer, lax?: boolean) -> ...: integer",
      .summary = "The code points that begin from byte i to byte j; i is 1, j is i when left out.",
      .errors = "Invalid UTF-8 (`lax` allows up to 2^31); a place out of the string.",
      .cost = "1 for each 2 bytes",
      .example = R"lua(utf8.codepoint("ä") --> 228)lua"}},
    {"utf8",
     "codes",
     nullptr,
     {.signature = "utf8.codes(s: string, lax?: boolean) -> (fun(s: string, i: integer): integer, "
                   "integer), string, integer",
      .summary = "For `for place, code in utf8.codes(s)`: each character.",
      .errors = "Invalid UTF-8.",
      .cost = "1 for each 8 bytes skipped",
      .example = R"lua(local sum = 0
for place, code in utf8.codes("äb") do sum = sum + place * code end
sum --> 522
select("#", utf8.codes("a")) --> 3)lua"}},
    {"utf8",
     "len",
     nullptr,
     {.signature = "utf8.len(s: string, i?: integer, j?: integer, lax?: boolean) -> count: "
                   "integer?, invalid: integer?",
      .summary = "The number of characters; nil and the place of the first invalid byte.",
      .errors = "A place out of the string.",
      .cost = "1 for each 4 bytes",
      .example = R"lua(utf8.len("äb") --> 2
utf8.len("a\xff") --> nil, 2)lua"}},
    {"utf8",
     "offset",
     nullptr,
     {.signature = "utf8.offset(s: string, n: integer, i?: integer) -> integer?",
      .summary =
          "The byte where the nth character counted from byte i begins; nil when there is none.",
      .errors = "A place out of the string, or within a character.",
      .cost = "1 for each 16 bytes of the string",
      .example = R"lua(utf8.offset("äb", 2) --> 3)lua"}},
});

}  // namespace

std::span<const library_entry> text_functions() {
  return entries;
}

}  // namespace comet::lua
