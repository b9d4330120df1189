// Spawns actors of CAF and stops them again: `spawning Count Threads`.
//
// Prints one line of JSON: actors, nanoseconds to spawn them all, nanoseconds to stop them all and to hear
// of it, and bytes of resident memory that each takes.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <vector>

#include "caf/all.hpp"

using namespace caf;

// Any message stops it. (A number, because atoms and types of one's own differ between CAF's versions.)
static behavior idle(event_based_actor* self) {
  return {[=](int) { self->quit(); }};
}

static std::vector<actor> spawn_all(scoped_actor& self, size_t count) {
  std::vector<actor> actors;
  actors.reserve(count);
  for (size_t n = 0; n < count; ++n)
    actors.push_back(self->spawn<monitored>(idle));
  return actors;
}

static void stop_all(scoped_actor& self, std::vector<actor>& actors) {
  for (auto& each : actors)
    self->send(each, 0);
  size_t ended = 0;
  self->receive_for(ended, actors.size())([](const down_msg&) {});
  actors.clear();
}

static long long nanoseconds() {
  using namespace std::chrono;
  return duration_cast<std::chrono::nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

static long long resident_bytes() {
  long long pages = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%*d %lld", &pages) != 1)
    std::abort();
  std::fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static void run(actor_system& system, size_t count) {
  scoped_actor self{system};
  auto few = spawn_all(self, count / 10);
  stop_all(self, few);
  auto bytes_before = resident_bytes();
  auto start = nanoseconds();
  auto actors = spawn_all(self, count);
  auto spawned = nanoseconds();
  auto bytes = (resident_bytes() - bytes_before) / static_cast<long long>(count);
  auto stopping = nanoseconds();
  stop_all(self, actors);
  auto stopped = nanoseconds();
  std::printf("{\"actors\":%zu,\"spawnNanoseconds\":%lld,\"stopNanoseconds\":%lld,\"bytes\":%lld}\n",
              count, spawned - start, stopped - stopping, bytes);
}

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  auto threads = static_cast<size_t>(std::atol(argv[2]));
  actor_system_config config;
#if CAF_VERSION >= 1800
  core::init_global_meta_objects();
  config.set("caf.scheduler.max-threads", threads);
#else
  config.set("scheduler.max-threads", threads);
#endif
  actor_system system{config};
  run(system, static_cast<size_t>(std::atol(argv[1])));
}
