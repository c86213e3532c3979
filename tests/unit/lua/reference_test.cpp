#include "lua/reference.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <tuple>

#include "lua/allow_list.hpp"
#include "tests/unit/lua/lone_node.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

/// What each example finds: itself as `self` with the key `example`, and two other objects.
constexpr bytes_view opening = R"lua(
local aso = {}

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b and math.type(a) == math.type(b)
  end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

local function shown(value)
  if type(value) ~= "table" then return type(value) .. " " .. tostring(value) end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = tostring(key) .. "=" .. shown(item) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function check(line, got, wanted)
  if not same(got, wanted) then error("`" .. line .. "` gave " .. shown(got), 0) end
end

function aso:onTimer(name) self.rang = name end
)lua";

constexpr bytes_view counter =
    "local aso = {count = 0} function aso:add(n) self.count = self.count + tonumber(n) "
    "return self.count end return aso";

std::vector<bytes> split(bytes_view text, bytes_view separator) {
  std::vector<bytes> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == bytes_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

bytes name_of(const library_entry& row) {
  return *row.library == '\0' ? bytes(row.name) : bytes(row.library) + "." + row.name;
}

/// The lines of an example, turn by turn.
std::vector<std::vector<bytes>> turns_of(const library_entry& row) {
  std::vector<std::vector<bytes>> turns;
  for (const bytes& turn : split(row.about.example, "\n-- later\n"))
    turns.push_back(split(turn, "\n"));
  return turns;
}

/// A line as the sandbox runs it: what it states is checked.
bytes checked(const bytes& line) {
  const auto at = line.find(" --> ");
  if (at == bytes::npos) return line + "\n";
  return fmt::format("check([==[{}]==], table.pack({}), table.pack({}))\n", line,
                     line.substr(0, at), line.substr(at + 5));
}

class stage {
 public:
  explicit stage(const bytes& methods) : node_(reaching_all()) {
    node_.set("greeting", "hello");
    REQUIRE_FALSE(node_.put("counter", counter).failed());
    const object::reply made = node_.put("example", bytes(opening) + methods + "return aso");
    INFO(made.text);
    REQUIRE_FALSE(made.failed());
  }

  object::reply call(bytes_view method) { return node_.call("example", method); }
  void let_time_pass() { node_.pass(std::chrono::seconds{5}, std::chrono::milliseconds{500}); }

 private:
  static object::policy reaching_all() {
    object::policy limits;
    limits.handlers_reach = object::reach::any;
    return limits;
  }

  lone_node node_;
};

/// Between the parentheses that open at `open`; brackets within strings do not count.
bytes arguments_at(const bytes& line, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < line.size(); ++i) {
    if (line[i] == '"') {
      while (line[++i] != '"')
        if (line[i] == '\\') ++i;
    }
    depth += line[i] == '(' ? 1 : line[i] == ')' ? -1 : 0;
    if (depth == 0) return line.substr(open + 1, i - open - 1);
  }
  return {};
}

/// Where a line, or what it assigns to a new local, begins with a call of `name`.
std::size_t call_in(const bytes& line, const bytes& name) {
  const auto equals = line.find(" = ");
  const bool assigns = line.starts_with("local ") && equals != bytes::npos;
  const std::size_t at = assigns ? equals + 3 : 0;
  return line.compare(at, name.size() + 1, name + "(") == 0 ? at : bytes::npos;
}

/// A method that makes the first such call of the example and returns what was charged besides
/// instructions: what it takes over a call that charges nothing.
std::optional<bytes> measuring_method(const library_entry& row) {
  const bytes name = name_of(row);
  bytes before;
  const auto turns = turns_of(row);
  for (const bytes& line : turns.front()) {
    const std::size_t at = call_in(line, name);
    if (at == bytes::npos) {
      before += checked(line);
      continue;
    }
    return fmt::format(
        "function aso:measure()\n{}"
        "local f, given, fuel, unpack = {}, table.pack({}), comet.fuel, table.unpack\n"
        "pcall(pcall, fuel, unpack(given, 1, given.n))\n"  // room for calls within
        "local a = fuel()\nfuel(unpack(given, 1, given.n))\n"
        "local b = fuel()\nf(unpack(given, 1, given.n))\n"
        "local c = fuel()\nreturn (b - c) - (a - b)\nend\n",
        before, name, arguments_at(line, at + name.size()));
  }
  return std::nullopt;
}

/// The parts of `text` between commas outside of brackets.
std::vector<bytes> listed(bytes_view text) {
  std::vector<bytes> parts{""};
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' || c == '{' ? 1 : c == ')' || c == '}' ? -1 : 0;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back().push_back(c);
    }
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

constexpr const char* path = "docs/lua.md";  // tests run in the root of the project
constexpr bytes_view begin_mark = "<!-- reference: begin -->\n";
constexpr bytes_view end_mark = "<!-- reference: end -->\n";

bytes document() {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("each example runs in the sandbox and gives what it states") {
  each_library_entry([](const library_entry& row) {
    INFO(name_of(row));
    bytes methods;
    const auto turns = turns_of(row);
    for (std::size_t i = 0; i < turns.size(); ++i) {
      methods += fmt::format("function aso:turn{}()\n", i);
      for (const bytes& line : turns[i])
        methods += checked(line);
      methods += "end\n";
    }
    stage scene{methods};
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (i != 0) scene.let_time_pass();
      const object::reply answer = scene.call(fmt::format("turn{}", i));
      INFO(answer.text);
      CHECK_FALSE(answer.failed());
    }
  });
}

TEST_CASE("each function's example states a result, or the function has none") {
  each_library_entry([](const library_entry& row) {
    INFO(name_of(row));
    const bytes_view signature = row.about.signature;
    const bool gives = signature.find(" -> ") != bytes_view::npos;
    CHECK((!gives || bytes_view(row.about.example).find(" --> ") != bytes_view::npos));
  });
}

TEST_CASE("a call is charged what the reference says") {
  each_library_entry([](const library_entry& row) {
    INFO(name_of(row));
    const auto method = measuring_method(row);
    if (!method) {
      CHECK(row.about.example_fuel == 0);
      return;
    }
    const object::reply charged = stage{*method}.call("measure");
    INFO(charged.text);
    CHECK(charged.integer == row.about.example_fuel);
    CHECK((charged.integer == 0 || *row.about.cost != '\0'));
  });
}

TEST_CASE("the language itself charges what docs/lua.md says") {
  // Each row: what is charged for the first function more than for the second. A second summand is
  // memory: of a string, and of the stack, which is smaller after an error and grows again.
  const std::tuple<const char*, const char*, int> rows[] = {
      {"function() self.reads = self.reads + 1 end", "function() end", 3},
      {"function() return mixed.absent end", "function() return mixed.name end", 2},
      {"function() self.fresh = true end", "function() self.reads = true end", 2},
      {"function() return derived.name end", "function() return mixed.name end", 2},
      {"function() return callable() end", "function() return nothing() end", 2},
      {"function() return number .. text end", "function() return text .. text end", 16},
      {"function() return ('1234567890123456'):rep(1) + 0 end",
       "function() return ('1'):rep(1) + 0 end", 2},
      {"function() return long .. text end", "function() return text .. text end", 4 + 2},
      {"function() return long < longer end", "function() return text < number_text end", 2},
      {"function() return #mixed end", "function() return #list end", 8},
      {"function() return pcall(error, 'x', 0) end", "function() return pcall(select, 1, 0) end",
       16 + 1},
  };
  for (const auto& [dear, cheap, difference] : rows) {
    INFO(dear);
    stage scene{
        fmt::format("function aso:measure()\n"
                    "self.reads = 0\n"
                    "local list, mixed, text, number, number_text = {{1}}, {{1, name = 'a', b = "
                    "2}}, 'a', 7, '7'\n"
                    "local derived = setmetatable({{}}, {{__index = mixed}})\n"
                    "local nothing = function() end\n"
                    "local callable = setmetatable({{}}, {{__call = nothing}})\n"
                    "local long, longer = ('a'):rep(128), ('a'):rep(129)\n"
                    "local fuel = comet.fuel\n"
                    "local function cost(f) local a = fuel() f() return a - fuel() end\n"
                    "cost(function() return pcall(pcall, error, ('x'):rep(1)) end)\n"
                    "cost({1})\n"
                    "return cost({0}) - cost({1})\nend\n",
                    dear, cheap)};
    const object::reply charged = scene.call("measure");
    INFO(charged.text);
    CHECK(charged.integer == difference);
  }
}

TEST_CASE("signatures name each argument and give its type") {
  each_library_entry([](const library_entry& row) {
    for (const bytes& form : split(row.about.signature, "\n")) {
      INFO(form);
      const bytes name = name_of(row);
      REQUIRE(form.starts_with(name));
      if (form[name.size()] == ':') continue;  // a constant
      REQUIRE(form[name.size()] == '(');
      const bytes arguments = arguments_at(form, name.size());
      for (const bytes& argument : listed(arguments)) {
        INFO(argument);
        const auto colon = argument.find(": ");
        REQUIRE(colon != bytes::npos);
        const bytes word = argument.substr(0, colon);
        CHECK((word == "..." ||
               word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_?") == bytes::npos));
        CHECK(colon + 2 < argument.size());
      }
      const bytes rest = form.substr(name.size() + arguments.size() + 2);
      CHECK((rest.empty() || rest.starts_with(" -> ")));
    }
  });
}

TEST_CASE("the reference part of docs/lua.md is what the rows say") {
  const bytes found = document();
  const auto begin = found.find(begin_mark);
  const auto end = found.find(end_mark);
  REQUIRE(begin != bytes::npos);
  REQUIRE(end != bytes::npos);
  const bytes wanted = found.substr(0, begin + begin_mark.size()) + "\n" + reference_page() + "\n" +
                       found.substr(end);
  if (std::getenv("COMET_REWRITE") != nullptr) std::ofstream{path} << wanted;
  INFO("write it with COMET_REWRITE=1 build/dev/tests/comet_lua_tests");
  CHECK(document() == wanted);
}

TEST_CASE("a topic is a name, with or without its library, or a library") {
  CHECK(reference_text("dht.getKey").starts_with("dht.getKey() -> string\n  The object's key.\n"));
  CHECK(reference_text("getKey") == reference_text("dht.getKey"));
  CHECK(reference_text("len").find("string.len(") != bytes::npos);
  CHECK(reference_text("len").find("utf8.len(") != bytes::npos);
  CHECK(reference_text("utf8").find("utf8.charpattern: string") != bytes::npos);
  CHECK(reference_text("utf8").find("string.len(") == bytes::npos);
  CHECK(reference_text("nothing").empty());
  CHECK(reference_text("").empty());
}

TEST_CASE("the names are listed library by library") {
  const bytes names = reference_names();
  CHECK(names.starts_with("dht:        call caller cancelTimer deleteSelf get "));
  CHECK(names.find("\nGlobals:    _VERSION assert ") != bytes::npos);
}
