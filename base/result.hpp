#pragma once
// Errors as values: a closed set of codes, a message for people, and `result<T>` to carry either.
//
// Rooms that decide return `result<T>`; nothing throws across a room. One table in net/wire maps
// each code to its RESP prefix, HTTP status and text, so a code is added there too (a test holds
// both lists against each other).

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace comet {

/// Why an operation did not happen. The message of an `error` says what, where and what to do.
enum class errc : std::uint8_t {
  // What the client sent.
  syntax,           ///< options or values that do not parse
  unknown_command,  ///< no such command or subcommand
  wrong_arity,      ///< too few or too many arguments
  protocol,         ///< bytes that are not RESP; the connection ends
  out_of_range,     ///< a number outside of what the command takes, overflow included
  too_large,        ///< key, value, source or state over its limit
  not_found,        ///< the key has to exist and does not
  wrong_type,       ///< e.g. ASO.* on a passive value
  no_permission,    ///< the caller may not do this
  no_auth,          ///< authentication needed or failed
  // What became of a turn.
  compile,      ///< the source does not compile, or does not make an object
  script,       ///< the handler raised an error
  fuel,         ///< instruction budget exhausted, the turn was killed
  memory,       ///< memory budget exhausted
  state,        ///< state that cannot be kept: functions, cycles, depth, size
  messages,     ///< message budget exhausted
  wall_time,    ///< the turn, waits included, took too long
  cycle,        ///< a call chain came back to a waiting object
  refused,      ///< the handler may not reach this key
  quarantined,  ///< code suspended after repeated breaches
  busy,         ///< mailbox, connection or node full; try again later
  conflict,     ///< the object was deleted or replaced while the turn ran
  // What the node met.
  storage,        ///< the store refused a write or a read
  disk_full,      ///< no space left; reads go on
  corrupt,        ///< a checksum or a format does not hold
  incompatible,   ///< data of a version or product that this build does not read
  config,         ///< a configuration that cannot be used
  shutting_down,  ///< the node stops and takes nothing more
  unavailable,    ///< the node cannot answer now; nothing was done
  uncertain,      ///< another node went away before it answered: it may be done or not
  joining,        ///< the node has not found its network yet
  several_nodes,  ///< keys of one atomic command lie on different nodes
  internal,       ///< a defect of ours
};

struct error {
  errc code = errc::internal;
  bytes message;

  friend bool operator==(const error&, const error&) = default;
};

/// Either a `T` or an `error`. Reading the wrong side is a programmer error and ends the process.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: by design
  result(error failure) : content_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT
  result(errc code, bytes message)
      : content_(std::in_place_index<1>, error{code, std::move(message)}) {}

  [[nodiscard]] bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    COMET_CHECK(ok());
    return *std::get_if<0>(&content_);
  }
  const T& value() const& {
    COMET_CHECK(ok());
    return *std::get_if<0>(&content_);
  }
  T&& value() && {
    COMET_CHECK(ok());
    return std::move(*std::get_if<0>(&content_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] comet::error& failure() & {
    COMET_CHECK(!ok());
    return *std::get_if<1>(&content_);
  }
  [[nodiscard]] const comet::error& failure() const& {
    COMET_CHECK(!ok());
    return *std::get_if<1>(&content_);
  }
  [[nodiscard]] comet::error&& failure() && {
    COMET_CHECK(!ok());
    return std::move(*std::get_if<1>(&content_));
  }

 private:
  std::variant<T, comet::error> content_;
};

/// Success without a value.
template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  result() = default;
  result(error failure) : failure_(std::move(failure)) {}  // NOLINT: by design
  result(errc code, bytes message) : failure_(error{code, std::move(message)}) {}

  [[nodiscard]] bool ok() const { return !failure_.has_value(); }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] comet::error& failure() & {
    COMET_CHECK(!ok());
    return *failure_;
  }
  [[nodiscard]] const comet::error& failure() const& {
    COMET_CHECK(!ok());
    return *failure_;
  }
  [[nodiscard]] comet::error&& failure() && {
    COMET_CHECK(!ok());
    return std::move(*failure_);
  }

 private:
  std::optional<comet::error> failure_;
};

/// The stable lower-case name of a code, e.g. "wall_time"; for logs, metrics and JSON.
bytes_view name_of(errc code);

}  // namespace comet
