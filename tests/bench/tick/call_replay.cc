// Makes calls by syscall(2), so that no library stands between them and the kernel.
#include "tests/bench/tick/call_replay.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace airflow_host::bench {
namespace {

/// At least as large as any buffer of the recorded calls.
constexpr std::size_t kLargestBuffer = std::size_t{4} << 20;
/// What a plain program would take.
constexpr std::size_t kPlainBuffer = std::size_t{32} << 10;

std::uint64_t AsArgument(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

/// What a recording did to which path, followed by the numbers of its descriptors.
class PathsOfDescriptors {
 public:
  explicit PathsOfDescriptors(const Recording& recording) {
    for (const auto& [number, duplicate] : recording.kept_descriptors) {
      std::error_code ignored;
      paths_[number] =
          std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(duplicate), ignored);
    }
  }

  /// Notes what `call` opened.
  void Follow(const RecordedCall& call) {
    if (call.shape->opens && call.result >= 0) paths_[static_cast<int>(call.result)] = PathOf(call);
  }

  /// The path that `call` is about.
  std::string PathOf(const RecordedCall& call) const {
    if (call.path.starts_with('/') || call.shape->descriptor < 0) return call.path;
    const auto number =
        static_cast<int>(call.arguments[static_cast<std::size_t>(call.shape->descriptor)]);
    const auto found = paths_.find(number);
    const std::string folder = found == paths_.end() ? std::string() : found->second;
    return call.path.empty() ? folder : folder + "/" + call.path;
  }

 private:
  std::map<int, std::string> paths_;
};

}  // namespace

SameCalls::SameCalls(const Recording& recording) : buffer_(kLargestBuffer, '\0') {
  int highest = 0;
  for (const RecordedCall& call : recording.calls) {
    paths_.push_back(call.path);
    if (call.shape->opens) highest = std::max(highest, static_cast<int>(call.result));
  }
  if (!recording.kept_descriptors.empty()) {
    highest = std::max(highest, recording.kept_descriptors.rbegin()->first);
  }
  descriptors_.assign(static_cast<std::size_t>(highest) + 1, -1);
  for (const auto& [number, duplicate] : recording.kept_descriptors) {
    descriptors_[static_cast<std::size_t>(number)] = duplicate;
  }
  for (std::size_t at = 0; at < recording.calls.size(); ++at) {
    const RecordedCall& recorded = recording.calls[at];
    Call call{recorded.shape, recorded.arguments, recorded.result};
    const auto put = [&](int argument, const void* pointer) {
      if (argument >= 0) call.arguments[static_cast<std::size_t>(argument)] = AsArgument(pointer);
    };
    put(recorded.shape->path, paths_[at].c_str());
    put(recorded.shape->buffer, buffer_.data());
    calls_.push_back(call);
  }
}

void SameCalls::Run() {
  different_ = 0;
  for (const Call& call : calls_) {
    auto arguments = call.arguments;
    int* descriptor = nullptr;
    if (call.shape->descriptor >= 0) {
      auto& argument = arguments[static_cast<std::size_t>(call.shape->descriptor)];
      const int number = static_cast<int>(argument);
      if (number >= 0 && static_cast<std::size_t>(number) < descriptors_.size()) {
        descriptor = &descriptors_[static_cast<std::size_t>(number)];
        argument = static_cast<std::uint64_t>(*descriptor);
      }
    }
    const long result = ::syscall(call.shape->number, arguments[0], arguments[1], arguments[2],
                                  arguments[3], arguments[4], arguments[5]);
    if ((result < 0) != (call.result < 0)) ++different_;
    if (call.shape->number == SYS_close && descriptor != nullptr) *descriptor = -1;
    if (!call.shape->opens || result < 0) continue;
    if (call.result >= 0) {
      descriptors_[static_cast<std::size_t>(call.result)] = static_cast<int>(result);
    } else {
      ::close(static_cast<int>(result));
    }
  }
}

PlainReading::PlainReading(const Recording& recording) : buffer_(kPlainBuffer, '\0') {
  PathsOfDescriptors paths(recording);
  std::set<std::pair<std::string, Kind>> known;
  std::size_t tick = 0;
  const auto add = [&](Kind kind, const RecordedCall& call) {
    const std::string path = paths.PathOf(call);
    if (known.emplace(path, kind).second) things_.push_back({kind, path});
  };
  for (const RecordedCall& call : recording.calls) {
    if (call.tick != tick) known.clear();
    tick = call.tick;
    const long number = call.shape->number;
    if (call.result >= 0 && (number == SYS_read || number == SYS_pread64)) add(Kind::kFile, call);
    if (call.result >= 0 && number == SYS_getdents64) add(Kind::kDirectory, call);
    if (number == SYS_readlinkat) add(Kind::kLink, call);
#ifdef SYS_readlink
    if (number == SYS_readlink) add(Kind::kLink, call);
#endif
    paths.Follow(call);
  }
}

void PlainReading::Run() {
  for (const Thing& thing : things_) {
    if (thing.kind == Kind::kLink) {
      ::syscall(SYS_readlinkat, AT_FDCWD, thing.path.c_str(), buffer_.data(), buffer_.size());
      continue;
    }
    const long opened = ::syscall(SYS_openat, AT_FDCWD, thing.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) continue;
    const long number = thing.kind == Kind::kFile ? SYS_read : SYS_getdents64;
    while (::syscall(number, opened, buffer_.data(), buffer_.size()) > 0) {
    }
    ::syscall(SYS_close, opened);
  }
}

}  // namespace airflow_host::bench
