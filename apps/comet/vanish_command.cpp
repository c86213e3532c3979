// vanish seal, vanish open: a text that nobody can read any more after some time.
//
// Vanish (Geambasu, Kohno, Levy, Levy; USENIX Security 2009) with active objects: the text is
// sealed with a key that is split into shares, and each share is an object of the store that ends
// itself (apps/library/vanish_share). The key is kept nowhere else.

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/connection.hpp"
#include "apps/comet/embedded_text.hpp"
#include "apps/comet/text_file.hpp"
#include "apps/comet/vanish_capsule.hpp"
#include "base/cipher.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

using std::chrono::milliseconds;

/// The words of the two commands as the parser fills them in.
struct arguments {
  bytes file = "-";
  bytes lifetime;
  int shares = 10;
  int needed = 7;
  int copies = 0;
};

wall_time wall_time_now() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return wall_time{std::chrono::duration_cast<milliseconds>(since_1970)};
}

result<void> put_share(connection& node, const bytes& key, const secret_share& share,
                       milliseconds lifetime, int copies) {
  put_options options;
  options.key = key;
  options.source = bytes{vanish_share_source()};
  options.value = share_value(share);
  options.args.push_back(fmt::format("{:.3f}", static_cast<double>(lifetime.count()) / 1'000));
  if (copies > 0) options.args.push_back(std::to_string(copies));
  const auto words = put_request(options);
  if (!words) return words.failure();
  const auto answer = node.ask(*words);
  if (!answer) return answer.failure();
  if (answer->failed()) return {errc::refused, answer->text};
  return {};
}

/// Puts all shares, or takes back those that it put.
result<void> put_shares(connection& node, const capsule& made, const bytes& key,
                        milliseconds lifetime, int copies) {
  const auto shares = split_secret(key, made.shares, made.needed,
                                   drawn_secret(chance_bytes(key.size(), made.needed)));
  for (const secret_share& share : shares) {
    const auto put = put_share(node, share_key(made.access, share.place), share, lifetime, copies);
    if (put) continue;
    bytes fate = "the shares before it were taken back";
    for (int place = 1; place <= share.place; ++place) {
      const auto gone = node.ask({"DEL", share_key(made.access, place)});
      if (!gone || gone->failed()) fate = "shares before it are left, and end in their time";
    }
    return error{put.failure().code,
                 fmt::format("share {} of {} was not stored: {}; {}, and there is no capsule",
                             share.place, made.shares, put.failure().message, fate)};
  }
  return {};
}

int seal(const command_line& shared, const arguments& a) {
  const auto lifetime = runtime::parse_duration(a.lifetime);
  if (!lifetime) return fail("--lifetime " + lifetime.failure().message, misused);
  if (*lifetime <= milliseconds::zero()) return fail("--lifetime takes a time over 0", misused);
  if (a.needed > a.shares)
    return fail(fmt::format("--needed {} is more than the {} shares there are (--shares)", a.needed,
                            a.shares),
                misused);
  const auto text = read_text(a.file);
  if (!text) return fail(text.failure().message, misused);
  if (text->size() > capsule_text_bytes_max)
    return fail(fmt::format("{} has {} bytes; a capsule holds at most 16 MB", a.file, text->size()),
                misused);
  auto node = connect(shared);
  if (!node) return fail(node.failure().message, status_of(node.failure()));

  const bytes key = drawn_secret(cipher_key_bytes);
  capsule made;
  made.shares = a.shares;
  made.needed = a.needed;
  made.ends = wall_time_now() + *lifetime;
  made.access = drawn_secret(capsule_access_bytes);
  made.nonce = drawn_secret(cipher_nonce_bytes);
  made.box = sealed(key, made.nonce, *text, bound_text(made));
  const auto put = put_shares(*node, made, key, *lifetime, a.copies);
  if (!put)
    return fail(put.failure().message,
                put.failure().code == errc::unavailable ? unreachable : refused);
  const auto written = write_text("-", text_of(made));
  return written ? succeeded : fail(written.failure().message, refused);
}

/// What asking for the shares gave: those that live, and what was in the way of the others.
struct gathered {
  std::vector<secret_share> shares;
  int ended = 0;
  int foreign = 0;  ///< a value at the share's key that is no share
  int failed = 0;
  bytes cause;  ///< of the last failure
};

/// Asks one after the other until there are enough. Errors: those of the connection.
result<gathered> gather(connection& node, const capsule& c) {
  gathered found;
  for (int place = 1; place <= c.shares; ++place) {
    if (found.shares.size() == static_cast<std::size_t>(c.needed)) break;
    const auto answer = node.ask({"GET", share_key(c.access, place)});
    if (!answer) return answer.failure();
    if (answer->failed()) {
      ++found.failed;
      found.cause = answer->text;
    } else if (answer->what == object::reply::kind::null) {
      ++found.ended;
    } else if (auto share = parse_share(answer->text, place)) {
      found.shares.push_back(std::move(*share));
    } else {
      ++found.foreign;
    }
  }
  return found;
}

bytes shortage(const capsule& c, const gathered& found, wall_time now) {
  bytes text =
      fmt::format("the capsule cannot be opened: it needs {} of {} shares, and {} {} left",
                  c.needed, c.shares, found.shares.size(), found.shares.size() == 1 ? "is" : "are");
  if (found.ended > 0) text += fmt::format("; {} ended or never were here", found.ended);
  if (found.foreign > 0) text += fmt::format("; {} hold something else", found.foreign);
  if (found.failed > 0)
    text += fmt::format("; {} gave an error, the last: {}", found.failed, found.cause);
  text +=
      fmt::format("; its time {} {}", now < c.ends ? "ends at" : "ended at", text_of_time(c.ends));
  return text;
}

int open(const command_line& shared, const arguments& a) {
  const auto text = read_text(a.file);
  if (!text) return fail(text.failure().message, misused);
  const auto read = parse_capsule(*text);
  if (!read) return fail(fmt::format("{}: {}", a.file, read.failure().message), misused);
  auto node = connect(shared);
  if (!node) return fail(node.failure().message, status_of(node.failure()));
  const auto found = gather(*node, *read);
  if (!found) return fail(found.failure().message, unreachable);
  if (found->shares.size() < static_cast<std::size_t>(read->needed)) {
    return fail(shortage(*read, *found, wall_time_now()), refused);
  }
  const auto key = join_secret(found->shares);
  if (!key) return fail(key.failure().message, refused);
  const auto plain = opened(*key, read->nonce, read->box, bound_text(*read));
  if (!plain)
    return fail(
        "the capsule does not open with the key of its shares: it was changed, or they "
        "were",
        refused);
  const auto written = write_text("-", *plain);
  return written ? succeeded : fail(written.failure().message, refused);
}

}  // namespace

void add_vanish_command(CLI::App& app, command_line& shared) {
  CLI::App* command =
      app.add_subcommand("vanish", "Seal a text that nobody can open after some time")
          ->group("Objects");
  command->require_subcommand(1);
  const auto a = std::make_shared<arguments>();

  CLI::App* sealing = command->add_subcommand("seal", "Print the capsule of a text");
  sealing->add_option("FILE", a->file, "The text; - reads standard input")->capture_default_str();
  sealing->add_option("--lifetime", a->lifetime, "How long it can be opened: 30s, 10m, 8h, 2d")
      ->required();
  sealing->add_option("--shares", a->shares, "How many shares its key is split into")
      ->check(CLI::Range(1, shares_max))
      ->capture_default_str();
  sealing->add_option("--needed", a->needed, "How many of them open it")
      ->check(CLI::Range(1, shares_max))
      ->capture_default_str();
  sealing->add_option("--copies", a->copies, "Copies of each share; without it what any key has")
      ->check(CLI::Range(1, 7));
  sealing->callback([&shared, a] { shared.status = seal(shared, *a); });

  CLI::App* opening = command->add_subcommand("open", "Print the text of a capsule");
  opening->add_option("FILE", a->file, "The capsule; - reads standard input")
      ->capture_default_str();
  opening->callback([&shared, a] { shared.status = open(shared, *a); });
}

}  // namespace comet::client
