#include "net/wire/endpoint.hpp"

namespace comet::wire {

bytes endpoint::text() const {
  const bool v6 = ip.find(':') != bytes::npos;
  return (v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

}  // namespace comet::wire
