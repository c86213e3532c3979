#pragma once
// Messages of replicas in words, for traces, and what they carry, for figures.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "object/replica/message.hpp"

namespace comet::sim {

/// "12:3.1/7": epoch, attempt and place of the ballot, position.
std::string to_text(const object::replica::stamp& at);
std::string to_text(const object::replica::group& g);
std::string to_text(const object::replica::message& what);
/// By its place among the messages.
std::string_view name_of_message(std::size_t index);
std::string_view name_of(const object::replica::message& what);

/// Bytes of keys and values.
std::uint64_t payload(const object::replica::message& what);

}  // namespace comet::sim
