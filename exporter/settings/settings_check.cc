// Checks whether the settings fit each other.
#include "exporter/settings/settings_check.h"

#include <chrono>
#include <string>

#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestCadence{100};
constexpr milliseconds kLongestCadence = std::chrono::hours(1);
constexpr int kObservationsPerWindow = 24;
constexpr std::string_view kTrendCollector = "component";

std::string CadenceName(const CollectorChoice& choice) {
  return "collector." + std::string(choice.name) + ".cadence";
}

}  // namespace

SettingsExpected<void> CheckSettings(SourcedSettings& sourced, const Settings& settings) {
  for (const CollectorChoice& choice : settings.collectors) {
    const SourcedSetting& cadence = sourced.Find(CadenceName(choice));
    if (choice.cadence < kShortestCadence || choice.cadence > kLongestCadence) {
      return FailUsage(SubjectOf(cadence) + " wants a duration from 100ms to 1h, not " +
                       Quoted(cadence.values.front()));
    }
    const milliseconds least = choice.cadence * kObservationsPerWindow;
    const milliseconds shortest = settings.trend_windows.front();
    if (choice.name != kTrendCollector || !choice.enabled || shortest >= least) continue;
    return FailUsage("trend.windows (" + sourced.Find("trend.windows").origin + ") holds " +
                     DurationText(shortest) + ", but with " + cadence.row->name + " " +
                     DurationText(choice.cadence) + " (" + cadence.origin +
                     ") a window must be at least " + DurationText(least));
  }
  return {};
}

}  // namespace airflow_host
