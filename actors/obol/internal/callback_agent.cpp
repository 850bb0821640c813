#include "obol/internal/callback_agent.hpp"

#include "obol/error.hpp"

namespace obol::internal {

callback_agent_state::callback_agent_state(callback_agent_pointer self_ptr)
  : self(self_ptr) {
}

caf::behavior callback_agent_state::make_behavior(std::size_t limit) {
  max_due = limit;
  return {
    [this](const callback_job& job) { on_job(job); },
    [this](finish_atom) { on_finish(); },
  };
}

void callback_agent_state::on_job(const callback_job& job) {
  if (due >= max_due) {
    job.refuse(caf::make_error(
      ec::overloaded, std::string{"too many calls wait for their callback"}));
    return;
  }
  ++due;
  job.run(self);
}

void callback_agent_state::on_finish() {
  finishing = true;
  if (due == 0)
    self->quit();
}

void callback_agent_state::finished() {
  if (--due == 0 && finishing)
    self->quit();
}

caf::behavior callback_agent(callback_agent_pointer self, std::size_t limit) {
  return self->state.make_behavior(limit);
}

} // namespace obol::internal
