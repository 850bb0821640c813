#pragma once

#include "obol/options.hpp"

#include <caf/error.hpp>

#include <string_view>

namespace obol {

/// No longer URL is read.
inline constexpr std::size_t max_url_size = 4096;

/// Whether a URL may bring a password. Command lines and config files are read
/// by others.
enum class url_password { allowed, refused };

/// Sets what the URL names; the rest stays as it is.
///
///     redis://[[user][:password]@]host[:port][/database][?option=value&...]
///     rediss://...                     the same, encrypted
///     unix://[[user][:password]@]/path[?db=database&option=value&...]
///
/// Special characters are percent-encoded; IPv6 addresses stand in brackets.
/// The options are those of the configuration by name, like `pool.size=20`,
/// without secrets. An error (`invalid_argument`, or `misconfigured` for
/// `memory://`) changes nothing and never repeats the URL, in which a
/// misplaced character can turn a password into a host.
caf::error apply_url(options& target, std::string_view url,
                     url_password password = url_password::allowed);

} // namespace obol
