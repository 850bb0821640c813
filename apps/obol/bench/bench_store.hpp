#pragma once

#include "obol/facade.hpp"
#include "obol/interfaces.hpp"
#include "obol/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace obol::bench {

/// The store that is measured, ready to use: inside a facade, or alone in an
/// actor system with one of CAF's own schedulers.
class bench_store {
public:
  /// Starts it and waits until it is ready.
  static caf::expected<std::unique_ptr<bench_store>>
  open(options settings, const std::string& scheduler);

  ~bench_store();

  const store_actor& actor() const;
  caf::actor_system& system() const;

  /// Null on one of CAF's own schedulers.
  facade* threads_door() const {
    return facade_.get();
  }

  /// As it was when it became ready.
  const store_status& status() const {
    return status_;
  }

  layout kind() const {
    return status_.layout == "three_set" ? layout::three_set
                                         : layout::hash_field_expiry;
  }

private:
  struct own_system;

  bench_store();

  caf::error open_facade(options settings);
  caf::error open_system(options settings, const std::string& policy);

  std::unique_ptr<facade> facade_;
  std::unique_ptr<own_system> own_;
  store_status status_;
};

} // namespace obol::bench
