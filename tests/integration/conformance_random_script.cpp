#include "obol/testing/internal/random_stream.hpp"

#include <iterator>

#include "conformance_scripts.hpp"

namespace obol::test {

namespace {

using testing::internal::random_stream;

/// Few keys of every type, so that commands meet what others have left.
constexpr const char* keys[] = {"h1", "h2", "z1", "z2", "s1", "any"};
constexpr const char* fields[] = {"a", "b", "c", "d"};
constexpr const char* numbers[]
  = {"0", "1", "2", "-1", "10", "x", "1.5", "-inf", "+inf", "(1", "3e2", "0.1"};
/// Past, far, and refused; none so near that it would pass meanwhile.
constexpr const char* moments[]
  = {"1", "1000", "40000000000", "50000000000", "60000000000", "0", "-5", "x"};

// `K` stands for a key, `F` for a field, `V` for a value, `N` for a number, `T`
// for a time in seconds.
constexpr const char* shapes[] = {
  "GET K",
  "SET K V",
  "SET K V NX",
  "SET K V XX GET",
  "SET K V NX GET",
  "SET K V EXAT T",
  "SET K V KEEPTTL",
  "DEL K",
  "DEL K K",
  "EXISTS K K",
  "TYPE K",
  "EXPIREAT K T",
  "EXPIREAT K T GT",
  "EXPIREAT K T LT",
  "EXPIREAT K T NX",
  "PEXPIREAT K T000",
  "PERSIST K",
  "EXPIRETIME K",
  "HSET K F V",
  "HSET K F V F V",
  "HSET K F V F",
  "HGET K F",
  "HGET K F",
  "HMGET K F F F",
  "HGETALL K",
  "HKEYS K",
  "HVALS K",
  "HLEN K",
  "HEXISTS K F",
  "HDEL K F",
  "HDEL K F F",
  "ZADD K N F",
  "ZADD K N F N F",
  "ZADD K GT CH N F",
  "ZADD K XX N F",
  "ZADD K NX INCR N F",
  "ZREM K F F",
  "ZRANGE K N N",
  "ZRANGE K N N REV WITHSCORES",
  "ZRANGE K N N BYSCORE WITHSCORES",
  "ZRANGE K N N BYSCORE REV LIMIT N N",
  "ZSCORE K F",
  "ZCARD K",
};

constexpr const char* expiring_shapes[] = {
  "HSETEX K EXAT T FIELDS 1 F V",
  "HSETEX K EXAT T FIELDS 2 F V F V",
  "HSETEX K FNX EXAT T FIELDS 1 F V",
  "HSETEX K FXX KEEPTTL FIELDS 2 F V F V",
  "HSETEX K KEEPTTL FIELDS 1 F V",
  "HSETEX K FXX FIELDS 1 F V",
  "HSETEX K FIELDS N F V",
  "HEXPIRETIME K FIELDS 2 F F",
  "HPEXPIRETIME K FIELDS 1 F",
};

template <std::size_t N>
const char* one_of(random_stream& random, const char* const (&all)[N]) {
  return all[random.below(N)];
}

std::string filled(random_stream& random, const char* shape) {
  std::string result;
  const auto is_word = [](char c) { return (c >= 'A' && c <= 'Z'); };
  for (const auto* c = shape; *c != '\0'; ++c) {
    // A placeholder stands alone.
    const auto alone = (c == shape || !is_word(c[-1])) && !is_word(c[1]);
    const auto mark = alone ? *c : '\0';
    if (mark == 'K')
      result += one_of(random, keys);
    else if (mark == 'F')
      result += one_of(random, fields);
    else if (mark == 'V')
      result += "v" + std::to_string(random.below(100));
    else if (mark == 'N')
      result += one_of(random, numbers);
    else if (mark == 'T')
      result += one_of(random, moments);
    else
      result += *c;
  }
  return result;
}

} // namespace

script_lines random_script(std::uint64_t seed, bool field_expiry) {
  constexpr int size = 150;
  random_stream random{seed};
  script_lines result;
  for (int i = 0; i < size; ++i) {
    const auto expiring = field_expiry && random.chance(250);
    const auto* shape
      = expiring ? one_of(random, expiring_shapes) : one_of(random, shapes);
    result.push_back(filled(random, shape));
  }
  return result;
}

} // namespace obol::test
