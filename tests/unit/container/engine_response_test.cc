#include "collectors/container/engine_response.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

std::string Chunked(std::string_view rest) {
  return std::string(kHead) + "transfer-encoding: Chunked\r\n\r\n" + std::string(rest);
}

TEST(ParseEngineResponse, TakesABodyByItsLength) {
  const std::string whole = std::string(kHead) + "content-length: 2\r\n\r\n[]";
  const auto response = ParseEngineResponse(whole, false);
  ASSERT_TRUE(response && *response);
  EXPECT_EQ((*response)->status, 200);
  EXPECT_EQ((*response)->body, "[]");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto part = ParseEngineResponse(std::string_view(whole).substr(0, length), false);
    ASSERT_TRUE(part) << length;
    EXPECT_FALSE(*part) << length;
    EXPECT_FALSE(ParseEngineResponse(std::string_view(whole).substr(0, length), true)) << length;
  }
}

TEST(ParseEngineResponse, TakesABodyInChunks) {
  const std::string whole = Chunked("1\r\n[\r\nB;x=y\r\n{\"Id\":\"a\"}]\r\n0\r\n\r\n");
  const auto response = ParseEngineResponse(whole, false);
  ASSERT_TRUE(response && *response);
  EXPECT_EQ((*response)->body, "[{\"Id\":\"a\"}]");
  const auto cut = ParseEngineResponse(std::string_view(whole).substr(0, whole.size() - 12), true);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::kMalformed);
}

TEST(ParseEngineResponse, TakesABodyThatEndsWithTheConnection) {
  const std::string whole = std::string(kHead) + "\r\n[]";
  EXPECT_FALSE(*ParseEngineResponse(whole, false));
  EXPECT_EQ((*ParseEngineResponse(whole, true))->body, "[]");
}

TEST(ParseEngineResponse, RefusesWhatIsNotHttp) {
  for (const std::string& wrong :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1\r\n\r\n"),
        std::string("HTTP/1.1 abc\r\n\r\n"), std::string("HTTP/1.1 2000 OK\r\n\r\n"),
        std::string("HTTP/2 200\r\n\r\n"), std::string(20'000, 'x'), std::string("\0\r\n\r\n", 5),
        std::string(kHead) + "Content-Length: -1\r\n\r\n",
        std::string(kHead) + "Content-Length: 99999999999999999999999\r\n\r\n", Chunked("zz\r\n"),
        Chunked("\r\n"), Chunked("-1\r\n"), Chunked("1\r\nab\r\n"),
        Chunked("11111111111111111\r\n"), Chunked(std::string(20'000, '1'))}) {
    const auto response = ParseEngineResponse(wrong, false);
    ASSERT_FALSE(response) << wrong.substr(0, 80);
    EXPECT_EQ(response.error().kind, ErrorKind::kMalformed);
  }
}

TEST(ParseEngineResponse, WaitsForAChunkThatClaimsToBeHuge) {
  const auto response = ParseEngineResponse(Chunked("ffffffffffffffff\r\nabc"), false);
  ASSERT_TRUE(response);
  EXPECT_FALSE(*response);
}

TEST(ParseEngineContainers, TakesNamesAndLabels) {
  const auto list = ParseEngineContainers(R"([
    {"Id":"4f34","Names":["/other/alias","/proj-airflow-scheduler-1"],"Image":"apache/airflow:3.1",
     "Ports":[{"IP":"0.0.0.0","PrivatePort":8080}],"HostConfig":{"NetworkMode":"host"},
     "Labels":{"com.docker.compose.project":"proj","com.docker.compose.service":"airflow-scheduler",
               "maintainer":"x"},
     "State":"running","NetworkSettings":{"Networks":{"a":{"IPAMConfig":{"Names":["/no"]}}}}},
    {"Id":"aa","Names":["/k8s_worker"],"Labels":{"io.kubernetes.pod.name":"airflow-worker-0",
     "io.kubernetes.pod.namespace":"airflow","io.kubernetes.container.name":"worker"}},
    {"Id":"bb","Names":null,"Labels":null}, {"Id":"cc"}])");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->size(), 4U);
  EXPECT_EQ((*list)[0].id, "4f34");
  EXPECT_EQ((*list)[0].name, "proj-airflow-scheduler-1");
  EXPECT_EQ((*list)[0].compose_project, "proj");
  EXPECT_EQ((*list)[0].compose_service, "airflow-scheduler");
  EXPECT_EQ((*list)[1].pod, "airflow-worker-0");
  EXPECT_EQ((*list)[1].pod_namespace, "airflow");
  EXPECT_EQ((*list)[1].pod_container, "worker");
  EXPECT_EQ((*list)[2].name, "");
  EXPECT_EQ((*list)[3].id, "cc");
}

TEST(ParseEngineContainers, PassesOverEntriesThatAreNone) {
  const auto list = ParseEngineContainers(
      R"([1, null, "x", [], {}, {"Id":7}, {"Id":"a","Names":{"/x":1},"Labels":["y"]},
          {"Id":"b","Names":[7,"","/","/b"]}])");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ((*list)[0].name, "");
  EXPECT_EQ((*list)[1].name, "b");
}

TEST(ParseEngineContainers, RefusesWhatIsNoList) {
  for (const std::string& wrong :
       {std::string(), std::string("{}"), std::string("null"), std::string("[{"),
        std::string("{\"message\":\"denied\"}"), std::string("[\"\xff\"]"), std::string("[\0]", 3),
        std::string(100'000, '[')}) {
    const auto list = ParseEngineContainers(wrong);
    ASSERT_FALSE(list) << wrong.substr(0, 80);
    EXPECT_EQ(list.error().kind, ErrorKind::kMalformed);
  }
  EXPECT_TRUE(ParseEngineContainers("[]")->empty());
}

}  // namespace
}  // namespace airflow_host
