// The server over real loopback sockets. Limits in time are generous: they tell a second from a
// minute, not how fast the machine is.
#include "exporter/web/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Answers with what it was asked; "/throw" throws, "/large" is larger than any socket's buffer.
HttpResponse Echo(const HttpRequest& request) {
  if (request.path == "/throw") throw std::runtime_error("a bug");
  HttpResponse response;
  if (request.path == "/large") {
    response.body.assign(32 << 20, 'x');
    return response;
  }
  response.body = std::string(request.method) + " " + std::string(request.path) + " " +
                  std::string(request.query) + " " + request.Header("X-Name");
  return response;
}

WebSettings OnLoopback(int threads = 4) {
  WebSettings settings;
  settings.listen_addresses = {"127.0.0.1:0"};
  settings.threads = threads;
  return settings;
}

std::unique_ptr<WebServer> StartEcho(int threads = 4) {
  auto server = WebServer::Start(OnLoopback(threads), &Echo);
  if (!server) {
    ADD_FAILURE() << server.error().message;
    return nullptr;
  }
  return *std::move(server);
}

/// A connection that has sent `bytes` and waits.
UniqueDescriptor Connect(std::uint16_t port, std::string_view bytes) {
  UniqueDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    return {};
  }
  if (!bytes.empty()) ::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return client;
}

/// Everything until the server closes, or a minute has passed.
std::string ReadAll(const UniqueDescriptor& client) {
  std::string text;
  std::array<char, 65536> bytes{};
  pollfd arrival{client.get(), POLLIN, 0};
  while (::poll(&arrival, 1, 60'000) == 1) {
    const ssize_t size = ::recv(client.get(), bytes.data(), bytes.size(), 0);
    if (size < 0) return text + "(reset)";
    if (size == 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
  return text + "(nothing more for a minute)";
}

std::string Ask(std::uint16_t port, std::string_view request) {
  return ReadAll(Connect(port, request));
}

TEST(WebServer, PassesRequestsOnAndAnswersThem) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const std::uint16_t port = server->ports().front();
  const std::string get =
      Ask(port, "GET /%6detrics?a%20b HTTP/1.1\r\nHost: x\r\nX-Name: y\r\nX-NAME: z\r\n\r\n");
  EXPECT_THAT(get, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(get, HasSubstr("\r\nContent-Length: 23\r\n"));
  EXPECT_TRUE(get.ends_with("\r\n\r\nGET /metrics a%20b y, z"));
  const std::string head = Ask(port, "HEAD / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 8\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(WebServer, AnswersEveryMethodItself) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    EXPECT_THAT(Ask(server->ports().front(), method + " /x HTTP/1.1\r\nHost: x\r\n\r\n"),
                HasSubstr("\r\n\r\n" + method + " /x"));
  }
  EXPECT_THAT(Ask(server->ports().front(),
                  "GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n"),
              HasSubstr("\r\n\r\nGET /x"));
}

TEST(WebServer, AnswersBeforeTheBodyAndReadsNoMoreOfIt) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const std::uint16_t port = server->ports().front();
  EXPECT_THAT(Ask(port, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
              HasSubstr("\r\n\r\nPOST /a"));
  // It claims a body without end, and sends some of it.
  const std::string head = "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n";
  EXPECT_THAT(Ask(port, head + std::string(30'000, 'x')), HasSubstr("\r\n\r\nPOST /b"));
}

TEST(WebServer, SurvivesWhatIsNoRequest) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const std::uint16_t port = server->ports().front();
  EXPECT_THAT(Ask(port, "nonsense\r\n\r\n"), HasSubstr(" 400 Bad Request\r\n"));
  EXPECT_THAT(Ask(port, "GET /" + std::string(20'000, 'x')), HasSubstr(" 400 Bad Request\r\n"));
  EXPECT_THAT(Ask(port, std::string("\0\0\r\n\r\n", 6)), HasSubstr(" 400 Bad Request\r\n"));
  EXPECT_THAT(Ask(port, "GET /fine HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr("GET /fine"));
}

TEST(WebServer, TurnsAnExceptionIntoA500) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const std::string answer = Ask(server->ports().front(), "GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_TRUE(answer.ends_with("\r\n\r\nThe exporter could not answer this.\n"));
  EXPECT_THAT(Ask(server->ports().front(), "GET /fine HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("GET /fine"));
}

TEST(WebServer, SaysThatAPortIsTaken) {
  const auto first = StartEcho();
  ASSERT_NE(first, nullptr);
  WebSettings settings;
  settings.listen_addresses = {"127.0.0.1:" + std::to_string(first->ports().front())};
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  const auto second = WebServer::Start(settings, &Echo);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "cannot listen on " + settings.listen_addresses.front() +
                ": another program, or another airflow-host-exporter, listens there already: stop "
                "it (`ss -ltnp` names it), or choose another --web.listen-address");
  EXPECT_FALSE(WebServer::Start({{}, 4}, &Echo));
}

TEST(WebServer, ListensOnSeveralAddresses) {
  WebSettings settings;
  settings.listen_addresses = {"127.0.0.1:0", "127.0.0.2:0"};
  const auto server = WebServer::Start(settings, &Echo);
  ASSERT_TRUE(server) << server.error().message;
  ASSERT_EQ((*server)->ports().size(), 2U);
  EXPECT_THAT(Ask((*server)->ports().front(), "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("GET /x"));
}

TEST(WebServer, AnswersWhileFiftyClientsAreSlow) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const std::uint16_t port = server->ports().front();
  std::vector<UniqueDescriptor> slow;
  for (int index = 0; index < 50; ++index) {
    slow.push_back(Connect(port, index % 2 == 0 ? "" : "GET /metrics HT"));
  }
  const auto start = steady_clock::now();
  EXPECT_THAT(Ask(port, "GET /good HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr("GET /good"));
  // civetweb alone takes 50 / 4 times its time-out of 2 s.
  EXPECT_LT(steady_clock::now() - start, seconds(10));
}

TEST(WebServer, LetsASlowRequestArriveWhereThreadsAreFree) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const UniqueDescriptor client = Connect(server->ports().front(), "GET /late HTTP/1.1\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ASSERT_EQ(::send(client.get(), "Host: x\r\n\r\n", 11, MSG_NOSIGNAL), 11);
  EXPECT_THAT(ReadAll(client), HasSubstr("\r\n\r\nGET /late"));
}

TEST(WebServer, SendsLargeAnswersWhole) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  const std::string answer = Ask(server->ports().front(), "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::size_t body = answer.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos);
  EXPECT_EQ(answer.size() - body - 4, std::size_t{32} << 20);
}

TEST(WebServer, StopsSoonWhileSlowClientsHangOnIt) {
  auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  std::vector<UniqueDescriptor> slow;
  for (const char* request : {"", "GET /half", "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    slow.push_back(Connect(server->ports().front(), request));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const auto start = steady_clock::now();
  server.reset();
  EXPECT_LT(steady_clock::now() - start, seconds(3));
}

TEST(WebServer, BlocksSignalsInItsThreads) {
  const auto server = StartEcho();
  ASSERT_NE(server, nullptr);
  int seen = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream status(task.path() / "status");
    std::string line;
    std::string name;
    while (std::getline(status, line)) {
      if (line.starts_with("Name:")) name = line;
      if (!line.starts_with("SigBlk:") || name.find("web-") == std::string::npos) continue;
      ++seen;
      const std::uint64_t mask = std::stoull(line.substr(7), nullptr, 16);
      EXPECT_NE(mask & (1ULL << (SIGTERM - 1)), 0U) << name;
      EXPECT_NE(mask & (1ULL << (SIGHUP - 1)), 0U) << name;
    }
  }
  EXPECT_EQ(seen, 6);  // Four that answer, one that accepts, one that watches.
}

TEST(WebServer, StartsAndStopsAgainAndAgain) {
  for (int round = 0; round < 10; ++round) {
    const auto server = StartEcho(1);
    ASSERT_NE(server, nullptr);
    EXPECT_THAT(Ask(server->ports().front(), "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"),
                HasSubstr("GET /x"));
  }
}

}  // namespace
}  // namespace airflow_host
