#include "lua/code_names.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "lua/arena.hpp"
#include "lua/handler_table.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"

extern "C" {
#include <ldebug.h>
#include <lobject.h>
#include <lopcodes.h>
#include <lstate.h>
}

namespace comet::lua {

namespace {

constexpr bytes_view prototype_put = "onStore";

/// What is known of a value while its function is read.
struct value {
  enum class kind : std::uint8_t { unknown, environment, path, nil, data, table, function };

  kind what = kind::unknown;
  std::size_t index = 0;  ///< of a table or function
  bytes path;             ///< of a global, or a field of one
  int line = 0;           ///< of data: where it was made
};

struct function_facts {
  const Proto* code = nullptr;
  std::vector<value> upvalues;
  std::set<bytes> paths;
  std::set<bytes> methods;          ///< names called with `:`
  std::set<std::size_t> functions;  ///< made, captured or met as globals
};

struct table_field {
  bytes name;
  value held;
  int line = 0;
};

bytes text_of(const TValue& constant) {
  if (!ttisstring(&constant)) return {};
  const TString* text = tsvalue(&constant);
  return {getstr(text), tsslen(text)};
}

bool is_environment(const Proto& code, int upvalue) {
  const TString* name = code.upvalues[upvalue].name;
  return name != nullptr && bytes_view{getstr(name), tsslen(name)} == "_ENV";
}

/// Reads all functions of a script, outermost first.
class reader {
 public:
  reader(const Proto& script, bool compat) : compat_(compat) {
    functions_.emplace_back().code = &script;
    functions_[0].upvalues.resize(static_cast<std::size_t>(script.sizeupvalues));
    functions_[0].upvalues.at(0).what = value::kind::environment;
    // Functions are added while earlier ones are read, so globals of the script are known by then.
    for (std::size_t i = 0; i < functions_.size(); ++i)
      read(i);
  }

  code_names names() {
    code_names found;
    found.compat = compat_;
    for (const table_field& field : fields_of_object())
      add_field(found.fields, field);
    if (compat_) name_handlers(found.fields);
    const auto list = [](const std::set<std::pair<int, bytes>>& places) {
      std::vector<named_global> names;
      names.reserve(places.size());
      for (const auto& [line, name] : places)
        names.push_back({name, line});
      return names;
    };
    found.reads = list(reads_);
    found.assigned = list(assigned_);
    found.changed = list(changed_);
    return found;
  }

 private:
  static constexpr std::size_t registers_max = 256;  ///< an operand A has 8 bits
  using registers = std::array<value, registers_max + 1>;

  void read(std::size_t index);
  void step(std::size_t index, int pc, registers& held);
  value known_of(std::size_t index, value met, int line);
  value field_of(std::size_t index, const value& base, const TValue& key, int line);
  void set_field(std::size_t index, const value& base, const TValue& key, value held, int line);
  value made_function(std::size_t index, int which, const registers& held);
  value operand(const Proto& code, Instruction i, const registers& held, int line) const;

  std::vector<table_field> fields_of_object() const;
  std::vector<table_field> bare_handlers() const;
  static void name_handlers(std::vector<code_field>& fields);
  void add_field(std::vector<code_field>& fields, const table_field& field) const;
  void collect_uses(std::size_t index, std::set<std::size_t>& seen, std::set<bytes>& uses) const;

  bool compat_;
  std::vector<function_facts> functions_;
  std::vector<std::vector<table_field>> tables_;
  std::map<bytes, value> globals_;  ///< as the script last set them
  std::optional<value> returned_;
  std::set<std::pair<int, bytes>> reads_;
  std::set<std::pair<int, bytes>> assigned_;
  std::set<std::pair<int, bytes>> changed_;
};

void reader::read(std::size_t index) {
  registers held;
  for (int pc = 0; pc < functions_[index].code->sizecode; ++pc)
    step(index, pc, held);
}

/// Notes that a function met a value, and gives it back.
value reader::known_of(std::size_t index, value met, int line) {
  if (met.what == value::kind::function) functions_[index].functions.insert(met.index);
  if (met.what == value::kind::path) {
    reads_.emplace(line, met.path);
    functions_[index].paths.insert(met.path);
  }
  return met;
}

value reader::field_of(std::size_t index, const value& base, const TValue& key, int line) {
  const bytes name = text_of(key);
  if (base.what == value::kind::environment) {
    const auto known = globals_.find(name);
    if (known != globals_.end()) return known_of(index, known->second, line);
    return known_of(index, {value::kind::path, 0, name, line}, line);
  }
  if (base.what == value::kind::path && base.path.find('.') == bytes::npos)
    return known_of(index, {value::kind::path, 0, base.path + "." + name, line}, line);
  if (base.what == value::kind::table) {
    for (const table_field& field : tables_[base.index])
      if (field.name == name) return known_of(index, field.held, line);
  }
  return {};
}

void reader::set_field(std::size_t index, const value& base, const TValue& key, value held,
                       int line) {
  const bytes name = text_of(key);
  if (base.what == value::kind::environment) {
    (index == 0 ? assigned_ : changed_).emplace(line, name);
    // What functions change later is not known when others read it.
    globals_[name] = index == 0 ? std::move(held) : value{};
  } else if (base.what == value::kind::table && index == 0) {
    tables_[base.index].push_back({name, std::move(held), line});
  }
}

value reader::made_function(std::size_t index, int which, const registers& held) {
  const std::size_t made = functions_.size();
  functions_[index].functions.insert(made);
  function_facts facts;
  facts.code = functions_[index].code->p[which];
  for (int i = 0; i < facts.code->sizeupvalues; ++i) {
    const Upvaldesc& from = facts.code->upvalues[i];
    value captured = from.instack != 0 ? held[from.idx] : functions_[index].upvalues[from.idx];
    if (is_environment(*facts.code, i)) captured.what = value::kind::environment;
    facts.upvalues.push_back(std::move(captured));
  }
  const int line = facts.code->linedefined;
  functions_.push_back(std::move(facts));
  return {value::kind::function, made, {}, line};
}

/// RK(C): a register or a constant.
value reader::operand(const Proto& code, Instruction i, const registers& held, int line) const {
  if (!TESTARG_k(i)) return held[GETARG_C(i)];
  const bool is_nil = ttisnil(&code.k[GETARG_C(i)]);
  return {is_nil ? value::kind::nil : value::kind::data, 0, {}, line};
}

void reader::step(std::size_t index, int pc, registers& held) {
  const Proto& code = *functions_[index].code;
  const Instruction i = code.code[pc];
  const int line = luaG_getfuncline(&code, pc);
  const int a = GETARG_A(i);
  const auto upvalue = [&](int which) { return functions_[index].upvalues[which]; };
  const auto forget_from = [&](int first) { std::fill(held.begin() + first, held.end(), value{}); };
  switch (GET_OPCODE(i)) {
    case OP_MOVE: held[a] = held[GETARG_B(i)]; break;
    case OP_GETUPVAL: held[a] = known_of(index, upvalue(GETARG_B(i)), line); break;
    case OP_GETTABUP:
      held[a] = field_of(index, upvalue(GETARG_B(i)), code.k[GETARG_C(i)], line);
      break;
    case OP_GETFIELD:
      held[a] = field_of(index, held[GETARG_B(i)], code.k[GETARG_C(i)], line);
      break;
    case OP_SETTABUP:
      set_field(index, upvalue(a), code.k[GETARG_B(i)], operand(code, i, held, line), line);
      break;
    case OP_SETFIELD:
      set_field(index, held[a], code.k[GETARG_B(i)], operand(code, i, held, line), line);
      break;
    case OP_SELF:
      if (TESTARG_k(i)) functions_[index].methods.insert(text_of(code.k[GETARG_C(i)]));
      held[a] = held[a + 1] = {};
      break;
    case OP_NEWTABLE:
      held[a] = {value::kind::table, tables_.size(), {}, line};
      tables_.emplace_back();
      break;
    case OP_CLOSURE: held[a] = made_function(index, GETARG_Bx(i), held); break;
    case OP_LOADNIL:
      for (int r = a; r <= a + GETARG_B(i); ++r)
        held[r] = {value::kind::nil, 0, {}, line};
      break;
    case OP_LOADI:
    case OP_LOADF:
    case OP_LOADK:
    case OP_LOADKX:
    case OP_LOADTRUE:
    case OP_LOADFALSE: held[a] = {value::kind::data, 0, {}, line}; break;
    case OP_RETURN:
    case OP_RETURN1:
      if (index == 0 && GETARG_B(i) != 1) returned_ = held[a];
      break;
    case OP_CALL:
    case OP_VARARG:
    case OP_TFORCALL:
    case OP_FORPREP:
    case OP_FORLOOP: forget_from(a); break;
    default:
      if (testAMode(GET_OPCODE(i))) held[a] = {};
  }
}

/// Of the table that the script returns or assigns to `aso`, for the prototype also to `object`; of
/// all tables when none is seen.
std::vector<table_field> reader::fields_of_object() const {
  if (returned_ && returned_->what == value::kind::table) return tables_[returned_->index];
  for (const char* name : {"aso", "object"}) {
    const auto global = globals_.find(name);
    const bool is_table = global != globals_.end() && global->second.what == value::kind::table;
    if (is_table && (compat_ || global->first == "aso")) return tables_[global->second.index];
  }
  if (compat_) {
    if (auto bare = bare_handlers(); !bare.empty()) return bare;
  }
  std::vector<table_field> all;
  for (const auto& table : tables_)
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

/// Global functions that have a handler's name, in the order of the code.
std::vector<table_field> reader::bare_handlers() const {
  std::vector<table_field> bare;
  for (const auto& [name, held] : globals_) {
    if (held.what != value::kind::function) continue;
    if (is_handler(name) || name == prototype_put) bare.push_back({name, held, held.line});
  }
  std::ranges::sort(bare, {}, &table_field::line);
  return bare;
}

/// The prototype's name of onPut stands for it, unless there is one.
void reader::name_handlers(std::vector<code_field>& fields) {
  if (std::ranges::find(fields, "onPut", &code_field::name) != fields.end()) return;
  const auto stored = std::ranges::find(fields, prototype_put, &code_field::name);
  if (stored != fields.end() && stored->what == code_field::kind::function) stored->name = "onPut";
}

void reader::add_field(std::vector<code_field>& fields, const table_field& field) const {
  std::erase_if(fields, [&](const code_field& known) { return known.name == field.name; });
  if (field.name.empty() || field.held.what == value::kind::nil) return;
  code_field made{field.name, field.line, code_field::kind::unknown, {}};
  if (field.held.what == value::kind::data || field.held.what == value::kind::table)
    made.what = code_field::kind::data;
  if (field.held.what == value::kind::function) {
    made.what = code_field::kind::function;
    made.line = field.held.line;
    std::set<std::size_t> seen;
    std::set<bytes> uses;
    collect_uses(field.held.index, seen, uses);
    made.uses.assign(uses.begin(), uses.end());
  }
  fields.push_back(std::move(made));
}

void reader::collect_uses(std::size_t index, std::set<std::size_t>& seen,
                          std::set<bytes>& uses) const {
  if (!seen.insert(index).second) return;
  const function_facts& facts = functions_[index];
  for (const bytes& path : facts.paths)
    if (path.find('.') != bytes::npos) uses.insert(path);
  for (const std::size_t other : facts.functions)
    collect_uses(other, seen, uses);
  for (const table_field& field : fields_of_object())
    if (facts.methods.contains(field.name) && field.held.what == value::kind::function)
      collect_uses(field.held.index, seen, uses);
}

void* allocate(void* memory, void* block, std::size_t old_size, std::size_t new_size) {
  return static_cast<arena*>(memory)->reallocate(block, old_size, new_size);
}

}  // namespace

result<code_names> names_of(const program& code) {
  page_pool pages;
  arena memory(pages);
  lua_State* L = lua_newseededstate(allocate, &memory, compiler_seed());
  if (L == nullptr) return error{errc::memory, "no memory for the code on this node"};
  const bytes_view bytecode = code.bytecode();
  // Made by compile(), so it is sound; what fails here is an allocation.
  if (luaL_loadbufferx(L, bytecode.data(), bytecode.size(), "=aso", "b") != LUA_OK)
    return error{errc::memory, "no memory to look at the code"};
  return reader(*getproto(s2v(L->top.p - 1)), code.compat()).names();
}

}  // namespace comet::lua
