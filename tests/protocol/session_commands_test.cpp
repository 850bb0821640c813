#include "obol/session_commands.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using obol::command;
using obol::keyspace;
using obol::layout;
using obol::session_commands;
using obol::session_key;
using obol::session_set;
using obol::write_guard;

const session_key key{"sid-a", 426, "full"};
const session_set set{426, "full"};

session_commands make(layout kind, write_guard guard) {
  return {keyspace{"charon_", kind}, "obol_0123", guard};
}

const auto hash = make(layout::hash_field_expiry, write_guard::exactly_once);
const auto three = make(layout::three_set, write_guard::exactly_once);
const auto charon = make(layout::hash_field_expiry, write_guard::charon);

const session_commands::upsert_arguments upsert{
  key.id,         key.user_id,   key.type,           3,
  "signed.bytes", 1'800'000'000, "00112233aabbccdd", 1'795'000'001'500};

// What Charon was seen to send.
TEST(SessionCommandsTest, GetIsTheReadOfOneField) {
  EXPECT_EQ(hash.get(key), (command{"HGET", "charon_.426.full", "sid-a"}));
  EXPECT_EQ(three.get(key), (command{"HGET", "charon_.se.426.full", "sid-a"}));
}

TEST(SessionCommandsTest, GetAllReadsFieldNamesToo) {
  EXPECT_EQ(hash.get_all(set), (command{"HGETALL", "charon_.426.full"}));
  EXPECT_EQ(three.get_all(set), (command{"HGETALL", "charon_.se.426.full"}));
}

TEST(SessionCommandsTest, UpsertCarriesOperationIdAndServerDeadline) {
  EXPECT_EQ(
    hash.upsert(upsert, 1'795'000'000),
    (command{"FCALL", "obol_0123_upsert", 1, "charon_.426.full", "sid-a", 3,
             "signed.bytes", 1'800'000'000, "3:00112233aabbccdd",
             "1795000000500:1795000001500", "l.l.sid-a.3", 2}));
}

TEST(SessionCommandsTest, UpsertOfThreeSetsNamesAllItsKeys) {
  EXPECT_EQ(
    three.upsert(upsert, 1'795'000'000),
    (command{"FCALL", "obol_0123_upsert", 5, "charon_.se.426.full",
             "charon_.e.426.full", "charon_.l.426.full", "charon_.pl.426.full",
             "charon_.o.426.full", "sid-a", 3, "signed.bytes", 1'800'000'000,
             "00112233aabbccdd", 1'795'000'001'500}));
}

TEST(SessionCommandsTest, CharonsGuardHasItsOwnFunctionsAndNoOperationId) {
  EXPECT_EQ(
    charon.upsert(upsert, 1'795'000'000),
    (command{"FCALL", "obol_0123_upsert_charon", 1, "charon_.426.full", "sid-a",
             3, "signed.bytes", 1'800'000'000, 1'795'000'000}));
  EXPECT_EQ(charon.remove(key), (command{"FCALL", "obol_0123_delete_charon", 1,
                                         "charon_.426.full", "sid-a"}));
  EXPECT_EQ(
    charon.remove_all(set),
    (command{"FCALL", "obol_0123_delete_all_charon", 1, "charon_.426.full"}));
}

TEST(SessionCommandsTest, DeletesAreOneCallEach) {
  EXPECT_EQ(hash.remove(key), (command{"FCALL", "obol_0123_delete", 1,
                                       "charon_.426.full", "sid-a"}));
  EXPECT_EQ(hash.remove_all(set),
            (command{"FCALL", "obol_0123_delete_all", 1, "charon_.426.full"}));
  EXPECT_EQ(hash.remove_others(key),
            (command{"FCALL", "obol_0123_delete_others", 1, "charon_.426.full",
                     "sid-a"}));
  std::vector<std::string> ids{"b", "c"};
  EXPECT_EQ(hash.remove_named(set, ids),
            (command{"FCALL", "obol_0123_delete_named", 1, "charon_.426.full",
                     "b", "c"}));
}

TEST(SessionCommandsTest, ResolveAsksForOneWrite) {
  EXPECT_EQ(hash.resolve({key, 3, "00112233aabbccdd", 1'795'000'001'500}),
            (command{"FCALL", "obol_0123_resolve", 1, "charon_.426.full",
                     "sid-a", 3, "00112233aabbccdd", 1'795'000'001'500}));
}

TEST(SessionCommandsTest, ProbeUsesKeysOfItsOwn) {
  auto probe = hash.probe("feed", 1'795'000'010);
  auto keys = hash.keys().probe_keys("feed");
  EXPECT_EQ(probe,
            (command{"FCALL", "obol_0123_probe", 1, keys[0], 1'795'000'010}));
}

TEST(SessionCommandsTest, BytesOfIdsAreCountedNotQuoted) {
  session_key odd{"a\r\n*1\r\n", "u v", "full"};
  EXPECT_EQ(hash.get(odd).bytes(),
            "*3\r\n$4\r\nHGET\r\n$16\r\ncharon_.u v.full\r\n"
            "$7\r\na\r\n*1\r\n\r\n");
}

} // namespace
