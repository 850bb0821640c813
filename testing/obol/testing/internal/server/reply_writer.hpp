#pragma once

#include "obol/testing/internal/server/numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace obol::testing::internal {

/// Writes a reply (RESP2) at the end of a text.
class reply_writer {
public:
  explicit reply_writer(std::string& out) : out_(out), begin_(out.size()) {
  }

  void status(std::string_view text) {
    line('+', text);
  }

  /// @param text begins with the code, like `ERR`. Line ends at its end are cut
  ///   off, others become blanks.
  void error(std::string_view text) {
    text = text.substr(0, text.find_last_not_of("\r\n") + 1);
    auto begin = out_.size();
    line('-', text);
    auto end = out_.end() - 2;
    auto is_line_end = [](char c) { return c == '\r' || c == '\n'; };
    std::replace_if(out_.begin() + static_cast<std::ptrdiff_t>(begin), end,
                    is_line_end, ' ');
  }

  void integer(std::int64_t value) {
    line(':', number_text{value}.view());
  }

  void bulk(std::string_view bytes) {
    line('$', number_text{static_cast<std::int64_t>(bytes.size())}.view());
    out_.append(bytes).append("\r\n");
  }

  void nil() {
    out_.append("$-1\r\n");
  }

  /// The head of an array: its elements must follow.
  void array(std::size_t size) {
    line('*', number_text{static_cast<std::int64_t>(size)}.view());
  }

  void ok() {
    out_.append("+OK\r\n");
  }

  /// What has been written.
  std::string_view written() const {
    return std::string_view{out_}.substr(begin_);
  }

private:
  void line(char mark, std::string_view text) {
    out_.push_back(mark);
    out_.append(text).append("\r\n");
  }

  std::string& out_;
  std::size_t begin_;
};

} // namespace obol::testing::internal
