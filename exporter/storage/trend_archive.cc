// Writes and reads the archive. The payload:
//
//   text       boot id                          (text: u16 length, then its bytes)
//   tracks     host
//   u32 count, each: text cgroup path, u64 mark, tracks    containers
//   u32 count, each: u32 pid, u64 start ticks, tracks      processes
//
//   tracks:    u8 count, each a track
//   track:     u8 count, each a series; hours
//   series:    i64 width in nanoseconds, u16 buckets, i64 open bucket, f32 its minimum,
//              u16 count, each f32 the minimum of a closed bucket
//   hours:     i64 open hour, u8 seen from its start, f32 its low, u16 count, each f32 a low
#include "exporter/storage/trend_archive.h"

#include <zlib.h>

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace airflow_host {
namespace {

constexpr std::string_view kMagic = "AHXTREND";
constexpr std::size_t kHeader = 8 + 3 * sizeof(std::uint32_t);
static_assert(std::endian::native == std::endian::little, "numbers are written as they stand");

std::uint32_t Checksum(std::string_view payload) {
  std::uint32_t sum = 0;
  // The length fits: no archive is longer than kLongestArchive.
  sum = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(payload.data()), static_cast<uInt>(payload.size())));
  return sum;
}

class Encoder {
 public:
  template <typename Number>
  void Put(Number number) {
    static_assert(std::is_arithmetic_v<Number>);
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }

  void Put(std::string_view text) {
    const std::string_view kept = text.substr(0, std::numeric_limits<std::uint16_t>::max());
    Put(static_cast<std::uint16_t>(kept.size()));
    bytes_.append(kept);
  }

  void Put(const std::vector<float>& numbers) {
    Put(static_cast<std::uint16_t>(numbers.size()));
    for (const float number : numbers) Put(number);
  }

  void Put(const std::vector<TrendTrackState>& tracks) {
    Put(static_cast<std::uint8_t>(tracks.size()));
    for (const TrendTrackState& track : tracks) Put(track);
  }

  std::string Take() { return std::move(bytes_); }

 private:
  void Put(const TrendTrackState& track) {
    Put(static_cast<std::uint8_t>(track.series.size()));
    for (const TrendSeriesState& series : track.series) {
      Put(series.width_nanoseconds);
      Put(series.buckets);
      Put(series.current);
      Put(series.open_minimum);
      Put(series.minima);
    }
    Put(track.hours.current);
    Put(static_cast<std::uint8_t>(track.hours.from_the_start ? 1 : 0));
    Put(track.hours.open_low);
    Put(track.hours.lows);
  }

  std::string bytes_;
};

/// Reads forward; past the end everything is 0 and `failed` stays true.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number Get() {
    Number number{};
    if (bytes_.size() < sizeof(number)) {
      Fail();
      return number;
    }
    std::memcpy(&number, bytes_.data(), sizeof(number));
    bytes_.remove_prefix(sizeof(number));
    return number;
  }

  std::string GetText() {
    const std::size_t length = Get<std::uint16_t>();
    if (length > bytes_.size()) Fail();
    std::string text(bytes_.substr(0, length));
    bytes_.remove_prefix(text.size());
    return text;
  }

  std::vector<TrendTrackState> GetTracks() {
    std::vector<TrendTrackState> tracks;
    for (std::size_t left = Get<std::uint8_t>(); left > 0 && !failed_; --left) {
      tracks.push_back(GetTrack());
    }
    return tracks;
  }

  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  void Fail() {
    failed_ = true;
    bytes_ = {};
  }

  std::vector<float> GetNumbers() {
    const std::size_t count = Get<std::uint16_t>();
    std::vector<float> numbers;
    // Nothing is reserved for numbers that are not there.
    if (count * sizeof(float) > bytes_.size()) {
      Fail();
      return numbers;
    }
    numbers.resize(count);
    if (count > 0) std::memcpy(numbers.data(), bytes_.data(), count * sizeof(float));
    bytes_.remove_prefix(count * sizeof(float));
    return numbers;
  }

  TrendTrackState GetTrack() {
    TrendTrackState track;
    for (std::size_t left = Get<std::uint8_t>(); left > 0 && !failed_; --left) {
      TrendSeriesState series;
      series.width_nanoseconds = Get<std::int64_t>();
      series.buckets = Get<std::uint16_t>();
      series.current = Get<std::int64_t>();
      series.open_minimum = Get<float>();
      series.minima = GetNumbers();
      track.series.push_back(std::move(series));
    }
    track.hours.current = Get<std::int64_t>();
    track.hours.from_the_start = Get<std::uint8_t>() != 0;
    track.hours.open_low = Get<float>();
    track.hours.lows = GetNumbers();
    return track;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

std::string Payload(const TrendArchive& archive) {
  Encoder encoder;
  encoder.Put(std::string_view(archive.boot_id));
  encoder.Put(archive.history.host);
  encoder.Put(static_cast<std::uint32_t>(archive.history.containers.size()));
  for (const ContainerTrendState& container : archive.history.containers) {
    encoder.Put(std::string_view(container.identity.cgroup_path));
    encoder.Put(container.identity.mark);
    encoder.Put(container.tracks);
  }
  encoder.Put(static_cast<std::uint32_t>(archive.history.processes.size()));
  for (const ProcessTrendState& process : archive.history.processes) {
    encoder.Put(static_cast<std::int32_t>(process.identity.pid));
    encoder.Put(process.identity.start_ticks);
    encoder.Put(process.tracks);
  }
  return encoder.Take();
}

Expected<TrendArchive> ParsePayload(std::string_view payload) {
  Decoder decoder(payload);
  TrendArchive archive;
  archive.boot_id = decoder.GetText();
  archive.history.host = decoder.GetTracks();
  for (auto left = decoder.Get<std::uint32_t>(); left > 0 && !decoder.failed(); --left) {
    ContainerTrendState container;
    container.identity.cgroup_path = decoder.GetText();
    container.identity.mark = decoder.Get<std::uint64_t>();
    container.tracks = decoder.GetTracks();
    archive.history.containers.push_back(std::move(container));
  }
  for (auto left = decoder.Get<std::uint32_t>(); left > 0 && !decoder.failed(); --left) {
    ProcessTrendState process;
    process.identity.pid = decoder.Get<std::int32_t>();
    process.identity.start_ticks = decoder.Get<std::uint64_t>();
    process.tracks = decoder.GetTracks();
    archive.history.processes.push_back(std::move(process));
  }
  if (decoder.failed() || !decoder.at_end()) {
    return Fail(ErrorKind::kMalformed, "is not laid out as a history of trends");
  }
  return archive;
}

}  // namespace

std::string EncodeTrendArchive(const TrendArchive& archive) {
  const std::string payload = Payload(archive);
  Encoder encoder;
  for (const char letter : kMagic) encoder.Put(letter);
  encoder.Put(kArchiveVersion);
  encoder.Put(Checksum(payload));
  encoder.Put(static_cast<std::uint32_t>(payload.size()));
  return encoder.Take() + payload;
}

Expected<TrendArchive> DecodeTrendArchive(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic || bytes.size() < kHeader) {
    return Fail(ErrorKind::kMalformed, "is no history of trends");
  }
  Decoder header(bytes.substr(kMagic.size()));
  const auto version = header.Get<std::uint32_t>();
  const auto checksum = header.Get<std::uint32_t>();
  const auto length = header.Get<std::uint32_t>();
  if (version != kArchiveVersion) {
    return Fail(ErrorKind::kMalformed, "has version " + std::to_string(version) +
                                           ", and this program reads version " +
                                           std::to_string(kArchiveVersion));
  }
  const std::string_view payload = bytes.substr(kHeader);
  if (length != payload.size() || length > kLongestArchive) {
    return Fail(ErrorKind::kMalformed, "is cut off, or longer than it should be");
  }
  if (checksum != Checksum(payload)) {
    return Fail(ErrorKind::kMalformed, "is damaged: its checksum does not fit");
  }
  return ParsePayload(payload);
}

}  // namespace airflow_host
