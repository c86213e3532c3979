#pragma once
// Lua programs out of bytes: each byte is a choice, so a small change of the input is a small
// change of the program. Every program parses; most of them end. None recurses through the C stack
// (an error in a handler of errors does): how deep that may go is counted anew after a preemption,
// which unwinds it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.hpp"

namespace comet::lua::fuzz {

class lua_grammar {
 public:
  explicit lua_grammar(std::span<const std::uint8_t> choices) : choices_(choices) {}

  /// An object whose script and onGet run the statements that the bytes choose.
  bytes program() {
    bytes text = "local a, b, c, nested = 1, 'text', {}, 0\nlocal aso = { value = 0, t = {} }\n";
    text += "function aso:onGet(caller)\nlocal a, b, c = self.value, 'x', self.t\n";
    while (!choices_.empty() && text.size() < size_max)
      text += draw(4) == 0 ? statement(depth_max)
                           : "pcall(function()\n" + statement(depth_max) + "end)\n";
    text += "return tostring(a) .. type(b) .. #self.t\nend\n";
    text += "aso.onPut = function(self) self.value = 1 ";
    return text + "return self end\nreturn aso\n";
  }

 private:
  static constexpr int depth_max = 4;
  static constexpr std::size_t size_max = 3'000;

  std::uint8_t draw(std::uint8_t below) {
    if (choices_.empty()) return 0;
    const std::uint8_t choice = choices_.front() % below;
    choices_ = choices_.subspan(1);
    return choice;
  }
  bytes number() { return std::to_string(draw(8)); }
  bytes name() { return bytes(1, static_cast<char>('a' + draw(3))); }

  bytes expression(int depth) {
    if (depth == 0 || choices_.empty()) return draw(2) == 0 ? name() : number();
    const int d = depth - 1;
    switch (draw(20)) {
      case 0: return number();
      case 1: return name();
      case 2: return "'s" + number() + "'";
      case 3: return "{" + expression(d) + ", " + expression(d) + "}";
      case 4: return "{x = " + expression(d) + "}";
      case 5: return "tostring(" + expression(d) + ") .. 'y' .. type(" + expression(d) + ")";
      case 6: return "(tonumber(" + expression(d) + ") or 1) + " + number();
      case 7: return "(" + expression(d) + " == " + expression(d) + ")";
      case 8: return "(" + expression(d) + " and " + expression(d) + " or " + expression(d) + ")";
      case 9:
        return "select(2, pcall(function() " + block(d) + " return " + expression(d) + " end))";
      case 10:
        return "coroutine.wrap(function(v) coroutine.yield(" + expression(d) + ") " + block(d) +
               " return v end)(" + expression(d) + ")";
      case 11:
        return "(('ab'):rep(" + number() + "):gsub('.', function(m) " + block(d) +
               " return m .. '" + number() + "' end))";
      case 12:
        return "setmetatable({}, {__index = function(t, k) " + block(d) + " return " +
               expression(d) + " end}).z";
      case 13:
        return "(setmetatable({}, {__concat = function(x, y) " + block(d) +
               " return 'cc' end}) .. " + expression(d) + ")";
      case 14: return "#(" + expression(d) + ")";
      case 15: return "table.concat({" + number() + ", 'q', " + number() + "}, '-')";
      case 16: return "(('k1=v1;k2=v2'):match('(%w+)=(%w*)" + bytes(draw(2), ';') + "'))";
      case 17:
        return "string.format('%5.2f|%s|%d', " + number() + ", " + expression(d) + ", " + number() +
               ")";
      case 18: return "(" + expression(d) + " < " + expression(d) + ")";
      default: return "self.t[" + number() + "]";
    }
  }

  bytes block(int depth) {
    bytes text;
    for (int i = draw(3); i > 0; --i)
      text += statement(depth);
    return text;
  }

  bytes statement(int depth) {
    if (depth == 0) return name() + " = " + number() + "\n";
    const int d = depth - 1;
    switch (draw(20)) {
      case 0: return name() + " = " + expression(d) + "\n";
      case 1: return "self.value = " + expression(d) + "\n";
      case 2: return "self.t[#self.t + 1] = tostring(" + expression(d) + ")\n";
      case 3: return "for i = 1, " + number() + " do " + block(d) + "end\n";
      case 4: return "for k, v in pairs(" + expression(d) + ") do " + block(d) + "end\n";
      case 5: return "if " + expression(d) + " then " + block(d) + "else " + block(d) + "end\n";
      case 6: return "pcall(function(...) " + block(d) + "end, " + expression(d) + ")\n";
      case 7:
        return "xpcall(function() " + block(d) + "error('e') end, function(m) pcall(function() " +
               block(d) + "end) return m end)\n";
      case 8:
        return "do local x <close> = setmetatable({}, {__close = function() " + block(d) +
               "end}) " + block(d) + "end\n";
      case 9:
        return "do local s = {3, 1, 2, " + number() + "} table.sort(s, function(x, y) " + block(d) +
               " return x < y end) a = s[1] end\n";
      case 10:
        return "do local co = coroutine.create(function(...) " + block(d) +
               " local r = coroutine.yield(" + expression(d) + ") " + block(d) +
               " return r end) for i = 1, " + number() +
               " do b = select(2, coroutine.resume(co, i)) end coroutine.close(co) end\n";
      case 11: return "table.insert(self.t, 1, " + number() + ")\n";
      case 12: return "table.remove(self.t)\n";
      case 13:
        return "do local n = 0 while n < " + number() + " do n = n + 1 " + block(d) +
               "if n > 5 then break end end end\n";
      case 14:
        return "for w in coroutine.wrap(function() for i = 1, " + number() +
               " do coroutine.yield(i) " + block(d) + "end end) do c = {w} end\n";
      case 15:
        return "setmetatable(self.t, {__newindex = function(t, k, v) rawset(t, k, v) "
               "nested = nested + 1 if nested < 5 then " +
               block(d) + "end nested = nested - 1 end})\n";
      case 16: return "comet.log(tostring(" + expression(d) + "):sub(1, 20))\n";
      case 17:
        return "do local function f(n) if n <= 0 then " + block(d) +
               "return 0 end return 1 + f(n - 1) end a = f(" + number() + ") end\n";
      case 18: return "b = comet.pack(" + expression(d) + ")\n";
      default: return "if false then error(" + expression(d) + ") end\n";
    }
  }

  std::span<const std::uint8_t> choices_;
};

}  // namespace comet::lua::fuzz
