// Tells Celery's tasks from others'.
#include "exporter/insight/executors.h"

#include <algorithm>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::string_view kCeleryKubernetes = "CeleryKubernetesExecutor";

/// "CeleryExecutor" of "airflow.providers.celery.executors.celery_executor.CeleryExecutor".
std::string_view ClassOf(std::string_view path) { return path.substr(path.rfind('.') + 1); }

bool IsCelery(std::string_view path) {
  return Lower(ClassOf(path)).find("celery") != std::string::npos;
}

/// Calls `visit` for each part of `text` between separators, without blanks around it.
template <typename Visit>
void ForEachPart(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    visit(Trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Executors::Executors(std::string_view setting, std::string_view kubernetes_queue)
    : kubernetes_queue_(kubernetes_queue) {
  std::vector<Executor> of_teams;
  ForEachPart(setting, ';', [&](std::string_view team) {
    const std::size_t equals = team.find('=');
    auto& list = equals == std::string_view::npos ? all_ : of_teams;
    if (equals != std::string_view::npos) team.remove_prefix(equals + 1);
    ForEachPart(team, ',', [&](std::string_view entry) {
      if (entry.empty()) return;
      const std::size_t colon = entry.find(':');
      const bool has_alias = colon != std::string_view::npos;
      list.push_back({std::string(has_alias ? Trim(entry.substr(0, colon)) : ""),
                      std::string(Trim(has_alias ? entry.substr(colon + 1) : entry))});
    });
  });
  has_teams_ = !of_teams.empty();
  all_.insert(all_.end(), of_teams.begin(), of_teams.end());
}

bool Executors::HasCelery() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Executor& executor) { return IsCelery(executor.path); });
}

bool Executors::OnlyCelery() const {
  return known() && std::all_of(all_.begin(), all_.end(), [](const Executor& executor) {
           return IsCelery(executor.path) && ClassOf(executor.path) != kCeleryKubernetes;
         });
}

bool Executors::GivesToKubernetes(std::string_view queue) const {
  return known() && ClassOf(all_.front().path) == kCeleryKubernetes && queue == kubernetes_queue_;
}

bool Executors::IsCelerys(std::string_view name) const {
  if (name.empty()) return !known() || IsCelery(all_.front().path);
  const auto named = std::find_if(all_.begin(), all_.end(), [&](const Executor& executor) {
    return name == executor.alias || name == executor.path || name == ClassOf(executor.path) ||
           ClassOf(name) == executor.path;
  });
  if (named != all_.end()) return IsCelery(named->path);
  const std::string_view class_name = ClassOf(name);
  return class_name != "KubernetesExecutor" && class_name != "EdgeExecutor";
}

}  // namespace airflow_host
