#pragma once
// The screen of `comet top` as lines of text: what stands where, how wide, cut to what fits.
//
// Pure, and without escape codes: a line says what it is, the terminal decides how that looks, and
// without colours everything still stands there. Whatever came from a node is made safe to show.
// Used by top_terminal and, for `--once`, by top_report.

#include <vector>

#include "apps/comet/top_model.hpp"
#include "apps/comet/top_view.hpp"

namespace comet::client {

struct screen_line {
  enum class look : std::uint8_t { plain, heading, selected, warning, faint };

  bytes text;
  look is = look::plain;
};

/// What stands in the head of the screen and is no figure.
struct top_setting {
  bytes node;        ///< as --node names it
  bytes interval;    ///< "2s"
  bytes complaint;   ///< the last look failed: why
  bool utf8 = true;  ///< blocks in sparklines; else ASCII
};

/// At most `size.height` lines of at most `size.width` characters.
std::vector<screen_line> top_lines(const top_model& model, const top_view& view,
                                   const top_setting& setting, const screen_size& size);

/// How many objects, or lines of an object, such a screen shows.
std::size_t rows_shown(const top_model& model, const top_view& view, const top_setting& setting,
                       const screen_size& size);

/// Lines of at most `width` characters; what does not fit goes on in the next one.
std::vector<bytes> wrapped(const std::vector<bytes>& lines, std::size_t width);

/// The newest `width` figures between 0 and the largest of them.
bytes sparkline(const std::deque<double>& history, std::size_t width, bool utf8);

/// A heading of the objects and their rows, `width` characters wide; `by` is marked.
std::vector<bytes> object_rows(const std::vector<top_object>& objects, const top_model& model,
                               object::work_measure by, std::size_t width);
/// Likewise of nodes, and of actors (one line).
std::vector<bytes> node_rows(const top_model& model, std::size_t width);
std::vector<bytes> actor_rows(const top_model& model, std::size_t width);

}  // namespace comet::client
