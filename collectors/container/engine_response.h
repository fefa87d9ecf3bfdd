// What the Docker engine answers on its socket: HTTP/1.1 around a JSON array.
//   HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n
//   1f4\r\n[{"Id":"4f0c...","Names":["/proj-airflow-scheduler-1"],"Labels":{
//   "com.docker.compose.project":"proj","com.docker.compose.service":"airflow-scheduler"},
//   "State":"running",...}]\r\n0\r\n\r\n
// https://www.rfc-editor.org/rfc/rfc9112,
// https://docs.docker.com/engine/api/v1.41/#operation/ContainerList
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// One HTTP answer.
struct EngineResponse {
  int status = 0;
  std::string body;
};

/// The answer that `bytes` begin with, or an empty optional while more bytes are needed. `ended`:
/// the server closed the connection, so nothing more comes; an answer without a length ends there.
/// kMalformed: not an HTTP answer, or cut short. Pure and total; any thread.
Expected<std::optional<EngineResponse>> ParseEngineResponse(std::string_view bytes, bool ended);

/// One entry of GET /containers/json. Fields are empty where the engine gives none.
struct EngineContainer {
  std::string id;
  std::string name;             ///< Without the leading slash.
  std::string compose_project;  ///< Label com.docker.compose.project.
  std::string compose_service;  ///< Label com.docker.compose.service.
  std::string pod_namespace;    ///< Label io.kubernetes.pod.namespace.
  std::string pod;              ///< Label io.kubernetes.pod.name.
  std::string pod_container;    ///< Label io.kubernetes.container.name.
};

/// The containers in the body of GET /containers/json; entries without an id are passed over.
/// kMalformed: not a JSON array. Keeps only the fields named above in memory. Never throws; any
/// thread.
Expected<std::vector<EngineContainer>> ParseEngineContainers(std::string_view body);

}  // namespace airflow_host
