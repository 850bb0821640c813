#include "obol/metric_family.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

namespace obol {

namespace {

const char* name_of(metric_type x) {
  switch (x) {
    case metric_type::counter:
      return "counter";
    case metric_type::gauge:
      return "gauge";
    case metric_type::histogram:
      break;
  }
  return "histogram";
}

/// Help texts escape the backslash and the end of a line, values of labels the
/// quote as well.
void put_escaped(std::string& out, std::string_view text, bool is_label) {
  for (char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\\' || (is_label && c == '"'))
      (out += '\\') += c;
    else
      out += c;
  }
}

void put_value(std::string& out, double x) {
  if (std::isnan(x)) {
    out += "NaN";
  } else if (std::isinf(x)) {
    out += x > 0 ? "+Inf" : "-Inf";
  } else {
    char digits[32];
    auto end = std::to_chars(std::begin(digits), std::end(digits), x).ptr;
    out.append(digits, end);
  }
}

void put_labels(std::string& out, const std::vector<metric_label>& labels) {
  if (labels.empty())
    return;
  char before = '{';
  for (auto& x : labels) {
    out += before;
    out += x.name;
    out += "=\"";
    put_escaped(out, x.value, true);
    out += '"';
    before = ',';
  }
  out += '}';
}

} // namespace

std::string to_prometheus_text(const std::vector<metric_family>& families) {
  std::string out;
  for (auto& family : families) {
    out += "# HELP " + family.name + ' ';
    put_escaped(out, family.help, false);
    out += "\n# TYPE " + family.name + ' ' + name_of(family.type) + '\n';
    for (auto& x : family.samples) {
      out += family.name;
      out += x.suffix;
      put_labels(out, x.labels);
      out += ' ';
      put_value(out, x.value);
      out += '\n';
    }
  }
  return out;
}

} // namespace obol
