#include "mesh/persistent_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
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

using Index = PersistentIndex<int>;

// A copy would write into the buckets that the original has handed out.
static_assert(!std::is_copy_constructible_v<Index::Editor>);
static_assert(!std::is_copy_assignable_v<Index::Editor>);
static_assert(std::is_move_constructible_v<Index::Editor>);

std::string KeyOf(int number) { return "key " + std::to_string(number); }

Index IndexOfSize(int size) {
  Index::Editor editor;
  for (int i = 0; i < size; ++i) editor.Add(KeyOf(i), i);
  return editor.Finish();
}

TEST(PersistentIndexTest, KnowsNothingWhenEmpty) {
  EXPECT_THAT(Index().Find("a"), IsEmpty());
  EXPECT_THAT(Index::Editor().Finish().Find("a"), IsEmpty());
}

TEST(PersistentIndexTest, KeepsValuesInTheOrderTheyWereAdded) {
  Index::Editor editor;
  for (const int value : {3, 1, 2, 1}) editor.Add("a", value);
  editor.Add("b", 4);
  editor.Add("", 5);
  const Index index = editor.Finish();
  EXPECT_THAT(index.Find("a"), ElementsAre(3, 1, 2, 1));
  EXPECT_THAT(index.Find("b"), ElementsAre(4));
  EXPECT_THAT(index.Find(""), ElementsAre(5));
  EXPECT_THAT(index.Find("A"), IsEmpty());
}

TEST(PersistentIndexTest, RemovesEveryValueThePredicateHolds) {
  Index::Editor editor;
  for (const int value : {1, 2, 3, 2}) editor.Add("a", value);
  editor.Remove("a", [](int value) { return value == 2; });
  EXPECT_THAT(editor.current().Find("a"), ElementsAre(1, 3));
  editor.Remove("a", [](int) { return true; });
  EXPECT_THAT(editor.current().Find("a"), IsEmpty());
  editor.Remove("never added", [](int) { return true; });
}

TEST(PersistentIndexTest, AFinishedVersionNeverChanges) {
  Index::Editor editor;
  editor.Add("a", 1);
  const Index first = editor.Finish();
  editor.Add("a", 2);
  const Index second = editor.Finish();
  editor.Remove("a", [](int value) { return value == 1; });
  const Index third = editor.Finish();
  EXPECT_THAT(first.Find("a"), ElementsAre(1));
  EXPECT_THAT(second.Find("a"), ElementsAre(1, 2));
  EXPECT_THAT(third.Find("a"), ElementsAre(2));
}

TEST(PersistentIndexTest, GoesOnFromAnotherVersionWithoutTouchingIt) {
  const Index start = IndexOfSize(10);
  Index::Editor editor(start);
  editor.Add(KeyOf(3), 33);
  EXPECT_THAT(start.Find(KeyOf(3)), ElementsAre(3));
  EXPECT_THAT(editor.Finish().Find(KeyOf(3)), ElementsAre(3, 33));
}

TEST(PersistentIndexTest, AMovedEditorGoesOn) {
  Index::Editor editor;
  editor.Add("a", 1);
  Index::Editor moved(std::move(editor));
  moved.Add("a", 2);
  EXPECT_THAT(moved.Finish().Find("a"), ElementsAre(1, 2));
}

// The number of keys whose values lie elsewhere in `b` than in `a`.
int CountMoved(const Index& a, const Index& b, int size) {
  int moved = 0;
  for (int i = 0; i < size; ++i) {
    moved += a.Find(KeyOf(i)).data() != b.Find(KeyOf(i)).data() ? 1 : 0;
  }
  return moved;
}

TEST(PersistentIndexTest, AChangeCopiesItsOwnBucketAlone) {
  constexpr int kSize = 5'000;  // about ten keys in each of 512 buckets
  const Index before = IndexOfSize(kSize);
  Index::Editor editor(before);
  EXPECT_EQ(CountMoved(before, editor.Finish(), kSize), 0);
  editor.Add(KeyOf(0), -1);
  EXPECT_THAT(CountMoved(before, editor.Finish(), kSize), AllOf(Ge(1), Le(60)));
}

TEST(PersistentIndexTest, RemovingWhatIsNotThereCopiesNothing) {
  const Index before = IndexOfSize(1'000);
  Index::Editor editor(before);
  editor.Remove("no such key", [](int) { return true; });
  EXPECT_EQ(CountMoved(before, editor.Finish(), 1'000), 0);
}

TEST(PersistentIndexTest, AgreesWithAPlainMap) {
  std::mt19937 random(20'240'501);  // NOLINT: the same walk every time
  std::map<std::string, std::vector<int>> model;
  Index::Editor editor;
  std::vector<std::pair<Index, decltype(model)>> versions;
  for (int step = 0; step < 20'000; ++step) {
    const std::string key = KeyOf(static_cast<int>(random() % 700));
    const int value = static_cast<int>(random() % 4);
    if (random() % 3 != 0) {
      editor.Add(key, value);
      model[key].push_back(value);
    } else {
      const auto is_value = [&](int other) { return other == value; };
      editor.Remove(key, is_value);
      std::erase_if(model[key], is_value);
    }
    if (step % 4'000 == 0) versions.emplace_back(editor.Finish(), model);
  }
  versions.emplace_back(editor.Finish(), model);
  for (const auto& [index, wanted] : versions) {
    for (int i = 0; i < 700; ++i) {
      const auto found = index.Find(KeyOf(i));
      const auto known = wanted.find(KeyOf(i));
      EXPECT_EQ(std::vector<int>(found.begin(), found.end()),
                known == wanted.end() ? std::vector<int>() : known->second);
    }
  }
}

}  // namespace
}  // namespace meshvet
