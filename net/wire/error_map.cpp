#include "net/wire/error_map.hpp"

#include <array>
#include <cstddef>

#include "base/check.hpp"

namespace comet::wire {

namespace {

/// In the order of the codes, so that a code is its index.
constexpr std::array forms{
    error_form{errc::syntax, "ERR", 400, "syntax error"},
    error_form{errc::unknown_command, "ERR", 404, "unknown command"},
    error_form{errc::wrong_arity, "ERR", 400, "wrong number of arguments"},
    error_form{errc::protocol, "ERR", 400, "Protocol error"},
    error_form{errc::out_of_range, "ERR", 400, "value is not an integer or out of range"},
    error_form{errc::too_large, "ERR", 413, "key, value or source over its limit"},
    error_form{errc::not_found, "ERR", 404, "no such key"},
    error_form{errc::wrong_type, "WRONGTYPE", 409,
               "Operation against a key holding the wrong kind of value"},
    error_form{errc::no_permission, "NOPERM", 403, "this user has no permission to do this"},
    error_form{errc::no_auth, "NOAUTH", 401, "Authentication required."},
    error_form{errc::compile, "ERR", 422, "the source does not compile"},
    error_form{errc::script, "ERR", 500, "the handler raised an error"},
    error_form{errc::fuel, "ERR", 500, "the turn used up its fuel"},
    error_form{errc::memory, "ERR", 500, "the object used up its memory"},
    error_form{errc::state, "ERR", 500, "the state of the object cannot be kept"},
    error_form{errc::messages, "ERR", 429, "the object sent too many messages"},
    error_form{errc::wall_time, "ERR", 504, "the turn took too long"},
    error_form{errc::cycle, "ERR", 508, "the call came back to an object that waits for it"},
    error_form{errc::refused, "NOPERM", 403, "the handler may not reach this key"},
    error_form{errc::quarantined, "QUARANTINED", 423, "the code of this object is suspended"},
    error_form{errc::busy, "BUSY", 503, "too many requests wait; try again later"},
    error_form{errc::conflict, "CONFLICT", 409, "the object changed while the turn ran"},
    error_form{errc::storage, "MISCONF", 500, "the store refused; see the log of the node"},
    error_form{errc::disk_full, "MISCONF", 507,
               "no space left on the disk; writes are refused, reads go on"},
    error_form{errc::corrupt, "ERR", 500, "stored data does not hold its checksum"},
    error_form{errc::incompatible, "ERR", 500, "stored data is of another version"},
    error_form{errc::config, "ERR", 400, "the configuration cannot be used"},
    error_form{errc::shutting_down, "UNAVAILABLE", 503, "the node is shutting down"},
    error_form{errc::unavailable, "UNAVAILABLE", 503, "the node cannot answer; try again later"},
    error_form{errc::uncertain, "UNCERTAIN", 504,
               "the node that holds the key did not answer; it may be done or not"},
    error_form{errc::joining, "LOADING", 503, "the node is joining its network"},
    error_form{errc::several_nodes, "CROSSSLOT", 400, "Keys in request are on different nodes"},
    error_form{errc::internal, "ERR", 500, "internal error"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < forms.size(); ++i)
    if (static_cast<std::size_t>(forms[i].code) != i) return false;
  return true;
}
static_assert(in_order(), "one row for each code, in the order of base/result.hpp");
static_assert(forms.size() == static_cast<std::size_t>(errc::internal) + 1);

}  // namespace

const error_form& form_of(errc code) {
  const auto index = static_cast<std::size_t>(code);
  COMET_CHECK(index < forms.size());
  return forms[index];
}

std::span<const error_form> all_error_forms() {
  return forms;
}

}  // namespace comet::wire
