#include "lua/annotations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "lua/allow_list.hpp"
#include "lua/handler_table.hpp"

namespace comet::lua {

namespace {

constexpr bytes_view opening = R"(---@meta
-- What handlers may call: for editors with the Lua language server. Made by Comet; never run.

---Who asked.
)";

/// What an object is; the handlers follow, a field each.
constexpr bytes_view object_class = R"(
---Offered to onUpdate when new code is put over the object.
---@class comet.successor
---@field value? string
---@field code string hash of the new code, in hexadecimal

---The table that a script returns: `---@class door: comet.object` and the fields of its own.
---@class comet.object
---@field value? any what a read gives without onGet
)";

struct parameter {
  bytes name;
  bytes type;
  bool optional = false;  ///< may be left out
};

/// One form of a call.
struct call_form {
  std::vector<parameter> parameters;
  std::vector<parameter> results;  ///< the name may be empty
};

/// The parts of `text` between `separator` outside of brackets, without blanks around them.
std::vector<bytes> split(bytes_view text, char separator) {
  std::vector<bytes> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' || c == '{' || c == '[' ? 1 : c == ')' || c == '}' || c == ']' ? -1 : 0;
    if (c == separator && depth == 0) {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back().push_back(c);
    }
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

/// "name?: type", or a type alone.
parameter parameter_of(const bytes& text) {
  const auto colon = text.find(": ");
  const auto bracket = text.find_first_of("({[");
  if (colon == bytes::npos || bracket < colon) return {{}, text};
  parameter made{text.substr(0, colon), text.substr(colon + 2)};
  made.optional = made.name.ends_with('?');
  if (made.optional) made.name.pop_back();
  return made;
}

std::vector<parameter> parameters_of(bytes_view list) {
  std::vector<parameter> parameters;
  for (const bytes& part : split(list, ','))
    parameters.push_back(parameter_of(part));
  return parameters;
}

/// Of "f(a: string) -> integer"; nothing: it is a constant.
std::optional<call_form> form_of(bytes_view signature) {
  const std::size_t open = signature.find('(');
  if (open > signature.find(':')) return std::nullopt;
  std::size_t close = open;
  for (int depth = 0; close < signature.size(); ++close) {
    depth += signature[close] == '(' ? 1 : signature[close] == ')' ? -1 : 0;
    if (depth == 0) break;
  }
  constexpr bytes_view arrow = " -> ";
  call_form form{parameters_of(signature.substr(open + 1, close - open - 1)), {}};
  const bytes_view rest = signature.substr(std::min(close + 1, signature.size()));
  if (!rest.starts_with(arrow)) return form;
  const bytes_view results = rest.substr(arrow.size());
  // Results of a function type run to the end, unless brackets hold it together.
  if (results.starts_with("fun(")) {
    form.results.push_back({{}, bytes{results}});
  } else {
    form.results = parameters_of(results);
  }
  return form;
}

bytes written(const parameter& p) {
  return fmt::format("{}{}: {}", p.name, p.optional ? "?" : "", p.type);
}

/// "fun(a: string, b?: any): integer": the form as a type.
bytes type_of(const call_form& form, bytes_view first = {}) {
  std::vector<bytes> parameters;
  if (!first.empty()) parameters.emplace_back(first);
  for (const parameter& p : form.parameters)
    parameters.push_back(written(p));
  std::vector<bytes> results;
  for (const parameter& r : form.results)
    results.push_back(r.name == "..." ? "..." : r.type);
  bytes type = fmt::format("fun({})", fmt::join(parameters, ", "));
  if (!results.empty()) type += fmt::format(": {}", fmt::join(results, ", "));
  return type;
}

/// Appends words in lines of a comment.
void append_comment(bytes& out, bytes_view text) {
  constexpr std::size_t columns = 96;
  std::size_t column = 0;  // 0: no line is begun
  while (!text.empty()) {
    const bytes_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const bool fits = column != 0 && column + 1 + word.size() <= columns;
    if (!fits && column != 0) out.push_back('\n');
    out += fmt::format("{}{}", fits ? " " : "---", word);
    column = (fits ? column + 1 : 3) + word.size();
  }
  out.push_back('\n');
}

/// The words of a row; lines of the example stand as they are.
void append_description(bytes& out, const description& about) {
  append_comment(out, about.summary);
  const auto fact = [&](bytes_view name, bytes_view text) {
    if (text.empty()) return;
    out += "---\n";
    append_comment(out, fmt::format("{}: {}", name, text));
  };
  fact("Errors", about.errors);
  fact("Cost", *about.cost == '\0' ? bytes{} : fmt::format("{}.", about.cost));
  out += "---```lua\n";
  for (bytes_view rest = about.example; !rest.empty();) {
    const bytes_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    out += fmt::format("---{}\n", line);
  }
  out += "---```\n";
}

void append_row(bytes& out, const library_entry& row) {
  const bytes name =
      *row.library == '\0' ? bytes{row.name} : fmt::format("{}.{}", row.library, row.name);
  const bytes_view signature = row.about.signature;
  const auto forms = split(signature, '\n');
  out.push_back('\n');
  append_description(out, row.about);
  const auto first = form_of(forms.front());
  if (!first) {
    const auto colon = signature.find(": ");
    out += fmt::format("---@type {}\n{} = nil\n", signature.substr(colon + 2), name);
    return;
  }
  std::vector<bytes> names;
  for (const parameter& p : first->parameters) {
    out += fmt::format("---@param {}{} {}\n", p.name, p.optional ? "?" : "", p.type);
    names.push_back(p.name);
  }
  for (const parameter& r : first->results)
    out += fmt::format("---@return {}{}{}\n", r.type, r.name.empty() ? "" : " ", r.name);
  for (std::size_t i = 1; i < forms.size(); ++i)
    if (const auto form = form_of(forms[i]))
      out += fmt::format("---@overload {}\n", type_of(*form));
  out += fmt::format("function {}({}) end\n", name, fmt::join(names, ", "));
}

/// The class of what dht.caller gives, from its row: handlers are given the same.
void append_caller(bytes& out, const library_entry& row) {
  const bytes_view signature = row.about.signature;
  const auto open = signature.find('{');
  const auto close = signature.rfind('}');
  out += "---@class comet.caller\n";
  if (open == bytes_view::npos) return;
  for (const parameter& field : parameters_of(signature.substr(open + 1, close - open - 1)))
    out += fmt::format("---@field {}{} {}\n", field.name, field.optional ? "?" : "", field.type);
}

void append_object(bytes& out) {
  out += object_class;
  for (const handler_row& row : handler_table) {
    const call_form form{parameters_of(row.parameters), {{{}, row.result}}};
    append_comment(out, row.about);
    out += fmt::format("---@field {}? {}\n", row.name, type_of(form, "self: any"));
  }
}

/// The libraries in the order of their first rows; the language server knows the methods of strings
/// by the class of the library.
std::vector<bytes> libraries() {
  std::vector<bytes> found;
  each_library_entry([&](const library_entry& row) {
    if (std::find(found.begin(), found.end(), row.library) == found.end())
      found.emplace_back(row.library);
  });
  return found;
}

}  // namespace

bytes annotations() {
  bytes out{opening};
  each_library_entry([&](const library_entry& row) {
    if (bytes_view{row.library} == "dht" && bytes_view{row.name} == "caller")
      append_caller(out, row);
  });
  append_object(out);
  for (const bytes& library : libraries()) {
    if (!library.empty()) out += fmt::format("\n---@class {}lib\n{} = {{}}\n", library, library);
    std::vector<const library_entry*> rows;
    each_library_entry([&](const library_entry& row) {
      if (row.library == library) rows.push_back(&row);
    });
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
      return bytes_view{a->name} < bytes_view{b->name};
    });
    for (const library_entry* row : rows)
      append_row(out, *row);
  }
  return out;
}

}  // namespace comet::lua
