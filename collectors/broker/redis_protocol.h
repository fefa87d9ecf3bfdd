// Redis's protocol (RESP2) in memory: commands to bytes, bytes to replies. hiredis does the work;
// this file keeps its types, its allocations and its trust in the server out of the rest.
// https://redis.io/docs/latest/develop/reference/protocol-spec/
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// A command and its arguments; any bytes.
using RedisCommand = std::vector<std::string>;

/// One reply. A plain value.
struct RedisReply {
  enum class Kind {
    kNil,      ///< No such thing.
    kInteger,  ///< `integer`.
    kText,     ///< `text`: a bulk string or a status.
    kError,    ///< `text`: "CODE and a sentence".
    kArray,    ///< `elements`.
    kOther,    ///< A type of a later protocol, which we never ask for.
  };
  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  std::string text;
  std::vector<RedisReply> elements;

  /// The first word of an error: "NOAUTH", "NOPERM", "ERR"; empty for every other kind.
  std::string_view ErrorCode() const;
  /// `integer` where it is one that counts something; nothing for every other kind and below 0.
  std::optional<std::uint64_t> Count() const;
};

/// Appends `command` as the protocol wants it to `bytes`. False where memory is short.
bool AppendCommand(const RedisCommand& command, std::string& bytes);

/// Gathers replies from bytes as they arrive. Total: any bytes lead to replies or to an error, and
/// no server can make it hold more than kLargestReply bytes or kMostElements elements for one
/// reply. Used by one thread.
class ReplyReader {
 public:
  /// INFO has 6 to 8 kB; nothing that we ask for is longer than a few times that.
  static constexpr std::size_t kLargestReply = std::size_t{1024} * 1024;
  /// SCAN with COUNT 100 may answer with up to about ten times as many.
  static constexpr std::size_t kMostElements = 10'000;

  ReplyReader();
  ReplyReader(ReplyReader&&) noexcept;
  ReplyReader& operator=(ReplyReader&&) noexcept;
  ~ReplyReader();

  /// Takes over what has arrived, and appends the replies that are complete to `replies`. After an
  /// error (kMalformed) the reader is of no further use.
  Expected<void> Feed(std::string_view bytes, std::vector<RedisReply>& replies);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace airflow_host
