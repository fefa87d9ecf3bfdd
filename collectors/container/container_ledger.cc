// Sums up the counts of the cgroups that stood under one key.
#include "collectors/container/container_ledger.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace airflow_host {
namespace {

using EventMember = std::optional<std::uint64_t> ContainerMemoryEvents::*;
constexpr std::array<EventMember, 6> kEvents = {
    &ContainerMemoryEvents::low, &ContainerMemoryEvents::high,     &ContainerMemoryEvents::max,
    &ContainerMemoryEvents::oom, &ContainerMemoryEvents::oom_kill, &ContainerMemoryEvents::fail};

/// Unknown only where both are.
void AddTo(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

}  // namespace

void ContainerLedger::Enter(std::span<Container> containers, std::span<const LateKills> late,
                            SteadyTime now) {
  for (const LateKills& one : late) EnterLate(one);
  const std::vector<ContainerKey> keys = ContainerKeys(containers);
  for (std::size_t at = 0; at < keys.size(); ++at) {
    Book& book = books_[keys[at]];
    book.last_seen = now;
    EnterOne(book, containers[at]);
  }
  Forget(now);
}

/// Under the key that the cgroup stood under last.
void ContainerLedger::EnterLate(const LateKills& late) {
  Book* last = nullptr;
  Cgroup* cgroup = nullptr;
  for (auto& [key, book] : books_) {
    const auto found =
        std::find_if(book.cgroups.begin(), book.cgroups.end(),
                     [&](const Cgroup& one) { return one.inode == late.cgroup_inode; });
    if (found == book.cgroups.end() || (last != nullptr && last->last_seen >= book.last_seen)) {
      continue;
    }
    last = &book;
    cgroup = &*found;
  }
  if (cgroup != nullptr) AddTo(cgroup->events.oom_kill, late.oom_kills);
}

/// Its entry in `book`, made if there is none: then the cgroup took another's place, if there was
/// one.
ContainerLedger::Cgroup& ContainerLedger::CgroupOf(Book& book, std::uint64_t inode) {
  const auto known = std::find_if(book.cgroups.begin(), book.cgroups.end(),
                                  [&](const Cgroup& cgroup) { return cgroup.inode == inode; });
  if (known != book.cgroups.end()) return *known;
  if (!book.cgroups.empty()) ++book.restarts;
  if (book.cgroups.size() == kMostCgroups) {
    for (const EventMember member : kEvents) {
      AddTo(book.summed_up.*member, book.cgroups.front().events.*member);
    }
    book.cgroups.erase(book.cgroups.begin());
  }
  return book.cgroups.emplace_back(Cgroup{inode, {}, 0});
}

void ContainerLedger::EnterOne(Book& book, Container& container) {
  Cgroup& cgroup = CgroupOf(book, container.cgroup_inode);
  for (const EventMember member : kEvents) {
    const auto& seen = container.events.*member;
    if (!seen) continue;
    auto& last = cgroup.events.*member;
    if (last && *seen < *last) AddTo(book.summed_up.*member, last);
    last = seen;
  }
  // A collector that was built anew counts from 0 again.
  const std::uint64_t in_place = container.restarts_in_place;
  book.restarts += in_place - (in_place < cgroup.restarts_in_place ? 0 : cgroup.restarts_in_place);
  cgroup.restarts_in_place = in_place;

  container.events_of_key = book.summed_up;
  for (const Cgroup& one : book.cgroups) {
    for (const EventMember member : kEvents) {
      AddTo(container.events_of_key.*member, one.events.*member);
    }
  }
  container.restarts_of_key = book.restarts;
  if (!container.component.empty()) book.component = container.component;
  // Without a name the component is the key, and may not be guessed.
  if (container.component.empty() && !container.name.empty()) container.component = book.component;
}

void ContainerLedger::Forget(SteadyTime now) {
  std::erase_if(books_,
                [&](const auto& entry) { return now - entry.second.last_seen >= kForgetAfter; });
  std::vector<SteadyTime> vacant;
  for (const auto& [key, book] : books_) {
    if (book.last_seen != now) vacant.push_back(book.last_seen);
  }
  if (vacant.size() <= kMostVacant) return;
  const auto first_kept = vacant.end() - static_cast<std::ptrdiff_t>(kMostVacant);
  std::nth_element(vacant.begin(), first_kept, vacant.end());
  std::erase_if(books_, [&](const auto& entry) { return entry.second.last_seen < *first_kept; });
}

}  // namespace airflow_host
