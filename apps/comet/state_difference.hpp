#pragma once
// What differs between two states of an object, by path: "- count = 4", "+ readers[2].ip =
// \"::1\"".
//
// Pure. Every line names one value that is not a table; a table that is empty is `{}`. What is only
// in the first has a -, what is only in the second a +, and a value that changed has both. Order of
// fields and the form of a table (array or map) make no difference, as they make none to a script.

#include <vector>

#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

/// Of states as object::view_state gives them; a null reply is a state that there is not.
std::vector<bytes> state_difference(const object::reply& before, const object::reply& after);

}  // namespace comet::client
