// hiredis's formatter and parser; its sockets are not used. Works with 0.14 and 1.x, whose
// redisReplyObjectFunctions differ in the type of a count.
#include "collectors/broker/redis_protocol.h"

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <utility>

namespace airflow_host {
namespace {

struct Free {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
  void operator()(char* command) const { redisFreeCommand(command); }
};

/// Copies a reply of hiredis. Its depth is bounded by the budget of elements.
RedisReply Copy(const redisReply& from) {
  RedisReply to;
  switch (from.type) {
    case REDIS_REPLY_NIL:
      to.kind = RedisReply::Kind::kNil;
      break;
    case REDIS_REPLY_INTEGER:
      to.kind = RedisReply::Kind::kInteger;
      to.integer = from.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      to.kind = RedisReply::Kind::kText;
      to.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ERROR:
      to.kind = RedisReply::Kind::kError;
      to.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ARRAY:
      to.kind = RedisReply::Kind::kArray;
      to.elements.reserve(from.elements);
      for (std::size_t index = 0; index < from.elements; ++index) {
        if (from.element[index] == nullptr) continue;
        to.elements.push_back(Copy(*from.element[index]));
      }
      break;
    default:
      to.kind = RedisReply::Kind::kOther;
  }
  return to;
}

tl::unexpected<Error> Malformed(const char* why) {
  return Fail(ErrorKind::kMalformed, std::string("its answer is not Redis's protocol: ") + why);
}

}  // namespace

std::string_view RedisReply::ErrorCode() const {
  if (kind != Kind::kError) return {};
  return std::string_view(text).substr(0, text.find(' '));
}

std::optional<std::uint64_t> RedisReply::Count() const {
  if (kind != Kind::kInteger || integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(integer);
}

bool AppendCommand(const RedisCommand& command, std::string& bytes) {
  std::vector<const char*> arguments;
  std::vector<std::size_t> lengths;
  for (const std::string& argument : command) {
    arguments.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  char* formatted = nullptr;
  const auto length = redisFormatCommandArgv(&formatted, static_cast<int>(command.size()),
                                             arguments.data(), lengths.data());
  const std::unique_ptr<char, Free> owner(formatted);
  if (length <= 0 || formatted == nullptr) return false;
  bytes.append(formatted, static_cast<std::size_t>(length));
  return true;
}

struct ReplyReader::Parser {
  std::unique_ptr<redisReader, Free> reader{redisReaderCreate()};
  /// hiredis's own functions, but for createArray: an array's length is only a number in the
  /// server's answer, and hiredis would allocate for whatever it says.
  redisReplyObjectFunctions functions{};
  decltype(redisReplyObjectFunctions::createArray) create_array = nullptr;
  std::size_t elements = 0;  ///< Of the reply that is being read.
  std::size_t pending = 0;   ///< Bytes that have arrived since the last complete reply.

  Parser() {
    if (!reader) return;
    functions = *reader->fn;
    create_array = functions.createArray;
    functions.createArray = &Parser::CreateArray;
    reader->fn = &functions;
    reader->privdata = this;
  }

  /// The type of `count` is int in 0.14 and std::size_t from 1.0: the pointer it is assigned to
  /// decides.
  template <typename Count>
  static void* CreateArray(const redisReadTask* task, Count count) {
    auto* parser = static_cast<Parser*>(task->privdata);
    const auto wanted = static_cast<std::size_t>(count);
    if (wanted > kMostElements - parser->elements) return nullptr;
    parser->elements += wanted;
    return parser->create_array(task, count);
  }
};

ReplyReader::ReplyReader() : parser_(std::make_unique<Parser>()) {}
ReplyReader::ReplyReader(ReplyReader&&) noexcept = default;
ReplyReader& ReplyReader::operator=(ReplyReader&&) noexcept = default;
ReplyReader::~ReplyReader() = default;

Expected<void> ReplyReader::Feed(std::string_view bytes, std::vector<RedisReply>& replies) {
  Parser& parser = *parser_;
  if (!parser.reader) return Fail(ErrorKind::kFailed, "no memory for Redis's answers");
  parser.pending += bytes.size();
  if (redisReaderFeed(parser.reader.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    return Malformed(parser.reader->errstr);
  }
  while (true) {
    void* raw = nullptr;
    if (redisReaderGetReply(parser.reader.get(), &raw) != REDIS_OK) {
      return Malformed(parser.reader->errstr);
    }
    if (raw == nullptr) break;
    const std::unique_ptr<redisReply, Free> reply(static_cast<redisReply*>(raw));
    replies.push_back(Copy(*reply));
    parser.pending = 0;
    parser.elements = 0;
  }
  if (parser.pending > kLargestReply) return Malformed("a reply is too long");
  return {};
}

}  // namespace airflow_host
