// A pass over the events of a JSON parser: strings other than the id are never stored.
#include "collectors/broker/message_id.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace airflow_host {
namespace {

using Json = nlohmann::json;

/// Looks for `headers.id` of the object at `message_depth`: 1 where the text is that object, 2
/// where it is the first element of an array. Every callback that returns false ends the parsing.
class IdFinder final : public nlohmann::json_sax<Json> {
 public:
  explicit IdFinder(std::size_t message_depth) : message_depth_(message_depth) {}

  /// The id, once the parsing has ended.
  std::optional<std::string> Take() { return std::move(id_); }

  bool null() override { return InMessage(); }
  bool boolean(bool) override { return InMessage(); }
  bool number_integer(number_integer_t) override { return InMessage(); }
  bool number_unsigned(number_unsigned_t) override { return InMessage(); }
  bool number_float(number_float_t, const string_t&) override { return InMessage(); }
  bool binary(binary_t&) override { return false; }
  bool string(string_t& value) override {
    const bool is_id = InHeaders() && at_id_;
    if (is_id && !value.empty() && value.size() <= kLongestMessageId) id_ = value;
    return InMessage() && !is_id;
  }
  bool key(string_t& name) override {
    if (depth_ == message_depth_) at_headers_ = name == "headers";
    at_id_ = InHeaders() && name == "id";
    return true;
  }
  bool start_object(std::size_t) override { return Open(true); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(false); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  bool InMessage() const { return depth_ >= message_depth_; }
  bool InHeaders() const { return in_headers_ && depth_ == message_depth_ + 1; }

  bool Open(bool object) {
    ++depth_;
    if (depth_ == message_depth_ + 1) in_headers_ = object && at_headers_;
    at_id_ = false;
    return depth_ > message_depth_ || object == (depth_ == message_depth_);
  }
  bool Close() {
    --depth_;
    return InMessage();
  }

  const std::size_t message_depth_;
  std::size_t depth_ = 0;
  bool at_headers_ = false;  ///< The value that follows belongs to the message's key "headers".
  bool in_headers_ = false;
  bool at_id_ = false;  ///< The value that follows belongs to their key "id".
  std::optional<std::string> id_;
};

std::optional<std::string> FindId(std::string_view text, std::size_t message_depth) {
  IdFinder finder(message_depth);
  Json::sax_parse(text.begin(), text.end(), &finder);
  return finder.Take();
}

}  // namespace

std::optional<std::string> WaitingMessageId(std::string_view text) { return FindId(text, 1); }

std::optional<std::string> UnackedMessageId(std::string_view text) { return FindId(text, 2); }

}  // namespace airflow_host
