#include "object/command.hpp"

#include <cstddef>
#include <cstring>

namespace comet::object {

namespace {

/// Calls `visit` with a reference to every view of `c` (const or not).
template <class Command, class Visitor>
void for_each_view(Command& c, const Visitor& visit) {
  visit(c.key);
  visit(c.value);
  visit(c.source);
  visit(c.method);
  visit(c.callback_key);
  visit(c.type_filter);
  for (auto& key : c.keys)
    visit(key);
  for (auto& value : c.values)
    visit(value);
  for (auto& arg : c.args)
    visit(arg);
  if (c.asked) visit(c.asked->request_id);
}

}  // namespace

owned_command::owned_command(const command& original) : copy_(original) {
  std::size_t size = 0;
  for_each_view(original, [&](bytes_view view) { size += view.size(); });
  storage_ = std::make_unique_for_overwrite<char[]>(size);
  char* free = storage_.get();
  for_each_view(copy_, [&](bytes_view& view) {
    if (!view.empty()) std::memcpy(free, view.data(), view.size());
    view = {free, view.size()};
    free += view.size();
  });
}

key_access access_to_key(const command& c, std::size_t index) {
  switch (c.what) {
    case op::get:
    case op::mget:
    case op::getrange:
    case op::ttl:
    case op::aso_get:
    case op::aso_code:
    case op::aso_hash:
    case op::aso_state:
    case op::aso_info:
    case op::aso_turns:
    case op::aso_turn:
    case op::inspect:
    case op::trace:
    case op::traces: return key_access::read;
    case op::strlen:
    case op::exists:
    case op::touch:
    case op::type:
    case op::object_encoding:
    case op::object_freq:
    case op::object_idletime:
    case op::object_refcount:
    case op::keys:
    case op::scan:
    case op::randomkey:
    case op::dbsize:
    case op::where:
    case op::lookup:
    case op::nodes:
    case op::node_info:
    case op::code_text:
    case op::count_copies: return key_access::seen;
    case op::set: return c.want_old ? key_access::both : key_access::write;
    case op::copy: return index == 0 ? key_access::read : key_access::write;
    case op::rename: return index == 0 ? key_access::both : key_access::write;
    case op::getex:
    case op::getdel:
    case op::getset:
    case op::incrby:
    case op::incrbyfloat:
    case op::aso_call: return key_access::both;
    case op::setnx:
    case op::append:
    case op::setrange:
    case op::del:
    case op::expire:
    case op::persist:
    case op::mset:
    case op::msetnx:
    case op::flush:
    case op::aso_put:
    case op::aso_resume:
    case op::aso_record: return key_access::write;
  }
  return key_access::both;
}

bool may_read_stale(op what) {
  switch (what) {
    case op::get:
    case op::mget:
    case op::getrange:
    case op::strlen:
    case op::exists:
    case op::touch:
    case op::type:
    case op::ttl: return true;
    default: return false;
  }
}

bool changes_nothing(op what) {
  switch (what) {
    case op::aso_code:
    case op::aso_hash:
    case op::aso_state:
    case op::aso_info:
    case op::aso_turns:
    case op::aso_turn:
    case op::object_encoding:
    case op::object_freq:
    case op::object_idletime:
    case op::object_refcount:
    case op::where:
    case op::count_copies:
    case op::inspect:
    case op::trace:
    case op::traces: return true;
    default: return may_read_stale(what);
  }
}

bool keeps_its_answer(const command& c) {
  if (!c.asked || c.asked->request_id.empty()) return false;
  switch (c.what) {
    case op::set: return c.condition == set_condition::always;
    case op::getset:
    case op::append:
    case op::setrange:
    case op::incrby:
    case op::incrbyfloat:
    case op::aso_put:
    case op::aso_call: return true;
    default: return false;
  }
}

bool is_one_change_of_several(op what) {
  return what == op::msetnx || what == op::copy || what == op::rename;
}

}  // namespace comet::object
