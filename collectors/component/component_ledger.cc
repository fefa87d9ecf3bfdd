// Keeps the accounts of the components from walk to walk.
#include "collectors/component/component_ledger.h"

#include <algorithm>
#include <utility>

namespace airflow_host {
namespace {

/// Adds what has grown since the last count.
void AddGrowth(std::uint64_t now, std::uint64_t& counted, std::uint64_t& total) {
  if (now > counted) total += now - counted;
  counted = std::max(now, counted);
}

}  // namespace

void ComponentLedger::Enter(std::vector<KnownProcess>& processes) {
  for (MainProcesses& mains : mains_) {
    std::swap(mains.before, mains.now);
    mains.now.clear();
  }
  for (KnownProcess& process : processes) {
    if (!process.classification.component) continue;
    CountTime(process);
    if (process.classification.role != Role::kMain) continue;
    mains_.at(IndexOf(*process.classification.component))
        .now.push_back({process.pid, process.start_ticks, false});
  }
  for (std::size_t at = 0; at < kComponentLimit; ++at) {
    CountRestarts(mains_.at(at), accounts_.at(at), first_walk_);
  }
  first_walk_ = false;
}

void ComponentLedger::EnterGlance(std::vector<KnownProcess>& processes) {
  for (KnownProcess& process : processes) {
    if (process.classification.component) CountTime(process);
  }
}

void ComponentLedger::CountTime(KnownProcess& process) {
  ComponentAccount& account = accounts_.at(IndexOf(*process.classification.component));
  account.seen = true;
  AddGrowth(process.user_ticks, process.counted_user_ticks, account.user_ticks);
  AddGrowth(process.system_ticks, process.counted_system_ticks, account.system_ticks);
}

void ComponentLedger::CountRestarts(MainProcesses& mains, ComponentAccount& account,
                                    bool first_walk) {
  const auto same = [](const MainProcess& one) {
    return [&one](const MainProcess& other) {
      return other.pid == one.pid && other.start_ticks == one.start_ticks;
    };
  };
  for (const MainProcess& old : mains.before) {
    if (old.established && std::none_of(mains.now.begin(), mains.now.end(), same(old))) {
      ++mains.departed;
    }
  }
  for (MainProcess& main : mains.now) {
    const bool stayed = std::any_of(mains.before.begin(), mains.before.end(), same(main));
    // What the first walk finds has been there before us.
    main.established = stayed || first_walk;
    if (stayed || mains.departed == 0) continue;
    --mains.departed;
    ++account.restarts;
    main.established = true;
  }
}

}  // namespace airflow_host
