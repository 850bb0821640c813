#include "obol/internal/mac_batch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace obol::internal {
namespace {

keyed_mac mac_with(std::string_view key) {
  return keyed_mac{
    {reinterpret_cast<const unsigned char*>(key.data()), key.size()}};
}

std::string hex(const mac_bytes& mac) {
  constexpr auto digits = "0123456789abcdef";
  std::string result;
  for (auto x : mac) {
    result += digits[x / 16];
    result += digits[x % 16];
  }
  return result;
}

std::string bytes(std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
    result += static_cast<char>(i * 7 + count);
  return result;
}

mac_bytes alone(const keyed_mac& key, std::string_view head,
                std::string_view body) {
  const std::string_view parts[] = {head, body};
  mac_bytes result;
  key.compute(parts, result);
  return result;
}

// RFC 4231, test cases 1 to 3.
TEST(MacBatchTest, StandardsExamplesComeOut) {
  auto first = mac_with(std::string(20, '\x0b'));
  auto second = mac_with("Jefe");
  auto third = mac_with(std::string(20, '\xaa'));
  std::string data(50, '\xdd');
  mac_batch batch;
  batch.add(first, {}, "Hi There");
  batch.add(second, {}, "what do ya want for nothing?");
  batch.add(third, {}, data);
  auto macs = batch.compute();
  ASSERT_EQ(macs.size(), 3u);
  EXPECT_EQ(hex(macs[0]), "b0344c61d8db38535ca8afceaf0bf12b"
                          "881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(macs[1]), "5bdcc146bf60754e6a042426089575c7"
                          "5a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(macs[2]), "773ea91e36800e46854db8ebd09181a7"
                          "2959098b3ef8c122d9635514ced565fe");
}

TEST(MacBatchTest, MessagesOfEveryLengthGetTheMacTheyGetAlone) {
  auto key = mac_with("key");
  mac_batch batch;
  std::vector<std::string> messages;
  for (std::size_t size = 0; size <= 300; ++size)
    messages.push_back(bytes(size));
  std::size_t checked = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    batch.add(key, {}, messages[i]);
    if (!batch.is_full() && i + 1 < messages.size())
      continue;
    for (auto& mac : batch.compute()) {
      EXPECT_EQ(mac, alone(key, {}, messages[checked]));
      ++checked;
    }
  }
  EXPECT_EQ(checked, messages.size());
}

TEST(MacBatchTest, HeadsAreHashedBeforeTheirBodies) {
  auto key = mac_with("key");
  mac_batch batch;
  for (std::size_t head_size : {1u, 50u, 63u, 64u, 65u, 130u})
    for (std::size_t body_size : {0u, 1u, 63u, 64u, 300u}) {
      auto head = bytes(head_size);
      auto body = bytes(body_size);
      batch.add(key, head, body);
      batch.add(key, {}, body);
      auto macs = batch.compute();
      ASSERT_EQ(macs.size(), 2u);
      EXPECT_EQ(macs[0], alone(key, head, body));
      EXPECT_EQ(macs[1], alone(key, {}, body));
    }
}

TEST(MacBatchTest, EachMessageHasItsOwnKey) {
  auto one = mac_with("one");
  auto other = mac_with("other");
  mac_batch batch;
  batch.add(one, {}, "message");
  batch.add(other, {}, "message");
  auto macs = batch.compute();
  EXPECT_EQ(macs[0], alone(one, {}, "message"));
  EXPECT_EQ(macs[1], alone(other, {}, "message"));
}

TEST(MacBatchTest, EmptyBatchHasNoMacs) {
  mac_batch batch;
  EXPECT_TRUE(batch.compute().empty());
}

} // namespace
} // namespace obol::internal
