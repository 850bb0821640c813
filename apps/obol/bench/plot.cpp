#include "bench/plot.hpp"

#include "bench/plot_axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>

namespace obol::bench {

namespace {

// In pixels.
constexpr double width = 800;
constexpr double panel_height = 360;
constexpr double left = 80;
constexpr double right = 610;
constexpr double top = 50;
constexpr double bottom = 300;
constexpr double legend = 630;
constexpr double label_distance = 34;

/// A kind of client and how it is drawn; colours that the colour-blind tell
/// apart.
struct series_style {
  const char* name;
  const char* color;
};

constexpr std::array<series_style, 3> series{
  {{"actors", "#0072b2"}, {"facade", "#d55e00"}, {"hiredis", "#555555"}}};

struct percentile_style {
  metric what;
  const char* name;
  const char* dashes;
};

constexpr std::array<percentile_style, 3> percentiles{
  {{metric::p50, "p50", "none"},
   {metric::p99, "p99", "7 4"},
   {metric::p999, "p99.9", "2 3"}}};

using cells = std::vector<const cell_report*>;

bool is_drawn(const cell_report& x) {
  return x.load > 0 && !x.panel.empty()
         && std::any_of(series.begin(), series.end(),
                        [&](auto& y) { return x.series == y.name; });
}

/// The panels' names, in the order of their first cells.
std::vector<std::string> panels_of(const report& x) {
  std::vector<std::string> result;
  for (const auto& cell : x.cells)
    if (is_drawn(cell)
        && std::find(result.begin(), result.end(), cell.panel) == result.end())
      result.push_back(cell.panel);
  return result;
}

void write_text(std::ostream& out, double x, double y, const char* anchor,
                const std::string& text, const char* more = "") {
  out << "<text x='" << x << "' y='" << y << "' text-anchor='" << anchor << "' "
      << more << '>' << text << "</text>\n";
}

void write_line(std::ostream& out, double x1, double y1, double x2, double y2,
                const std::string& style) {
  out << "<line x1='" << x1 << "' y1='" << y1 << "' x2='" << x2 << "' y2='"
      << y2 << "' " << style << "/>\n";
}

std::string stroke(const char* color, const char* dashes) {
  return std::string{"fill='none' stroke-width='2' stroke='"} + color
         + "' stroke-dasharray='" + dashes + "'";
}

/// One panel: a frame, a grid, and a line for each percentile of each series.
class panel {
public:
  panel(std::ostream& out, std::string title, cells content)
    : out_(out), title_(std::move(title)), cells_(std::move(content)),
      x_(loads(), left, right), y_(latencies(), bottom, top) {
  }

  void write() {
    write_text(out_, left, top - 18, "start", title_,
               "font-size='16' font-weight='bold'");
    write_grid();
    for (const auto& who : series)
      for (const auto& what : percentiles)
        write_series(who, what);
    write_legend();
  }

private:
  std::vector<double> loads() const {
    std::vector<double> result;
    for (auto x : cells_)
      result.push_back(x->load);
    std::sort(result.begin(), result.end());
    return result;
  }

  std::vector<double> latencies() const {
    std::vector<double> result;
    for (auto x : cells_)
      for (const auto& what : percentiles)
        if (auto y = spread_of(x->rounds, what.what).median; y > 0)
          result.push_back(y);
    return result;
  }

  void write_grid() {
    out_ << "<rect x='" << left << "' y='" << top << "' width='" << right - left
         << "' height='" << bottom - top
         << "' fill='none' stroke='#888888'/>\n";
    for (auto y : y_.ticks()) {
      write_line(out_, left, y_.at(y), right, y_.at(y), "stroke='#dddddd'");
      write_text(out_, left - 8, y_.at(y) + 4, "end", time_text(y));
    }
    auto last = left - label_distance;
    for (auto x : loads()) {
      write_line(out_, x_.at(x), top, x_.at(x), bottom, "stroke='#eeeeee'");
      if (x_.at(x) - last < label_distance)
        continue;
      last = x_.at(x);
      write_text(out_, last, bottom + 18, "middle", count_text(x));
    }
    auto is_open = title_.find("open") != std::string::npos;
    write_text(out_, (left + right) / 2, bottom + 40, "middle",
               is_open ? "operations a second"
                       : "clients, each waiting for its "
                         "answer before it asks again");
    write_text(
      out_, 20, (top + bottom) / 2, "middle", "latency",
      ("transform='rotate(-90 20 " + std::to_string((top + bottom) / 2) + ")'")
        .c_str());
  }

  void write_series(const series_style& who, const percentile_style& what) {
    std::ostringstream points;
    std::ostringstream dots;
    for (auto cell : sorted(who.name)) {
      auto y = spread_of(cell->rounds, what.what).median;
      if (!(y > 0))
        continue;
      points << x_.at(cell->load) << ',' << y_.at(y) << ' ';
      dots << "<circle cx='" << x_.at(cell->load) << "' cy='" << y_.at(y)
           << "' r='3' fill='" << who.color << "'/>\n";
    }
    if (points.str().empty())
      return;
    out_ << "<polyline " << stroke(who.color, what.dashes) << " points='"
         << points.str() << "'/>\n"
         << dots.str();
  }

  cells sorted(const std::string& who) const {
    cells result;
    for (auto x : cells_)
      if (x->series == who)
        result.push_back(x);
    std::sort(result.begin(), result.end(),
              [](auto a, auto b) { return a->load < b->load; });
    return result;
  }

  void write_legend() {
    auto y = top + 10;
    for (const auto& who : series) {
      if (sorted(who.name).empty())
        continue;
      for (const auto& what : percentiles) {
        write_line(out_, legend, y, legend + 34, y,
                   stroke(who.color, what.dashes));
        write_text(out_, legend + 42, y + 4, "start",
                   std::string{who.name} + ", " + what.name);
        y += 20;
      }
      y += 8;
    }
  }

  std::ostream& out_;
  std::string title_;
  cells cells_;
  log_axis x_;
  log_axis y_;
};

} // namespace

std::string plot_of(const report& x) {
  auto titles = panels_of(x);
  auto height = panel_height * static_cast<double>(titles.size());
  std::ostringstream out;
  out << "<svg xmlns='http://www.w3.org/2000/svg' width='" << width
      << "' height='" << height
      << "' font-family='sans-serif' font-size='12'>\n"
      << "<rect width='100%' height='100%' fill='white'/>\n";
  double offset = 0;
  for (const auto& title : titles) {
    cells content;
    for (const auto& cell : x.cells)
      if (is_drawn(cell) && cell.panel == title)
        content.push_back(&cell);
    out << "<g transform='translate(0 " << offset << ")'>\n";
    panel{out, title, std::move(content)}.write();
    out << "</g>\n";
    offset += panel_height;
  }
  out << "</svg>\n";
  return out.str();
}

bool draw_plot(const report& x, const std::string& path) {
  std::ofstream file{path};
  file << plot_of(x);
  return static_cast<bool>(file.flush());
}

} // namespace obol::bench
