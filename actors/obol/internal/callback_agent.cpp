#include "obol/internal/callback_agent.hpp"

namespace obol::internal {

callback_agent_state::callback_agent_state(callback_agent_pointer self_ptr)
  : self(self_ptr) {
}

caf::behavior callback_agent_state::make_behavior() {
  return {
    [this](const callback_job& job) {
      ++due;
      job(self);
    },
    [this](finish_atom) {
      finishing = true;
      if (due == 0)
        self->quit();
    },
  };
}

void callback_agent_state::finished() {
  if (--due == 0 && finishing)
    self->quit();
}

caf::behavior callback_agent(callback_agent_pointer self) {
  return self->state.make_behavior();
}

} // namespace obol::internal
