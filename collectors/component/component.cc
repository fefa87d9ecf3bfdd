// The names of the components.
#include "collectors/component/component.h"

#include <array>

namespace airflow_host {
namespace {

constexpr std::array<std::string_view, kComponentCount> kNames = {
    "scheduler", "dag_processor", "triggerer",   "api_server", "webserver",     "celery_worker",
    "task",      "flower",        "edge_worker", "serve_logs", "other_airflow", "postgres",
    "redis",     "kafka",         "spark",       "docker",     "java",
};
static_assert(IndexOf(Component::kJava) + 1 == kComponentCount);

}  // namespace

std::string_view ComponentName(Component component) {
  const std::size_t index = IndexOf(component);
  return index < kNames.size() ? kNames.at(index) : "neighbour";
}

}  // namespace airflow_host
