#include <gmock/gmock.h>
#include <openssl/sha.h>

#include <array>

#include "lua/layout_test.hpp"

namespace obol::test {

namespace {

std::string sha256_hex(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest.data());
  std::string result;
  for (const auto byte : digest) {
    result.push_back("0123456789abcdef"[byte >> 4]);
    result.push_back("0123456789abcdef"[byte & 15]);
  }
  return result;
}

std::string replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

} // namespace

class FunctionLibraryTest
  : public testing::TestWithParam<const function_library*> {};

INSTANTIATE_TEST_SUITE_P(Both, FunctionLibraryTest,
                         testing::Values(&library_for_hash_field_expiry(),
                                         &library_for_three_set()));

TEST_P(FunctionLibraryTest, NameIsTheHashOfItsSource) {
  const auto& library = *GetParam();
  const auto source = replaced(library.code, library.name, "@LIBRARY@");
  EXPECT_EQ(library.name, "obol_" + sha256_hex(source).substr(0, 16));
}

TEST_P(FunctionLibraryTest, SourceBeginsWithItsName) {
  const auto& library = *GetParam();
  EXPECT_EQ(library.code.rfind("#!lua name=" + library.name + "\n", 0), 0U);
  EXPECT_EQ(library.code.find("@LIBRARY@"), std::string::npos);
}

TEST_P(FunctionLibraryTest, FunctionNamesBeginWithTheLibraryName) {
  EXPECT_EQ(GetParam()->function("upsert"), GetParam()->name + "_upsert");
}

class LoadedLibraryTest : public server_test {};

INSTANTIATE_TEST_SUITE_P(On, LoadedLibraryTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

TEST_P(LoadedLibraryTest, BothLoadSideBySideAndTheServerKeepsTheirBytes) {
  const auto target = start();
  for (const auto* library :
       {&library_for_hash_field_expiry(), &library_for_three_set()}) {
    EXPECT_EQ(target->command({"FUNCTION", "LOAD", library->code}),
              library->name.c_str());
    const auto listed = target->command(
      {"FUNCTION", "LIST", "LIBRARYNAME", library->name, "WITHCODE"});
    ASSERT_EQ(listed.elements.size(), 1U);
    EXPECT_EQ(listed.elements[0].elements.back().text, library->code);
  }
}

TEST_P(LoadedLibraryTest, SecondLoadIsRefusedAsAlreadyThere) {
  const auto target = start();
  const auto& library = library_for_three_set();
  load(*target, library);
  EXPECT_THAT(target->command({"FUNCTION", "LOAD", library.code}).text,
              testing::HasSubstr("already exists"));
}

} // namespace obol::test
