// What this process takes: CPU time of a piece of work, and memory.
#pragma once

#include <mimalloc.h>

#include <cstddef>
#include <ctime>
#include <fstream>
#include <string>

namespace dskeeper::bench {

// A line of /proc/self/status, in octets.
inline std::size_t memory(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what + ":")) return std::stoul(line.substr(what.size() + 1)) * 1024;
  }
  return 0;
}

// What is held, without what only waits to be used again.
inline std::size_t held() {
  mi_collect(true);
  return memory("VmRSS");
}

// Of this process's work, so that what else the machine does is not in it.
template <typename Work>
double seconds_of(const Work& work) {
  const std::clock_t began = std::clock();
  work();
  return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
}

}  // namespace dskeeper::bench
