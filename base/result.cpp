#include "base/result.hpp"

namespace comet {

bytes_view name_of(errc code) {
  switch (code) {
    case errc::syntax: return "syntax";
    case errc::unknown_command: return "unknown_command";
    case errc::wrong_arity: return "wrong_arity";
    case errc::protocol: return "protocol";
    case errc::out_of_range: return "out_of_range";
    case errc::too_large: return "too_large";
    case errc::not_found: return "not_found";
    case errc::wrong_type: return "wrong_type";
    case errc::no_permission: return "no_permission";
    case errc::no_auth: return "no_auth";
    case errc::compile: return "compile";
    case errc::script: return "script";
    case errc::fuel: return "fuel";
    case errc::memory: return "memory";
    case errc::state: return "state";
    case errc::messages: return "messages";
    case errc::wall_time: return "wall_time";
    case errc::cycle: return "cycle";
    case errc::refused: return "refused";
    case errc::quarantined: return "quarantined";
    case errc::busy: return "busy";
    case errc::conflict: return "conflict";
    case errc::storage: return "storage";
    case errc::disk_full: return "disk_full";
    case errc::corrupt: return "corrupt";
    case errc::incompatible: return "incompatible";
    case errc::config: return "config";
    case errc::shutting_down: return "shutting_down";
    case errc::unavailable: return "unavailable";
    case errc::uncertain: return "uncertain";
    case errc::joining: return "joining";
    case errc::several_nodes: return "several_nodes";
    case errc::internal: return "internal";
  }
  return "unknown";
}

}  // namespace comet
