// Reads what a process says of itself. Samples of /proc/PID/cmdline (\0 is a NUL):
//   /usr/python/bin/python3.12\0/home/airflow/.local/bin/airflow\0scheduler\0
//   /usr/local/bin/python /home/airflow/.local/bin/airflow scheduler        (title set, no NULs)
//   airflow worker -- LocalExecutor: <idle>\0\0\0\0\0                       (padded)
//   [celeryd: celery@worker-0:ForkPoolWorker-1]\0\0\0
//   gunicorn: master [airflow-webserver]
//   [ready] airflow api-server worker
// Airflow's titles are the arguments of its calls of setproctitle() in executors/, dag_processing/,
// task/ and cli/commands/ of https://github.com/apache/airflow (releases 2.2 to 3.3); Celery's come
// from celery/platforms.py, set_mp_process_title().
//
// Only a Python interpreter or a title can be Airflow: `dumb-init -- /entrypoint scheduler`,
// `bash -c "airflow scheduler"` and `sudo airflow scheduler` merely wait for one.
#include "collectors/component/classify.h"

#include <array>
#include <utility>

namespace airflow_host {
namespace {

struct Prefix {
  std::string_view text;
  TitleKind kind;
};

/// Titles set by Airflow, the longer before the shorter that it begins with.
constexpr std::array<Prefix, 16> kTitles = {{
    {"airflow scheduler -- DagFileProcessorManager", TitleKind::kDagProcessor},
    {"airflow scheduler - DagFileProcessor ", TitleKind::kDagFileProcessor},
    {"airflow worker -- LocalExecutor", TitleKind::kLocalExecutorWorker},
    {"airflow executor -- LocalExecutor", TitleKind::kLocalExecutorManager},
    {"airflow worker -- ", TitleKind::kTask},
    {"airflow task supervisor: ", TitleKind::kTask},
    {"airflow task runner: ", TitleKind::kTask},
    {"airflow supervisor: ", TitleKind::kSupervisor},
    {"airflow edge supervisor: ", TitleKind::kTask},
    {"airflow edge worker", TitleKind::kEdgeWorker},
    {"airflow api_server", TitleKind::kApiServer},
    {"airflow serve-logs", TitleKind::kServeLogs},
    {"[ready] airflow api-server worker", TitleKind::kApiServerWorker},
    {"[ready] gunicorn: worker [airflow-webserver]", TitleKind::kWebserverWorker},
    {"gunicorn: master [airflow-webserver]", TitleKind::kWebserver},
    {"gunicorn: worker [airflow-webserver]", TitleKind::kWebserverWorker},
}};

/// `airflow COMMAND`, for the commands of one word.
constexpr std::array<Prefix, 9> kCommands = {{
    {"scheduler", TitleKind::kScheduler},
    {"dag-processor", TitleKind::kDagProcessor},
    {"triggerer", TitleKind::kTriggerer},
    {"api-server", TitleKind::kApiServer},
    {"fastapi-api", TitleKind::kApiServer},  // The API server of 2.10, still experimental.
    {"webserver", TitleKind::kWebserver},
    {"serve-logs", TitleKind::kServeLogs},
    {"worker", TitleKind::kOtherAirflow},
    {"executor", TitleKind::kOtherAirflow},
}};

constexpr std::string_view kNul("\0", 1);

std::string_view WithoutPadding(std::string_view cmdline) {
  const std::size_t last = cmdline.find_last_not_of("\0 \n", std::string_view::npos, 3);
  return last == std::string_view::npos ? std::string_view{} : cmdline.substr(0, last + 1);
}

/// The arguments one after the other: parted by NULs, or by spaces where a title was set.
class Arguments {
 public:
  explicit Arguments(std::string_view text)
      : rest_(text), separator_(text.find('\0') == std::string_view::npos ? ' ' : '\0') {}

  /// The next argument; empty once there is none (an empty argument in between is passed over).
  std::string_view Next() {
    while (!rest_.empty() && rest_.front() == separator_) rest_.remove_prefix(1);
    const std::string_view argument = rest_.substr(0, rest_.find(separator_));
    rest_.remove_prefix(argument.size());
    return argument;
  }

  /// All that has not been taken.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  char separator_;
};

std::string_view BaseName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool IsPython(std::string_view program) {
  const std::string_view name = BaseName(program);
  return name.starts_with("python") || name.starts_with("pypy");
}

/// `airflow GROUP COMMAND`, or a command of one word.
TitleKind KindOfCommand(Arguments& arguments) {
  const std::string_view command = arguments.Next();
  for (const Prefix& known : kCommands) {
    if (command == known.text) return known.kind;
  }
  if (command != "celery" && command != "edge" && command != "tasks") {
    return TitleKind::kOtherAirflow;
  }
  const std::string_view action = arguments.Next();
  if (command == "celery" && action == "worker") return TitleKind::kCeleryWorker;
  if (command == "celery" && action == "flower") return TitleKind::kFlower;
  if (command == "edge" && action == "worker") return TitleKind::kEdgeWorker;
  if (command == "tasks" && (action == "run" || action == "test")) return TitleKind::kTask;
  return TitleKind::kOtherAirflow;
}

/// `celery -A airflow.providers... worker`: the command line tool of Celery, given Airflow's app.
TitleKind KindOfCeleryTool(Arguments& arguments) {
  if (arguments.rest().find("airflow.") == std::string_view::npos) return TitleKind::kUnknown;
  for (std::string_view word = arguments.Next(); !word.empty(); word = arguments.Next()) {
    if (word == "worker") return TitleKind::kCeleryWorker;
    if (word == "flower") return TitleKind::kFlower;
  }
  return TitleKind::kOtherAirflow;
}

/// `python -m MODULE ...`
TitleKind KindOfModule(std::string_view module, Arguments& arguments) {
  if (module == "airflow" || module == "airflow.__main__") return KindOfCommand(arguments);
  if (module == "celery") return KindOfCeleryTool(arguments);
  // The pod of a KubernetesExecutor; its arguments hold the task's token.
  if (module.starts_with("airflow.sdk.execution_time")) return TitleKind::kTask;
  if (module.starts_with("airflow.")) return TitleKind::kOtherAirflow;
  return TitleKind::kUnknown;
}

/// `python /path/SCRIPT ...`
TitleKind KindOfScript(std::string_view script, Arguments& arguments) {
  const std::string_view name = BaseName(script);
  if (name == "airflow") return KindOfCommand(arguments);
  if (name == "celery") return KindOfCeleryTool(arguments);
  if (name == "gunicorn" && arguments.rest().find("airflow-webserver") != std::string_view::npos) {
    return TitleKind::kWebserver;  // Not yet titled: it has just been started by the webserver.
  }
  return TitleKind::kUnknown;
}

/// What the interpreter was told to run, behind its own options.
TitleKind KindOfPython(Arguments& arguments) {
  for (std::string_view word = arguments.Next(); !word.empty(); word = arguments.Next()) {
    if (word == "-m") return KindOfModule(arguments.Next(), arguments);
    if (word == "-c") return TitleKind::kUnknown;  // A multiprocessing helper: its parent decides.
    if (word == "-X" || word == "-W") {
      arguments.Next();
    } else if (!word.starts_with('-')) {
      return KindOfScript(word, arguments);
    }
  }
  return TitleKind::kUnknown;
}

/// `[celeryd: celery@HOST:MainProcess] -active- (celery worker ...)`; any Celery worker is taken
/// for Airflow's, since its title does not say whose it is.
TitleKind KindOfCelery(std::string_view title) {
  const std::string_view name = title.substr(0, title.find(']'));
  if (name.ends_with(":MainProcess")) return TitleKind::kCeleryWorker;
  const std::size_t process = name.rfind(':');
  if (process != std::string_view::npos &&
      name.find("PoolWorker-", process) != std::string_view::npos) {
    return TitleKind::kCeleryPoolWorker;
  }
  return TitleKind::kUnknown;
}

/// `airflow worker -- CustomExecutor: ...` is a worker like LocalExecutor's; a task's title has its
/// UUID there.
bool NamesAnExecutor(std::string_view title) {
  constexpr std::string_view kBegin = "airflow worker -- ";
  if (!title.starts_with(kBegin)) return false;
  return title.substr(kBegin.size(), title.find(':') - kBegin.size()).ends_with("Executor");
}

TitleKind KindOfTitle(std::string_view title) {
  if (NamesAnExecutor(title)) return TitleKind::kLocalExecutorWorker;
  for (const Prefix& known : kTitles) {
    if (title.starts_with(known.text)) return known.kind;
  }
  if (title.starts_with("[celeryd: ")) return KindOfCelery(title);
  if (title.starts_with("gunicorn: master")) return TitleKind::kGunicornMaster;
  if (title.starts_with("gunicorn: worker")) return TitleKind::kGunicornWorker;
  return TitleKind::kUnknown;
}

TitleKind KindOfJava(std::string_view cmdline) {
  const auto runs = [cmdline](std::string_view name) {
    return cmdline.find(name) != std::string_view::npos;
  };
  if (runs("org.apache.spark.")) return TitleKind::kSpark;
  if (runs("kafka.Kafka") || runs("org.apache.kafka.")) return TitleKind::kKafka;
  return TitleKind::kJava;
}

/// Neighbours, by the name that the kernel keeps of the program (15 bytes).
TitleKind KindOfNeighbour(std::string_view cmdline, std::string_view comm) {
  if (comm == "postgres") return TitleKind::kPostgres;
  if (comm == "redis-server" || comm == "valkey-server") return TitleKind::kRedis;
  if (comm == "dockerd" || comm == "containerd") return TitleKind::kDocker;
  if (comm == "containerd-shim" || comm == "docker-proxy") return TitleKind::kDockerHelper;
  if (comm == "java") return KindOfJava(cmdline);
  return TitleKind::kUnknown;
}

}  // namespace

TitleKind ReadTitle(std::string_view cmdline, std::string_view comm) {
  const std::string_view text = WithoutPadding(cmdline);
  if (text.empty()) return TitleKind::kUnknown;  // A kernel thread or a zombie.
  const TitleKind title = KindOfTitle(text.substr(0, text.find(kNul)));
  if (title != TitleKind::kUnknown) return title;
  Arguments arguments(text);
  const std::string_view program = arguments.Next();
  if (IsPython(program)) return KindOfPython(arguments);
  if (program == "airflow") return KindOfCommand(arguments);
  return KindOfNeighbour(text, comm);
}

}  // namespace airflow_host
