#pragma once

namespace obol::internal {

/// Tells the processor that this thread looks again and again: it leaves more
/// of the core to others for some tens of cycles.
inline void processor_pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

} // namespace obol::internal
