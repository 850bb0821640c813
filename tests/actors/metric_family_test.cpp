#include "obol/metric_family.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace obol::test {
namespace {

std::string text_of(double value) {
  auto text
    = to_prometheus_text({{"x", "", metric_type::gauge, {{"", {}, value}}}});
  return text.substr(text.rfind("x ") + 2);
}

TEST(MetricFamilyTest, NameHelpAndTypeStandAboveTheValues) {
  EXPECT_EQ(to_prometheus_text(
              {{"obol_a_total",
                "How many.",
                metric_type::counter,
                {{"", {{"reason", "lost"}}, 3}}},
               {"obol_b", "Now.", metric_type::gauge, {{"", {}, 0.5}}}}),
            "# HELP obol_a_total How many.\n"
            "# TYPE obol_a_total counter\n"
            "obol_a_total{reason=\"lost\"} 3\n"
            "# HELP obol_b Now.\n"
            "# TYPE obol_b gauge\n"
            "obol_b 0.5\n");
}

TEST(MetricFamilyTest, HistogramsHaveSuffixes) {
  metric_family x{"t",
                  "Time.",
                  metric_type::histogram,
                  {{"_bucket", {{"a", "b"}, {"le", "+Inf"}}, 2},
                   {"_sum", {{"a", "b"}}, 0.25},
                   {"_count", {{"a", "b"}}, 2}}};
  EXPECT_EQ(to_prometheus_text({x}), "# HELP t Time.\n"
                                     "# TYPE t histogram\n"
                                     "t_bucket{a=\"b\",le=\"+Inf\"} 2\n"
                                     "t_sum{a=\"b\"} 0.25\n"
                                     "t_count{a=\"b\"} 2\n");
}

TEST(MetricFamilyTest, WhatWouldEndALineOrALabelIsEscaped) {
  EXPECT_EQ(to_prometheus_text({{"x",
                                 "a \"b\" \\ c\nd",
                                 metric_type::gauge,
                                 {{"", {{"l", "a \"b\" \\ c\nd"}}, 1}}}}),
            "# HELP x a \"b\" \\\\ c\\nd\n"
            "# TYPE x gauge\n"
            "x{l=\"a \\\"b\\\" \\\\ c\\nd\"} 1\n");
}

TEST(MetricFamilyTest, NumbersLoseNothing) {
  EXPECT_EQ(text_of(9'007'199'254'740'991.0), "9007199254740991\n");
  EXPECT_EQ(text_of(0.000125), "0.000125\n");
  EXPECT_EQ(text_of(1'795'000'000.25), "1795000000.25\n");
  EXPECT_EQ(text_of(std::numeric_limits<double>::infinity()), "+Inf\n");
  EXPECT_EQ(text_of(-std::numeric_limits<double>::infinity()), "-Inf\n");
  EXPECT_EQ(text_of(std::numeric_limits<double>::quiet_NaN()), "NaN\n");
}

} // namespace
} // namespace obol::test
