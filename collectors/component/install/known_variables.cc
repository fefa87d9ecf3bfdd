// Reads the environment of a process, or of its parents.
#include "collectors/component/install/known_variables.h"

#include <cstddef>
#include <utility>

#include "collectors/component/install/airflow_options.h"
#include "collectors/component/install/process_variables.h"
#include "collectors/component/install/secret_buffer.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLargestEnvironment = std::size_t{1024} * 1024;
/// `dumb-init`, a shell, an entry point: no image has more.
constexpr int kMostParents = 8;

std::optional<Environment> ReadEnvironment(const ProcessFolder& process, bool* denied) {
  SecretBuffer buffer(kLargestEnvironment);
  const auto text = process.Read("environ", buffer.text(), kLargestEnvironment);
  if (!text) {
    if (denied != nullptr) *denied = text.error().kind == ErrorKind::kDenied;
    return std::nullopt;
  }
  return TakeVariables(*text, WantedVariables(), text->size() >= kLargestEnvironment);
}

std::optional<Environment> ReadParents(const std::string& procfs, const ProcessFolder& process,
                                       int parent) {
  const auto ours = process.Surroundings();
  if (!ours) return std::nullopt;
  std::string buffer;
  for (int level = 0; level < kMostParents && parent > 0; ++level) {
    const ProcessFolder folder(procfs, parent);
    if (folder.Surroundings() != ours) break;
    if (auto variables = ReadEnvironment(folder, nullptr)) {
      // It may be another user's home.
      variables->erase("HOME");
      return variables;
    }
    const auto stat = folder.Stat(buffer);
    if (!stat) break;
    parent = stat->parent_pid;
  }
  return std::nullopt;
}

}  // namespace

FoundVariables FindVariables(const std::string& procfs, const ProcessFolder& process, int parent,
                             const std::optional<KnownVariables>& known) {
  FoundVariables found;
  if (auto own = ReadEnvironment(process, &found.denied)) {
    found.known = KnownVariables{*std::move(own), true};
  } else if (known && known->own) {
    found.known = known;
  } else if (auto inherited = ReadParents(procfs, process, parent)) {
    found.known = KnownVariables{*std::move(inherited), false};
  } else {
    found.known = known;
  }
  return found;
}

}  // namespace airflow_host
