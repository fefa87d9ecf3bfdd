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

/// What `cgroup` (ContainerLedger::Cgroup, which is private) adds to its key's count.
template <typename Cgroup>
std::optional<std::uint64_t> Counted(const Cgroup& cgroup, EventMember member) {
  const auto& events = cgroup.events.*member;
  if (!events) return std::nullopt;
  return *events - (cgroup.before.*member).value_or(0);
}

template <typename Cgroup>
void AddAll(ContainerMemoryEvents& sum, const Cgroup& cgroup) {
  for (const EventMember member : kEvents) AddTo(sum.*member, Counted(cgroup, member));
}

}  // namespace

void ContainerLedger::Enter(std::span<Container> containers, std::span<const LateKills> late,
                            SteadyTime now) {
  for (const LateKills& one : late) EnterLate(one);
  const std::vector<ContainerKey> keys = ContainerKeys(containers);
  for (std::size_t at = 0; at < keys.size(); ++at) {
    Book& book = books_[keys[at]];
    book.last_seen = now;
    EnterOne(book, containers[at], now);
  }
  Forget(now);
}

ContainerLedger::Life ContainerLedger::LifeOf(std::uint64_t inode) {
  Life life;
  for (auto& [key, book] : books_) {
    for (Cgroup& one : book.cgroups) {
      if (one.inode != inode) continue;
      const bool is_first = life.latest == nullptr;
      life.first_seen = is_first ? one.first_seen : std::min(life.first_seen, one.first_seen);
      if (!is_first && one.last_seen <= life.last_seen) continue;
      life.last_seen = one.last_seen;
      life.latest = &one;
    }
  }
  return life;
}

/// Under the key that the cgroup stood under last.
void ContainerLedger::EnterLate(const LateKills& late) {
  if (Cgroup* const cgroup = LifeOf(late.cgroup_inode).latest) {
    AddTo(cgroup->events.oom_kill, late.oom_kills);
  }
}

/// The entry, under another key, of a cgroup that ran while one of `book` still did; null where it
/// came after them.
const ContainerLedger::Cgroup* ContainerLedger::FindNeighbour(const Book& book,
                                                              std::uint64_t inode) {
  if (book.cgroups.empty()) return nullptr;
  const Life life = LifeOf(inode);
  if (life.latest == nullptr) return nullptr;
  const bool side_by_side = std::any_of(
      book.cgroups.begin(), book.cgroups.end(),
      [&](const Cgroup& one) { return LifeOf(one.inode).last_seen >= life.first_seen; });
  return side_by_side ? life.latest : nullptr;
}

/// Its entry in `book`, made if there is none: then the cgroup took another's place, if there was
/// one and it did not run beside it.
ContainerLedger::Cgroup& ContainerLedger::CgroupOf(Book& book, std::uint64_t inode,
                                                   SteadyTime now) {
  const auto known = std::find_if(book.cgroups.begin(), book.cgroups.end(),
                                  [&](const Cgroup& cgroup) { return cgroup.inode == inode; });
  if (known != book.cgroups.end()) return *known;
  Cgroup entry;
  entry.inode = inode;
  entry.first_seen = now;
  if (const Cgroup* const neighbour = FindNeighbour(book, inode)) {
    entry.events = entry.before = neighbour->events;
    entry.restarts_in_place = neighbour->restarts_in_place;
  } else if (!book.cgroups.empty()) {
    ++book.restarts;
  }
  if (book.cgroups.size() == kMostCgroups) {
    AddAll(book.summed_up, book.cgroups.front());
    book.cgroups.erase(book.cgroups.begin());
  }
  return book.cgroups.emplace_back(entry);
}

void ContainerLedger::EnterOne(Book& book, Container& container, SteadyTime now) {
  Cgroup& cgroup = CgroupOf(book, container.cgroup_inode, now);
  cgroup.last_seen = now;
  for (const EventMember member : kEvents) {
    const auto& seen = container.events.*member;
    if (!seen) continue;
    auto& last = cgroup.events.*member;
    if (last && *seen < *last) {
      AddTo(book.summed_up.*member, Counted(cgroup, member));
      (cgroup.before.*member).reset();
    }
    last = seen;
  }
  // A collector that was built anew counts from 0 again.
  const std::uint64_t in_place = container.restarts_in_place;
  book.restarts += in_place - (in_place < cgroup.restarts_in_place ? 0 : cgroup.restarts_in_place);
  cgroup.restarts_in_place = in_place;

  container.events_of_key = book.summed_up;
  for (const Cgroup& one : book.cgroups) AddAll(container.events_of_key, one);
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
