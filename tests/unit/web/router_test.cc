#include "exporter/web/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "exporter/web/gzip.h"
#include "tests/unit/web/sample_board.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;

std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

std::string Unpacked(const std::string& packed) {
  std::string text(1'000'000, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string input = packed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

class RouterTest : public ::testing::Test {
 protected:
  StatusPageInput Input() const {
    return {"0.1.0", "worker-1", sample_.clock.SystemNow(), sample_.board.Read(), {}, {}};
  }
  HttpResponse Get(std::string_view path, std::string_view query = {},
                   std::vector<std::pair<std::string_view, std::string_view>> headers = {}) {
    return router_.Handle({"GET", path, query, std::move(headers)});
  }

  SampleBoard sample_;
  MetricsPage metrics_{sample_.board};
  Router router_{"/metrics", sample_.board, metrics_, [this] { return Input(); },
                 [] { return std::make_shared<const KillReport>(); }};
};

TEST_F(RouterTest, AnswersEachPathExactly) {
  const struct {
    const char* path;
    int status;
    const char* content_type;
  } kCases[] = {
      {"/", 200, "text/html; charset=utf-8"},
      {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"},
      {"/api/v1/oom-kills", 200, "application/json"},
      {"/api/v1/oom-kills/", 404, "text/plain; charset=utf-8"},
      {"/healthz", 200, "text/plain; charset=utf-8"},
      {"/readyz", 503, "text/plain; charset=utf-8"},
      {"/metricsfoo", 404, "text/plain; charset=utf-8"},
      {"/metrics/", 404, "text/plain; charset=utf-8"},
      {"/metrics/foo", 404, "text/plain; charset=utf-8"},
      {"/Metrics", 404, "text/plain; charset=utf-8"},
      {"/healthz/", 404, "text/plain; charset=utf-8"},
      {"/favicon.ico", 404, "text/plain; charset=utf-8"},
      {"", 404, "text/plain; charset=utf-8"},
      {"/..", 404, "text/plain; charset=utf-8"},
  };
  for (const auto& test : kCases) {
    const HttpResponse response = Get(test.path);
    EXPECT_EQ(response.status, test.status) << test.path;
    EXPECT_EQ(response.content_type, test.content_type) << test.path;
    EXPECT_FALSE(response.body.empty()) << test.path;
    EXPECT_EQ(HeaderOf(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
    EXPECT_EQ(HeaderOf(response, "Referrer-Policy"), "no-referrer");
    EXPECT_THAT(HeaderOf(response, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  }
}

TEST_F(RouterTest, AnswersHeadAsGet) {
  const HttpResponse get = Get("/metrics");
  const HttpResponse head = router_.Handle({"HEAD", "/metrics", {}, {}});
  EXPECT_EQ(ResponseHead(get, {}), ResponseHead(head, {}));
}

TEST_F(RouterTest, RefusesToWrite) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", ""}) {
    for (const char* path : {"/", "/metrics", "/api/v1/oom-kills", "/healthz", "/readyz"}) {
      const HttpResponse response = router_.Handle({method, path, {}, {}});
      EXPECT_EQ(response.status, 405) << method << path;
      EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD");
    }
    EXPECT_EQ(router_.Handle({method, "/other", {}, {}}).status, 404);
  }
}

TEST_F(RouterTest, IsReadyOnceEveryCollectorHasTried) {
  EXPECT_EQ(Get("/readyz").body, "Waiting for the first reading of: component.\n");
  CollectorStatus status;
  status.succeeded = false;
  sample_.board.SetStatus("component", status);
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Get("/readyz").body, "ready\n");
}

TEST_F(RouterTest, TakesCollectorsFromTheQuery) {
  EXPECT_THAT(Get("/metrics", "collect[]=host").body, HasSubstr("sample_bytes"));
  EXPECT_EQ(Get("/metrics", "exclude[]=host").body.find("sample_bytes"), std::string::npos);
  const HttpResponse unknown = Get("/metrics", "collect[]=nothing");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.body,
            "There is no enabled collector \"nothing\"; those that are: host, metadata, broker, "
            "component, oom.\n");
}

TEST_F(RouterTest, CompressesForWhoAsks) {
  const std::string plain = Get("/metrics").body;
  ASSERT_GT(plain.size(), kSmallestCompressed);
  const HttpResponse packed = Get("/metrics", {}, {{"accept-encoding", "gzip"}});
  EXPECT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(packed, "Vary"), "Accept, Accept-Encoding");
  EXPECT_LT(packed.body.size(), plain.size() / 2);
  EXPECT_EQ(Unpacked(packed.body), plain);
  const HttpResponse refused =
      Get("/metrics", {}, {{"Accept-Encoding", "deflate"}, {"Accept-Encoding", "gzip;q=0"}});
  EXPECT_EQ(HeaderOf(refused, "Content-Encoding"), "(none)");
  EXPECT_EQ(refused.body, plain);
  EXPECT_EQ(HeaderOf(Get("/healthz", {}, {{"Accept-Encoding", "gzip"}}), "Content-Encoding"),
            "(none)");
}

TEST_F(RouterTest, WritesOpenMetricsForWhoAsks) {
  const HttpResponse response =
      Get("/metrics", {}, {{"Accept", "application/openmetrics-text; version=1.0.0"}});
  EXPECT_EQ(response.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(response.body.ends_with("# EOF\n"));
}

TEST_F(RouterTest, ServesMetricsWhereItIsTold) {
  Router router(
      "/probe/metrics", sample_.board, metrics_, [this] { return Input(); },
      [] { return std::make_shared<const KillReport>(); });
  EXPECT_EQ(router.Handle({"GET", "/probe/metrics", {}, {}}).status, 200);
  EXPECT_EQ(router.Handle({"GET", "/metrics", {}, {}}).status, 404);
  EXPECT_THAT(router.Handle({"GET", "/", {}, {}}).body, HasSubstr("href=\"/probe/metrics\""));
}

TEST(ResponseHead, IsHttp) {
  HttpResponse response;
  response.body = "ok\n";
  response.headers.emplace_back("Allow", "GET, HEAD");
  EXPECT_EQ(ResponseHead(response, FromSecondsSinceEpoch(784111777)),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
            "Connection: close\r\nAllow: GET, HEAD\r\n\r\n");
}

}  // namespace
}  // namespace airflow_host
