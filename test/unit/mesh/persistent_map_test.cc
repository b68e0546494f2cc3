#include "mesh/persistent_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace meshvet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;

using Values = std::vector<int>;
using Map = PersistentMap<Values>;

// A copy would write into the buckets that the original has handed out.
static_assert(!std::is_copy_constructible_v<Map::Editor>);
static_assert(!std::is_copy_assignable_v<Map::Editor>);
static_assert(std::is_move_constructible_v<Map::Editor>);

// An empty entry is none.
Values At(const Map& map, std::string_view key) {
  const Values* entry = map.Find(key);
  if (entry == nullptr) return {};
  EXPECT_THAT(*entry, Not(IsEmpty()));
  return *entry;
}

void Add(Map::Editor& editor, std::string_view key, int value) {
  editor.Change(key, [&](Values& entry) {
    entry.push_back(value);
    return true;
  });
}

void Remove(Map::Editor& editor, std::string_view key, int value) {
  editor.Change(key, [&](Values& entry) {
    std::erase(entry, value);
    return !entry.empty();
  });
}

std::string KeyOf(int number) { return "key " + std::to_string(number); }

Map MapOfSize(int size) {
  Map::Editor editor;
  for (int i = 0; i < size; ++i) Add(editor, KeyOf(i), i);
  return editor.Finish();
}

TEST(PersistentMapTest, KnowsNothingWhenEmpty) {
  EXPECT_EQ(Map().Find("a"), nullptr);
  EXPECT_EQ(Map::Editor().Finish().Find("a"), nullptr);
}

TEST(PersistentMapTest, KeepsAnEntryForEachKey) {
  Map::Editor editor;
  for (const int value : {3, 1, 2, 1}) Add(editor, "a", value);
  Add(editor, "b", 4);
  Add(editor, "", 5);
  const Map map = editor.Finish();
  EXPECT_THAT(At(map, "a"), ElementsAre(3, 1, 2, 1));
  EXPECT_THAT(At(map, "b"), ElementsAre(4));
  EXPECT_THAT(At(map, ""), ElementsAre(5));
  EXPECT_EQ(map.Find("A"), nullptr);
}

TEST(PersistentMapTest, ForgetsAnEntryThatIsNotToBeKept) {
  Map::Editor editor;
  for (const int value : {1, 2, 3, 2}) Add(editor, "a", value);
  Remove(editor, "a", 2);
  EXPECT_THAT(At(editor.current(), "a"), ElementsAre(1, 3));
  editor.Change("a", [](const Values&) { return false; });
  EXPECT_EQ(editor.current().Find("a"), nullptr);
  Remove(editor, "never added", 1);
  EXPECT_EQ(editor.current().Find("never added"), nullptr);
}

TEST(PersistentMapTest, AFinishedVersionNeverChanges) {
  Map::Editor editor;
  Add(editor, "a", 1);
  const Map first = editor.Finish();
  Add(editor, "a", 2);
  const Map second = editor.Finish();
  Remove(editor, "a", 1);
  const Map third = editor.Finish();
  EXPECT_THAT(At(first, "a"), ElementsAre(1));
  EXPECT_THAT(At(second, "a"), ElementsAre(1, 2));
  EXPECT_THAT(At(third, "a"), ElementsAre(2));
}

TEST(PersistentMapTest, GoesOnFromAnotherVersionWithoutTouchingIt) {
  const Map start = MapOfSize(10);
  Map::Editor editor(start);
  Add(editor, KeyOf(3), 33);
  EXPECT_THAT(At(start, KeyOf(3)), ElementsAre(3));
  EXPECT_THAT(At(editor.Finish(), KeyOf(3)), ElementsAre(3, 33));
}

TEST(PersistentMapTest, AMovedEditorGoesOn) {
  Map::Editor editor;
  Add(editor, "a", 1);
  Map::Editor moved(std::move(editor));
  Add(moved, "a", 2);
  EXPECT_THAT(At(moved.Finish(), "a"), ElementsAre(1, 2));
}

// The number of keys whose entries lie elsewhere in `b` than in `a`.
int CountMoved(const Map& a, const Map& b, int size) {
  int moved = 0;
  for (int i = 0; i < size; ++i) {
    moved += a.Find(KeyOf(i)) != b.Find(KeyOf(i)) ? 1 : 0;
  }
  return moved;
}

TEST(PersistentMapTest, AChangeCopiesItsOwnBucketAlone) {
  constexpr int kSize = 5'000;  // about ten keys in each of 512 buckets
  const Map before = MapOfSize(kSize);
  Map::Editor editor(before);
  EXPECT_EQ(CountMoved(before, editor.Finish(), kSize), 0);
  Add(editor, KeyOf(0), -1);
  EXPECT_THAT(CountMoved(before, editor.Finish(), kSize), AllOf(Ge(1), Le(60)));
}

TEST(PersistentMapTest, AgreesWithAPlainMap) {
  std::mt19937 random(20'240'501);  // NOLINT: the same walk every time
  std::map<std::string, std::vector<int>> model;
  Map::Editor editor;
  std::vector<std::pair<Map, decltype(model)>> versions;
  for (int step = 0; step < 20'000; ++step) {
    const std::string key = KeyOf(static_cast<int>(random() % 700));
    const int value = static_cast<int>(random() % 4);
    if (random() % 3 != 0) {
      Add(editor, key, value);
      model[key].push_back(value);
    } else {
      Remove(editor, key, value);
      std::erase(model[key], value);
    }
    if (step % 4'000 == 0) versions.emplace_back(editor.Finish(), model);
  }
  versions.emplace_back(editor.Finish(), model);
  for (const auto& [map, wanted] : versions) {
    for (int i = 0; i < 700; ++i) {
      const auto known = wanted.find(KeyOf(i));
      EXPECT_EQ(At(map, KeyOf(i)),
                known == wanted.end() ? Values() : known->second);
    }
  }
}

}  // namespace
}  // namespace meshvet
