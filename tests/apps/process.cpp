#include "apps/process.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

#include "config/scratch_folder.hpp"

namespace obol::test {

namespace {

constexpr std::string_view own_prefix = "OBOL_";

/// Where the three standard streams of a program lead.
struct stream_paths {
  std::string in;
  std::string out;
  std::string err;
};

std::vector<std::string> environment_with(std::vector<std::string> variables) {
  for (auto entry = environ; *entry; ++entry)
    if (!std::string_view{*entry}.starts_with(own_prefix))
      variables.emplace_back(*entry);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

pid_t spawn(const std::string& program, const process_input& input,
            const stream_paths& streams) {
  auto texts = input.arguments;
  texts.insert(texts.begin(), program);
  auto variables = environment_with(input.variables);
  constexpr auto write_flags = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, streams.in.c_str(),
                                     O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
                                     streams.out.c_str(), write_flags, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                     streams.err.c_str(), write_flags, 0600);
  pid_t result = -1;
  auto trouble
    = ::posix_spawn(&result, program.c_str(), &actions, nullptr,
                    pointers_to(texts).data(), pointers_to(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (trouble != 0)
    throw std::runtime_error(program + ": " + std::strerror(trouble));
  return result;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string read(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

process_result run_process(const std::string& program,
                           const process_input& input) {
  scratch_folder folder;
  stream_paths streams{folder.write("in", input.text), folder.path("out"),
                       folder.path("err")};
  process_result result;
  result.code = wait_for(spawn(program, input, streams));
  result.out = read(streams.out);
  result.err = read(streams.err);
  return result;
}

background_process::background_process(const std::string& program,
                                       const process_input& input,
                                       const std::string& out,
                                       const std::string& err)
  : pid_(spawn(program, input, {"/dev/null", out, err})) {
}

background_process::~background_process() {
  kill();
}

void background_process::kill() {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGKILL);
  wait();
}

int background_process::wait() {
  auto result = wait_for(pid_);
  pid_ = -1;
  return result;
}

} // namespace obol::test
