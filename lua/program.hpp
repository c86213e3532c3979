#pragma once
// Bytecode of scripts, made on this node from their text and kept in memory only.
//
// Lua does not verify bytecode, so none is ever accepted from a client, a peer or the disk. A
// program is immutable and may be shared by the activations of all workers; a cache belongs to one
// worker.

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/signature.hpp"
#include "object/policy.hpp"
#include "object/record.hpp"

namespace comet::lua {

class program {
 public:
  program(digest hash, bytes bytecode, std::optional<public_key> signer, bool compat)
      : hash_(hash), bytecode_(std::move(bytecode)), signer_(signer), compat_(compat) {}

  [[nodiscard]] const digest& hash() const { return hash_; }
  /// Whose signature the text carries; verified. Nothing: it carries none.
  [[nodiscard]] const std::optional<public_key>& signer() const { return signer_; }
  [[nodiscard]] bytes_view bytecode() const { return bytecode_; }
  /// The text says that it was written for the prototype (lua/compat).
  [[nodiscard]] bool compat() const { return compat_; }

 private:
  digest hash_;
  bytes bytecode_;
  std::optional<public_key> signer_;
  bool compat_;
};
using program_ref = std::shared_ptr<const program>;

/// Compiles the text of `code`. Fails with errc::too_large over `limits.source_bytes_max`, with
/// errc::compile and a message that names the line, or with errc::memory when the compiler needs
/// more than an object may have; with errc::no_permission when it is signed and the signature does
/// not hold. Lines are kept for error messages.
result<program_ref> compile(const object::code_ref& code, const object::policy& limits);

/// Programs by the hash of their text, least recently used out first.
class program_cache {
 public:
  explicit program_cache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// The cached program, or a newly compiled one. Failures are not cached.
  result<program_ref> get(const object::code_ref& code, const object::policy& limits);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  static constexpr std::size_t overhead = 256;  ///< of list, index and control block, an entry

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<program_ref> recent_;  ///< most recently used first
  std::unordered_map<digest, std::list<program_ref>::iterator> index_;
};

}  // namespace comet::lua
