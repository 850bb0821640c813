#pragma once

#include "demo/private_server.hpp"
#include "obol/options.hpp"

#include <string>

namespace obol::demo {

/// Takes a key prefix that begins so and keys of our own, both at random:
/// nobody else shall read or write what is stored, here or on a named server.
void make_private(options& settings, const std::string& prefix);

/// Takes a server of our own, as its one account.
void use_server(options& settings, const private_server& own);

} // namespace obol::demo
