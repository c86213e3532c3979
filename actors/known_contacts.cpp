#include "actors/known_contacts.hpp"

#include "net/overlay/address.hpp"

namespace comet::actors {

namespace {

std::optional<known_contact> parse_line(bytes_view line) {
  const auto space = line.find(' ');
  if (space == bytes_view::npos) return {};
  const auto id = from_hex(line.substr(0, space));
  const auto where = parse_endpoint(line.substr(space + 1));
  if (!id || id->size() != sizeof(digest) || !where) return {};
  return known_contact{digest_from(*id), *where};
}

}  // namespace

bytes encode_contacts(const std::vector<known_contact>& contacts) {
  bytes text;
  std::size_t count = 0;
  for (const auto& [id, where] : contacts) {
    if (++count > known_contacts_max) break;
    text += to_hex(as_bytes(id)) + " " + where.text() + "\n";
  }
  return text;
}

std::vector<known_contact> decode_contacts(bytes_view text) {
  std::vector<known_contact> contacts;
  while (!text.empty() && contacts.size() < known_contacts_max) {
    const auto end = text.find('\n');
    if (const auto one = parse_line(text.substr(0, end))) contacts.push_back(*one);
    text = end == bytes_view::npos ? bytes_view{} : text.substr(end + 1);
  }
  return contacts;
}

std::optional<wire::endpoint> parse_endpoint(bytes_view text) {
  const auto parsed = overlay::parse_address(text);
  if (!parsed || parsed->port == 0) return {};
  const bytes whole = overlay::to_text(*parsed);  // "[...]:port" of IPv6
  bytes ip = whole.substr(0, whole.rfind(':'));
  if (ip.starts_with('[')) ip = ip.substr(1, ip.size() - 2);
  return wire::endpoint{ip, parsed->port};
}

}  // namespace comet::actors
