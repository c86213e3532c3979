#pragma once
// Where `comet trace --otlp` sends spans: an OpenTelemetry collector, by HTTP or HTTPS.
//
// Blocking, a connection a post: a trace is some posts in minutes. Certificates are checked against
// those that the system trusts.

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

class otlp_collector {
 public:
  /// "http://HOST[:PORT][/PATH]" or https. Without a path it is /v1/traces, as OTLP has it. Errors:
  /// syntax.
  static result<otlp_collector> at(bytes_view url);

  /// Posts a body of JSON. Errors: unavailable (nobody listens, no answer in time, a certificate
  /// that is not trusted, a status that is not 2xx).
  [[nodiscard]] result<void> post(const bytes& body) const;

 private:
  otlp_collector(bytes base, bytes path) : base_(std::move(base)), path_(std::move(path)) {}

  bytes base_;  ///< scheme, host and port
  bytes path_;
};

}  // namespace comet::client
