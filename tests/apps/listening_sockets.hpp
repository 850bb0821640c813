#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace obol::test {

/// The addresses on which a process listens for TCP, as /proc tells them; one
/// for each socket, in the kernel's own digits for IPv6.
std::vector<std::string> listening_addresses(pid_t process);

} // namespace obol::test
