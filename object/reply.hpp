#pragma once
// What an operation answers, before any protocol gives it a form.
//
// Lua values, string commands and errors all become a `reply`; net/wire writes it as RESP2 or
// RESP3, the HTTP view as JSON. A reply owns its bytes, so it may cross threads inside a batch.

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::object {

struct reply {
  enum class kind : std::uint8_t {
    null,     ///< no value
    status,   ///< "+OK": `text`
    failure,  ///< an error: `code` and `text`
    integer,  ///< `integer`
    real,     ///< `real`; RESP2 writes it as a bulk string
    boolean,  ///< `integer` 0 or 1; RESP2 writes 1 or null, as Redis does for Lua
    bulk,     ///< `text`, any bytes
    array,    ///< `items`
    map,      ///< `items` as key, value, key, value ...; RESP2 writes a flat array
    set,      ///< `items`, RESP3 set
    push,     ///< `items`, RESP3 push (pub/sub); RESP2 writes an array
    verbatim  ///< `text` shown as it is (INFO); RESP3 "txt:", RESP2 a bulk string
  };

  kind what = kind::null;
  errc code = errc::internal;
  std::int64_t integer = 0;
  double real = 0;
  bytes text;
  std::vector<reply> items;

  static reply null() { return {}; }
  static reply ok() { return status("OK"); }
  static reply status(bytes text) { return with_text(kind::status, std::move(text)); }
  static reply bulk(bytes text) { return with_text(kind::bulk, std::move(text)); }
  static reply verbatim(bytes text) { return with_text(kind::verbatim, std::move(text)); }
  static reply number(std::int64_t n) {
    reply r;
    r.what = kind::integer;
    r.integer = n;
    return r;
  }
  static reply real_number(double x) {
    reply r;
    r.what = kind::real;
    r.real = x;
    return r;
  }
  static reply truth(bool yes) {
    reply r;
    r.what = kind::boolean;
    r.integer = yes ? 1 : 0;
    return r;
  }
  static reply list(std::vector<reply> items) { return with_items(kind::array, std::move(items)); }
  static reply map(std::vector<reply> items) { return with_items(kind::map, std::move(items)); }
  static reply failure(error e) {
    reply r;
    r.what = kind::failure;
    r.code = e.code;
    r.text = std::move(e.message);
    return r;
  }
  static reply failure(errc code, bytes message) {
    return failure(error{code, std::move(message)});
  }

  [[nodiscard]] bool failed() const { return what == kind::failure; }

  friend bool operator==(const reply&, const reply&) = default;

 private:
  static reply with_text(kind what, bytes text) {
    reply r;
    r.what = what;
    r.text = std::move(text);
    return r;
  }
  static reply with_items(kind what, std::vector<reply> items) {
    reply r;
    r.what = what;
    r.items = std::move(items);
    return r;
  }
};

}  // namespace comet::object
