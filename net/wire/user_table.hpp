#pragma once
// Who may come in and what they may do: the users file, in the form of Redis ACL files.
//
//   user alice on #<SHA-256 of the password> ~app:* %R~shared:* &news:* +@all -@dangerous
//
// One user a line: its rules in their order, all of Redis 7.0 but selectors and passwords in clear,
// and two of our own: weight=N (share of the workers among owners, 1 to 10,000) and
// signer=<public key> (an administrator's key for `comet sign`). A line that begins with # is a
// comment. A user that is allowed all commands of @admin is an administrator.
//
// Pure and immutable: the node reads the file anew on ACL LOAD and hands each session the new
// table. A node without a file has the table `open`: one user, "default", who may do everything.

#include <map>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "net/wire/command_rules.hpp"
#include "object/user_rights.hpp"

namespace comet::wire {

inline constexpr bytes_view default_user_name = "default";

struct user {
  bytes name;
  bool enabled = false;
  bool needs_no_password = false;
  std::vector<digest> passwords;  ///< SHA-256 of each
  command_rules commands;
  object::user_rights rights;
  std::vector<public_key> signers;

  /// Records and handlers know the default user by the empty name.
  [[nodiscard]] bytes_view owner_name() const;
  /// Nothing about keys, channels or commands needs to be looked at.
  [[nodiscard]] bool is_unrestricted() const;
  [[nodiscard]] bool has_password(bytes_view password) const;
  [[nodiscard]] std::vector<bytes> key_rules() const;      ///< "~app:*", "%R~shared:*"
  [[nodiscard]] std::vector<bytes> channel_rules() const;  ///< "&news:*"
  /// "user NAME on #... ~* &* +@all", as in the file.
  [[nodiscard]] bytes line() const;
};
using user_ref = std::shared_ptr<const user>;

class user_table {
 public:
  static std::shared_ptr<const user_table> open();
  /// `file` names the text in errors: config, "users.acl:3: user alice: ...".
  static result<std::shared_ptr<const user_table>> parse(bytes_view text, bytes_view file);

  /// Null: there is none.
  [[nodiscard]] user_ref find(bytes_view name) const;
  /// The user, when it is enabled and the password is right; takes as long for a name that is not
  /// known. Null otherwise.
  [[nodiscard]] user_ref authenticate(bytes_view name, bytes_view password) const;
  /// Who a client is before it says: the default user, if it needs no password. Null: nobody.
  [[nodiscard]] user_ref unnamed() const;
  /// In the order of their names.
  [[nodiscard]] std::vector<user_ref> all() const;
  /// What the rooms below need to know of the users.
  [[nodiscard]] std::shared_ptr<const object::user_directory> directory() const;

 private:
  result<void> add(bytes_view line);

  std::map<bytes, user_ref, std::less<>> users_;
};

}  // namespace comet::wire
