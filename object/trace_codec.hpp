#pragma once
// The parts of a recorded turn as bytes: its trace, answers with their failures, lists of texts.
//
// Used by object/recorded_turn alone; docs/formats.md describes the form. Every list is bounded by
// the input that it is read from.

#include <vector>

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"
#include "object/turn_trace.hpp"

namespace comet::object {

void write_texts(encoder& out, const std::vector<bytes>& texts);
std::vector<bytes> read_texts(decoder& in);

void write_error(encoder& out, const error& why);
error read_error(decoder& in);

/// False: deeper, or with longer lists, than an answer that is kept.
bool write_answer(encoder& out, const reply& answer);
reply read_answer(decoder& in);

/// All but `began`. False: an answer in it cannot be kept.
bool write_trace(encoder& out, const turn_trace& trace);
void read_trace(decoder& in, turn_trace& trace);

}  // namespace comet::object
