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

bool is_write(op what) {
  switch (what) {
    case op::set:
    case op::getex:
    case op::getdel:
    case op::getset:
    case op::setnx:
    case op::append:
    case op::setrange:
    case op::incrby:
    case op::incrbyfloat:
    case op::del:
    case op::copy:
    case op::rename:
    case op::expire:
    case op::persist:
    case op::mset:
    case op::msetnx:
    case op::flush:
    case op::aso_put:
    case op::aso_call:
    case op::aso_resume: return true;
    case op::get:
    case op::strlen:
    case op::getrange:
    case op::exists:
    case op::touch:
    case op::type:
    case op::ttl:
    case op::object_encoding:
    case op::object_freq:
    case op::object_idletime:
    case op::object_refcount:
    case op::mget:
    case op::keys:
    case op::scan:
    case op::randomkey:
    case op::dbsize:
    case op::aso_get:
    case op::aso_code:
    case op::aso_hash:
    case op::aso_state:
    case op::aso_info: return false;
  }
  return true;
}

}  // namespace comet::object
