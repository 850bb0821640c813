#pragma once

#include "obol/etf/term.hpp"
#include "obol/key_ring.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string_view>

namespace obol::test {

/// The term that tagged golden data describes.
etf::term term_of(const nlohmann::json& tagged);

/// A ring of the key that the golden data lists for a base secret.
std::shared_ptr<const key_ring> golden_ring(std::string_view base_secret);

} // namespace obol::test
