// Starts and stops redis-server.
#include "tests/integration/broker/redis_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

bool Listens(const std::string& socket_path) {
  const UniqueDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, socket_path.c_str(), sizeof(name.sun_path) - 1);
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string path = std::filesystem::temp_directory_path() / "broker-test-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make a folder");
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ != 0) return;
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  Signal(SIGCONT);
  Signal(SIGKILL);
  Wait();
}

void ChildProcess::Signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

int ChildProcess::Wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool Installed(const std::string& name) {
  std::istringstream path(::getenv("PATH") == nullptr ? "/usr/bin" : ::getenv("PATH"));
  std::string folder;
  while (std::getline(path, folder, ':')) {
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::uint16_t FreePort() {
  const UniqueDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(name);
  auto* const address = reinterpret_cast<sockaddr*>(&name);
  if (::bind(socket.get(), address, length) != 0) throw std::runtime_error("no free port");
  ::getsockname(socket.get(), address, &length);
  return ::ntohs(name.sin_port);
}

RedisServer::RedisServer(std::vector<std::string> options, bool tls_port)
    : options_(std::move(options)), port_(FreePort()), tls_port_(tls_port) {
  Start();
}

void RedisServer::Start() {
  const std::string port = std::to_string(port_);
  std::vector<std::string> arguments = {"redis-server", "--bind",       "127.0.0.1",
                                        "--dir",        folder_.path(), "--unixsocket",
                                        socket_path(),  "--save",       ""};
  if (tls_port_) {
    arguments.insert(arguments.end(), {"--port", "0", "--tls-port", port});
  } else {
    arguments.insert(arguments.end(), {"--port", port});
  }
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  process_ = std::make_unique<ChildProcess>(arguments, folder_.path() + "/redis.log");
  if (Eventually([this] { return Listens(socket_path()); })) return;
  throw std::runtime_error("redis-server does not listen: " +
                           ReadAll(folder_.path() + "/redis.log"));
}

void RedisServer::Restart() {
  process_.reset();
  ::unlink(socket_path().c_str());
  Start();
}

std::string RedisServer::Cli(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"redis-cli", "--no-auth-warning", "-s", socket_path()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const std::string output = folder_.path() + "/cli.out";
  ChildProcess(command, output).Wait();
  return ReadAll(output);
}

void BrokerIntegrationTest::SetUp() {
  if (!Installed("redis-server") || !Installed("redis-cli")) {
    GTEST_SKIP() << "redis-server is not installed (Debian packages redis-server, redis-tools)";
  }
}

std::unique_ptr<Collector> BrokerIntegrationTest::Make(BrokerSettings settings) {
  static const SystemClock kClock;
  auto collector = MakeBrokerCollector(std::move(settings), kClock);
  if (!collector) throw std::runtime_error(collector.error().message);
  return *std::move(collector);
}

std::unique_ptr<Collector> BrokerIntegrationTest::Make(const std::string& url) {
  BrokerSettings settings;
  settings.url = url;
  return Make(std::move(settings));
}

Expected<std::shared_ptr<const BrokerObservation>> BrokerIntegrationTest::Observe(
    Collector& collector, std::chrono::milliseconds limit) {
  auto observation = collector.Observe(Deadline{std::chrono::steady_clock::now() + limit});
  if (!observation) return tl::unexpected(observation.error());
  return std::dynamic_pointer_cast<const BrokerObservation>(*observation);
}

std::optional<std::uint64_t> BrokerIntegrationTest::Messages(const BrokerObservation& observation,
                                                             const std::string& queue) {
  for (const BrokerQueue& one : observation.queues) {
    if (one.name == queue) return one.messages;
  }
  return std::nullopt;
}

}  // namespace airflow_host
