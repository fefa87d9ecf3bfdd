// Builds, reloads and stops the program's parts.
#include "exporter/app.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/component/component_collector.h"
#include "collectors/oom/oom_observation.h"
#include "collectors/registry.h"
#include "exporter/insight/kill_metrics.h"
#include "exporter/insight/sizing_metrics.h"
#include "exporter/self_metrics.h"
#include "exporter/status_facts.h"

namespace airflow_host {
namespace {

/// How long a reload waits for the old threads: with what a stop may take afterwards, it is over in
/// less than three seconds.
constexpr std::chrono::milliseconds kReloadPatience{500};
/// How long the start waits for the disk that holds the history of the trends.
constexpr std::chrono::milliseconds kHistoryPatience{2000};

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "this host";
  return name.data();
}

/// "90s", "30m", "6h", "1d": the largest unit that divides it.
std::string WindowLabel(std::chrono::seconds window) {
  const auto count = window.count();
  if (count % 86'400 == 0) return std::to_string(count / 86'400) + "d";
  if (count % 3'600 == 0) return std::to_string(count / 3'600) + "h";
  if (count % 60 == 0) return std::to_string(count / 60) + "m";
  return std::to_string(count) + "s";
}

TrendSettings TrendSettingsOf(const Settings& settings) {
  TrendSettings trend;
  trend.windows.clear();
  for (const std::chrono::seconds window : settings.trend_windows) {
    trend.windows.push_back({WindowLabel(window), window});
  }
  for (const CollectorChoice& choice : settings.collectors) {
    if (choice.name == "host") trend.host_cadence = choice.cadence;
    if (choice.name == "container") trend.container_cadence = choice.cadence;
    if (choice.name == "component") trend.component_cadence = choice.cadence;
  }
  return trend;
}

std::vector<CollectorPlan> PlansOf(const Settings& settings) {
  std::vector<CollectorPlan> plans;
  for (const CollectorRow& row : Collectors()) {
    for (const CollectorChoice& choice : settings.collectors) {
      if (choice.name != row.name || !choice.enabled) continue;
      std::string absence;
      if (row.name == "metadata") absence = settings.metadata_absence;
      if (row.name == "broker") absence = settings.broker_absence;
      CollectorPlan& plan =
          plans.emplace_back(CollectorPlan{&row, choice.cadence, std::move(absence), {}});
      // Between two walks over all processes it glances at the new ones.
      if (row.name == "component") plan.pace = std::min(choice.cadence, kGlanceCadence);
    }
  }
  return plans;
}

CollectorSettings CollectorSettingsOf(const Settings& settings,
                                      std::shared_ptr<TaskLookup> task_lookup,
                                      std::shared_ptr<QueueLookup> queue_lookup) {
  CollectorSettings result = settings.collector;
  for (const CollectorChoice& choice : settings.collectors) {
    if (choice.name == "host") result.host_cadence = choice.cadence;
    if (choice.name == "component") result.component_cadence = choice.cadence;
  }
  result.task_lookup = std::move(task_lookup);
  result.queue_lookup = std::move(queue_lookup);
  return result;
}

SizingSources SizingSourcesOf(const Board& board) {
  return {board.Latest<ComponentObservation>("component"),
          board.Latest<MetadataObservation>("metadata"), board.Latest<BrokerObservation>("broker")};
}

WebSettings WebSettingsOf(const Settings& settings) {
  WebSettings web;
  web.threads = static_cast<int>(settings.max_requests);
  web.listen_addresses.clear();
  for (const ListenAddress& address : settings.listen_addresses) {
    const bool ipv6 = address.host.find(':') != std::string::npos;
    web.listen_addresses.push_back((ipv6 ? "[" + address.host + "]" : address.host) + ":" +
                                   std::to_string(address.port));
  }
  return web;
}

}  // namespace

struct App::Generation {
  Generation(const Clock& clock, Log& log) : collectors(clock, log) {}

  CollectorSet collectors;
  std::vector<CollectorPlan> plans;
  CollectorSettings settings;
  std::vector<std::string> notes;  // Of the settings.
  std::unique_ptr<MetricsPage> metrics;
  std::unique_ptr<Router> router;
};

App::App(const Clock& clock, Log& log, MemoryLock memory_lock)
    : clock_(clock), log_(log), memory_lock_(std::move(memory_lock)) {}

App::~App() = default;

Expected<std::shared_ptr<App::Generation>> App::Build(const Settings& settings) {
  auto built = std::make_shared<Generation>(clock_, log_);
  built->plans = PlansOf(settings);
  built->settings = CollectorSettingsOf(settings, task_lookup_, queue_lookup_);
  auto collectors = built->collectors.Build(
      built->plans, built->settings,
      [this](std::shared_ptr<const Observation> observation, SteadyTime began) {
        return insights_->Absorb(std::move(observation), began);
      });
  if (!collectors) return tl::unexpected(collectors.error());
  built->notes = settings.notes;
  if (!memory_lock_.locked && settings.lock_memory) {
    built->notes.push_back(
        "The program's memory is not locked, so a thrashing host can slow it "
        "down: " +
        memory_lock_.problem + ".");
  }
  const Board& board = built->collectors.board();
  built->metrics = std::make_unique<MetricsPage>(
      board, std::vector<MetricsPage::Describer>{
                 [this](MetricWriter& writer) { insights_->Describe(writer); },
                 [this, &board](MetricWriter& writer) {
                   DescribeSizing(insights_->Size(SizingSourcesOf(board)), writer);
                 },
                 [this, &board](MetricWriter& writer) {
                   // What comes from a stale reading is left out, not repeated.
                   if (!board.Latest<OomObservation>("oom")) return;
                   DescribeKills(*insights_->Kills(), writer);
                 },
                 [this](MetricWriter& writer) {
                   DescribeSelf(memory_lock_.locked, log_.dropped(), writer);
                 }});
  built->router = std::make_unique<Router>(
      settings.telemetry_path, board, *built->metrics,
      [this, generation = built.get()] {
        StatusPageInput input;
        input.version = ThisBuild().version;
        input.hostname = HostName();
        input.now = clock_.SystemNow();
        input.entries = generation->collectors.board().Read();
        input.kills = insights_->Kills();
        input.facts = TroubleOf(insights_->Reconciled());
        const Board& fresh = generation->collectors.board();
        const auto summary = SummaryOf(fresh, insights_->Size(SizingSourcesOf(fresh)));
        input.facts.insert(input.facts.end(), summary.begin(), summary.end());
        input.notes = ProblemsOf(generation->collectors.board());
        input.notes.insert(input.notes.begin(), generation->notes.begin(), generation->notes.end());
        return input;
      },
      [this] { return insights_->Kills(); });
  return built;
}

std::shared_ptr<App::Generation> App::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

HttpResponse App::Handle(const HttpRequest& request) {
  const auto generation = Current();
  return generation->router->Handle(request);
}

Expected<void> App::StartKeeper(const Settings& settings) {
  if (settings.storage_path.empty()) {
    log_.Info("the history of trends is not kept over a restart: there is no --storage.path");
    return {};
  }
  keeper_ = std::make_unique<TrendKeeper>(settings.storage_path, settings.collector.paths.procfs,
                                          insights_->trends(), clock_, log_);
  return keeper_->Start(kHistoryPatience);
}

Expected<void> App::Start(const Settings& settings) {
  insights_ = std::make_unique<Insights>(InsightSettings{.trend = TrendSettingsOf(settings),
                                                         .execution = settings.execution,
                                                         .task_lookup = task_lookup_,
                                                         .queue_lookup = queue_lookup_},
                                         clock_);
  auto built = Build(settings);
  if (!built) return tl::unexpected(built.error());
  current_ = *built;
  auto server = WebServer::Start(WebSettingsOf(settings),
                                 [this](const HttpRequest& request) { return Handle(request); });
  if (!server) return tl::unexpected(server.error());
  server_ = std::move(*server);
  for (const std::uint16_t port : server_->ports()) {
    log_.Info("listening", {{"port", std::to_string(port)}, {"path", settings.telemetry_path}});
  }
  if (auto started = StartKeeper(settings); !started) return started;
  return current_->collectors.Start();
}

Expected<bool> App::Reload(const Settings& settings) {
  const auto old = Current();
  if (old->plans == PlansOf(settings) &&
      old->settings == CollectorSettingsOf(settings, task_lookup_, queue_lookup_)) {
    log_.Info("settings reloaded; none of them concerns a collector");
    return true;
  }
  auto built = Build(settings);
  if (!built) {
    log_.Error("settings not reloaded, the old ones stay", {{"reason", built.error().message}});
    return false;
  }
  if (!old->collectors.Stop(clock_.SteadyNow() + kReloadPatience)) {
    log_.Warn("a collector did not end for the reload; it is left behind");
    unstoppable_.push_back(old);
  }
  {
    const std::lock_guard lock(mutex_);
    current_ = *built;
  }
  if (auto started = (*built)->collectors.Start(); !started) {
    return tl::unexpected(started.error());
  }
  log_.Info("settings reloaded; the collectors started anew");
  return true;
}

bool App::Stop(SteadyTime limit) {
  bool ended = unstoppable_.empty();
  if (const auto generation = Current()) ended = generation->collectors.Stop(limit) && ended;
  if (keeper_ != nullptr) {
    keeper_->Stop();
    ended = keeper_->JoinUntil(limit) && ended;
  }
  server_.reset();
  return ended;
}

}  // namespace airflow_host
