#include "obol/error.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/sources.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/sources_fixture.hpp"

namespace {

using obol::options;
using obol::test::flag;
using obol::test::load;
using obol::test::refusal;
using obol::test::variable;

class SecretSourcesTest : public obol::test::sources_fixture {};

const std::string key_digits(64, 'a');

TEST_F(SecretSourcesTest, SecretsComeFromTheEnvironment) {
  auto loaded = load(
    {{},
     {{"OBOL_PASSWORD", "pw"},
      {"OBOL_BASE_SECRET", "supersecret"},
      {"OBOL_REGISTRAR_PASSWORD", "rpw"},
      {"OBOL_SIGNING_KEY", key_digits},
      {"OBOL_VERIFY_KEYS", "old:" + key_digits + ", older:" + key_digits}},
     {}});
  const auto& x = loaded.options;
  EXPECT_EQ(x.password.reveal(), "pw");
  EXPECT_EQ(x.base_secret.reveal(), "supersecret");
  EXPECT_EQ(x.registrar_password.reveal(), "rpw");
  EXPECT_EQ(x.signing_key.reveal(), std::string(32, '\xaa'));
  ASSERT_EQ(x.verify_keys.size(), 2u);
  EXPECT_EQ(x.verify_keys[1].id, "older");
  EXPECT_EQ(x.verify_keys[1].key.reveal(), std::string(32, '\xaa'));
  EXPECT_TRUE(loaded.is_given("base_secret"));
}

TEST_F(SecretSourcesTest, SecretsComeFromFilesThatAnySourceNames) {
  // Given a file as an editor writes it
  auto path = folder_.write("secret", "supersecret\n");

  // When a flag, a variable or the config file names it, then its line end is
  // not part of the secret.
  for (const auto& sources :
       {flag("--base-secret-file", path),
        variable("OBOL_BASE_SECRET_FILE", path),
        file(R"({"base_secret_file": ")" + path + "\"}")}) {
    auto loaded = load(sources);
    EXPECT_EQ(loaded.options.base_secret.reveal(), "supersecret");
    EXPECT_TRUE(loaded.is_given("base_secret"));
  }
  auto keys = folder_.write("keys", "old:" + key_digits
                                      + "\nolder:" + key_digits + "\n");
  EXPECT_EQ(load(flag("--verify-keys-file", keys)).options.verify_keys.size(),
            2u);
}

TEST_F(SecretSourcesTest, SecretsAreRefusedWhereOthersCanReadThem) {
  auto expect = [](const std::string& text, std::string_view variable) {
    EXPECT_NE(text.find("where others can read it"), std::string::npos) << text;
    EXPECT_NE(text.find(variable), std::string::npos) << text;
    EXPECT_EQ(text.find("CANARY"), std::string::npos) << text;
  };
  expect(refusal(flag("--password", "CANARY")), "OBOL_PASSWORD");
  expect(refusal(flag("--base-secret", "CANARY")), "base_secret_file");
  expect(refusal(flag("--redis", "redis://u:CANARY@h")), "password_file");
  expect(refusal(file(R"({"password": "CANARY"})")), "OBOL_PASSWORD");
  expect(refusal(file(R"({"redis": "redis://u:CANARY@h"})")), "OBOL_PASSWORD");
}

TEST_F(SecretSourcesTest, ASecretAndItsFileTogetherAreAmbiguous) {
  auto path = folder_.write("secret", "supersecret");
  EXPECT_EQ(
    refusal({{},
             {{"OBOL_BASE_SECRET", "CANARY"}, {"OBOL_BASE_SECRET_FILE", path}},
             {}}),
    "invalid_argument: OBOL_BASE_SECRET_FILE and OBOL_BASE_SECRET are "
    "both set; set one of them");

  // In different sources, the higher one wins.
  auto loaded = load({{},
                      {{"OBOL_BASE_SECRET", "other secret"}},
                      {{"--base-secret-file", path}}});
  EXPECT_EQ(loaded.options.base_secret.reveal(), "supersecret");
}

TEST_F(SecretSourcesTest, BadSecretFilesAreNamed) {
  auto text = [this](std::string_view content) {
    return refusal(
      flag("--signing-key-file", folder_.write("secret", content)));
  };
  EXPECT_NE(text("").find("is empty"), std::string::npos);
  EXPECT_NE(text("\n").find("is empty"), std::string::npos);
  EXPECT_NE(text(std::string(9'000, 'a')).find("8KiB"), std::string::npos);
  EXPECT_EQ(text("CANARY"),
            "invalid_argument: --signing-key-file: allowed: 32 bytes, written "
            "as 64 hexadecimal digits");
  EXPECT_NE(refusal(flag("--password-file", folder_.path("missing")))
              .find("cannot be opened"),
            std::string::npos);
}

// -- nothing secret is printed ------------------------------------------------

TEST_F(SecretSourcesTest, NoErrorAndNoPrintShowsASecret) {
  // Given secrets planted in every place of every source, right and wrong
  std::vector<std::string> texts;
  auto secret_path = folder_.write("secret", "CANARY");
  for (const auto& option : obol::internal::option_table()) {
    auto name = std::string{option.name};
    if (is_secret(option)) {
      texts.push_back(refusal(flag(flag_of(option), "CANARY")));
      texts.push_back(refusal(file("{\"" + name + R"(": "CANARY"})")));
      texts.push_back(refusal(file("{\"" + name + R"(": ["CANARY"]})")));
      texts.push_back(refusal(variable(variable_of(option), "CANARY")));
      texts.push_back(refusal(flag(flag_of(option) + "-file", secret_path)));
    }
  }
  texts.push_back(refusal(variable("OBOL_VERIFY_KEYS", "old:CANARY")));
  texts.push_back(refusal(variable("OBOL_REDIS", "redis://u:CANARY@h:x")));

  // and options that hold them
  options x;
  auto canary = [] { return obol::secret{std::string{"CANARY"}}; };
  x.password = canary();
  x.registrar_password = canary();
  x.base_secret = canary();
  x.signing_key = canary();
  x.verify_keys.push_back({"old", canary()});
  texts.push_back(to_string(x));
  texts.push_back(obol::describe(validate(x)));
  x.base_secret = {};
  texts.push_back(obol::describe(validate(x)));
  x.signing_key = {};
  texts.push_back(obol::describe(validate(x)));
  for (const auto& option : obol::internal::option_table()) {
    texts.push_back(value_of(option, x));
    texts.push_back(obol::describe(check_value(option, x)));
  }

  // When all that is printed is searched, then none is there.
  EXPECT_GT(texts.size(), 100u);
  for (const auto& text : texts)
    EXPECT_EQ(text.find("CANARY"), std::string::npos) << text;
  EXPECT_NE(to_string(x).find("password = ***"), std::string::npos);
  EXPECT_NE(to_string(x).find("base_secret = (not set)"), std::string::npos);
}

} // namespace
