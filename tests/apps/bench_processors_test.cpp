#include "apps/patience.hpp"
#include "apps/process.hpp"
#include "bench/processors.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sched.h>
#include <string>

#include "support/server.hpp"

using namespace obol::test;
using obol::bench::processors;

namespace {

pid_t parent_of(pid_t process) {
  std::ifstream stat{"/proc/" + std::to_string(process) + "/stat"};
  std::string text;
  std::getline(stat, text);
  auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos)
    return 0;
  // ") S 123 ...": state and parent.
  return static_cast<pid_t>(std::stol(text.substr(end_of_name + 4)));
}

bool is_below(pid_t process, pid_t root) {
  while (process > 1 && process != root)
    process = parent_of(process);
  return process == root;
}

/// Where the threads of a process and its descendants may run, by their names.
std::map<std::string, cpu_set_t> threads_below(pid_t root) {
  std::map<std::string, cpu_set_t> result;
  std::error_code gone;
  for (auto& x : std::filesystem::directory_iterator{"/proc", gone}) {
    auto process = std::atoi(x.path().filename().c_str());
    if (process <= 0 || !is_below(process, root))
      continue;
    for (auto& y :
         std::filesystem::directory_iterator{x.path() / "task", gone}) {
      std::ifstream comm{y.path() / "comm"};
      std::string name;
      std::getline(comm, name);
      cpu_set_t cpus;
      auto thread = std::atoi(y.path().filename().c_str());
      if (::sched_getaffinity(thread, sizeof cpus, &cpus) == 0)
        result.insert_or_assign(name, cpus);
    }
  }
  return result;
}

} // namespace

TEST(BenchProcessorsTest, ApartServerAndWorkersHaveNoProcessorInCommon) {
  if (!require_server("redis-7"))
    GTEST_SKIP() << "no redis-7 on this machine";
  if (processors::usable() < processors::apart_min)
    GTEST_SKIP() << "there is one processor";
  background_process bench{
    OBOL_BINARY,
    {{"bench", "--processors", "apart", "--seconds", "3600", "--by", "actors",
      "--workloads", "get", "--clients", "1", "--yardsticks", "off"},
     {},
     {}},
    "/dev/null"};
  std::map<std::string, cpu_set_t> found;
  ASSERT_TRUE(comes_true([&] {
    found = threads_below(bench.pid());
    return found.contains("redis-server") && found.contains("caf.multiplexer");
  }));
  auto& server = found["redis-server"];
  auto& workers = found["caf.multiplexer"];
  EXPECT_EQ(CPU_COUNT(&server), 1);
  EXPECT_EQ(CPU_COUNT(&workers), processors::usable() - 1);
  cpu_set_t common;
  CPU_AND(&common, &server, &workers);
  EXPECT_EQ(CPU_COUNT(&common), 0);
}
