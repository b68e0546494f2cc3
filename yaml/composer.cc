#include "yaml/composer.h"

#include <array>
#include <memory>
#include <utility>
#include <variant>

namespace meshvet::yaml {
namespace {

// The keys of one mapping: few are compared, many are hashed.
class KeySet {
 public:
  // The item of an equal key seen before; else adds the key.
  const uint32_t* FindOrAdd(std::string_view key, uint32_t item) {
    if (count_ < kFew) return FindOrAddToFew(key, item);
    if (many_ == nullptr) {
      many_ = std::make_unique<Many>();
      for (const Entry& entry : few_) many_->emplace(entry.key, entry.item);
    }
    const auto [at, added] = many_->emplace(key, item);
    return added ? nullptr : &at->second;
  }

 private:
  using Many = std::unordered_map<std::string_view, uint32_t>;
  static constexpr size_t kFew = 12;
  struct Entry {
    std::string_view key;
    uint32_t item;
  };

  const uint32_t* FindOrAddToFew(std::string_view key, uint32_t item) {
    for (size_t i = 0; i < count_; ++i) {
      if (few_[i].key == key) return &few_[i].item;
    }
    few_[count_++] = {key, item};
    return nullptr;
  }

  std::array<Entry, kFew> few_;
  size_t count_ = 0;
  std::unique_ptr<Many> many_;
};

void Write(const Scalar& value, DocumentBuilder& out) {
  struct Visitor {
    DocumentBuilder& out;
    void operator()(std::nullptr_t) const { out.Null(); }
    void operator()(bool flag) const { out.Bool(flag); }
    void operator()(int64_t number) const { out.Int(number); }
    void operator()(uint64_t number) const { out.Uint(number); }
    void operator()(double number) const { out.Double(number); }
    void operator()(std::string_view text) const { out.String(text); }
    void operator()(const std::string& text) const { out.String(text); }
  };
  std::visit(Visitor{out}, value);
}

}  // namespace

bool Composer::Fail(Problem::Kind kind, std::string message, const Item& item) {
  failure_ = {kind, std::move(message), item.start, item.end};
  return false;
}

// The item that an alias stands for, or the item itself. An alias is no item
// of its own to alias, so one step is enough.
uint32_t Composer::Target(uint32_t index) const {
  const Item& item = items_.list[index];
  return item.kind == Item::Kind::kAlias ? item.text_offset : index;
}

// Pays for one key or value before it is made.
bool Composer::Charge(const Item& item) {
  if (++usage_.nodes > limits_.max_nodes) {
    return Fail(Problem::Kind::kLimit, "too many nodes in this file", item);
  }
  if (aliases_ == 0) return true;
  usage_.alias_bytes += item.kind == Item::Kind::kScalar ? item.text_length : 0;
  if (++usage_.alias_nodes <= limits_.max_alias_nodes &&
      usage_.alias_bytes <= limits_.max_alias_bytes) {
    return true;
  }
  return Fail(Problem::Kind::kLimit, "aliases repeat too much in this file",
              alias_ == nullptr ? item : *alias_);
}

bool Composer::Enter(const Item& item) {
  if (++depth_ <= limits_.max_depth) return true;
  return Fail(Problem::Kind::kLimit, "nested too deeply", item);
}

bool Composer::Emit(uint32_t index, const Item* alias, DocumentBuilder& out) {
  const Item& item = items_.list[index];
  if (item.kind == Item::Kind::kAlias) {
    const Item* const outer =
        std::exchange(alias_, alias_ == nullptr ? &item : alias_);
    ++aliases_;
    const bool done = Emit(item.text_offset, &item, out);
    --aliases_;
    alias_ = outer;
    return done;
  }
  if (!Charge(item)) return false;
  const Item& place = alias == nullptr ? item : *alias;
  const size_t span = spans_.size();
  spans_.push_back({place.start, place.end, 1});
  if (!EmitContent(index, out)) return false;
  spans_[span].size = static_cast<uint32_t>(spans_.size() - span);
  return true;
}

bool Composer::EmitContent(uint32_t index, DocumentBuilder& out) {
  const Item& item = items_.list[index];
  if (item.kind == Item::Kind::kScalar) return EmitScalar(item, out);
  if (!Enter(item)) return false;
  const bool done = item.kind == Item::Kind::kSequence
                        ? EmitSequence(index, out)
                    : item.has_merge ? EmitMerging(index, out)
                                     : EmitMapping(index, out);
  --depth_;
  return done;
}

bool Composer::EmitScalar(const Item& item, DocumentBuilder& out) {
  const std::string_view text = items_.TextOf(item);
  if (IsSurelyText(text, item.tag, item.plain)) {
    out.String(text);
    return true;
  }
  const auto value = ResolveScalar(text, item.tag, item.plain);
  if (!value) return Fail(Problem::Kind::kValue, value.error().message, item);
  Write(*value, out);
  return true;
}

bool Composer::EmitSequence(uint32_t index, DocumentBuilder& out) {
  out.StartArray();
  const size_t own_span = spans_.size() - 1;
  std::vector<size_t> marks;
  size_t count = 0;
  const uint32_t end = Next(index);
  for (uint32_t at = index + 1; at < end; at = Next(at)) {
    if (count > 0 && count % kMarkEvery == 0) marks.push_back(spans_.size());
    ++count;
    if (!Emit(at, nullptr, out)) return false;
  }
  if (!marks.empty()) marks_.emplace(own_span, std::move(marks));
  out.EndArray();
  return true;
}

bool Composer::EmitMapping(uint32_t index, DocumentBuilder& out) {
  out.StartObject();
  KeySet keys;
  const uint32_t end = Next(index);
  for (uint32_t at = index + 1; at < end;) {
    Member member{.key_item = at, .value_item = Next(at)};
    at = Next(member.value_item);
    if (!KeyOf(member.key_item, member.key)) return false;
    const uint32_t* first = keys.FindOrAdd(member.key, member.key_item);
    if (first != nullptr) {
      ReportDuplicate(member.key, *first, member.key_item);
    } else if (!EmitMember(member, out)) {
      return false;
    }
  }
  out.EndObject();
  return true;
}

bool Composer::EmitMember(const Member& member, DocumentBuilder& out) {
  const Item& key = items_.list[member.key_item];
  aliases_ += member.aliased ? 1 : 0;
  bool done = Charge(key);
  if (done) {
    out.Key(member.key);
    spans_.push_back({key.start, key.end, 1});
    done = Emit(member.value_item, nullptr, out);
  }
  aliases_ -= member.aliased ? 1 : 0;
  return done;
}

// The JSON key that an item gives; the view lives as long as the Composer.
bool Composer::KeyOf(uint32_t index, std::string_view& key) {
  const Item& item = items_.list[Target(index)];
  if (item.kind != Item::Kind::kScalar) {
    return Fail(Problem::Kind::kValue,
                "a mapping or sequence cannot be a key in JSON",
                items_.list[index]);
  }
  key = items_.TextOf(item);
  if (IsSurelyText(key, item.tag, item.plain)) return true;
  auto made = ResolveKey(key, item.tag, item.plain);
  if (!made) {
    return Fail(Problem::Kind::kValue, made.error().message,
                items_.list[index]);
  }
  if (const auto* same = std::get_if<std::string_view>(&*made)) {
    key = *same;
  } else {
    key =
        made_keys_.emplace_front(std::move(*std::get_if<std::string>(&*made)));
  }
  return true;
}

// What an alias repeats was reported where its anchor stands.
void Composer::ReportDuplicate(std::string_view key, uint32_t first,
                               uint32_t second) {
  if (aliases_ > 0) return;
  on_duplicate_(key, items_.list[first], items_.list[second]);
}

bool Composer::EmitMerging(uint32_t index, DocumentBuilder& out) {
  Members members;
  if (!Collect(index, members)) return false;
  out.StartObject();
  for (const Member& member : members.list) {
    if (!EmitMember(member, out)) return false;
  }
  out.EndObject();
  return true;
}

bool Composer::Collect(uint32_t mapping, Members& members) {
  const size_t origin = ++origins_;
  const uint32_t end = Next(mapping);
  for (uint32_t at = mapping + 1; at < end;) {
    const Item& key = items_.list[at];
    Member member{.key_item = at,
                  .value_item = Next(at),
                  .origin = origin,
                  .aliased = aliases_ > 0};
    at = Next(member.value_item);
    if (items_.IsMergeKey(key)) {
      if (!Merge(member.value_item, members)) return false;
      continue;
    }
    // Members that another one hides cost time as well.
    if (aliases_ > 0 && !Charge(key)) return false;
    if (!KeyOf(member.key_item, member.key)) return false;
    Put(member, members);
  }
  return true;
}

void Composer::Put(const Member& member, Members& members) {
  const auto [at, added] =
      members.by_key.emplace(member.key, members.list.size());
  if (added) {
    members.list.push_back(member);
    return;
  }
  Member& earlier = members.list[at->second];
  if (earlier.origin == member.origin) {
    ReportDuplicate(member.key, earlier.key_item, member.key_item);
  } else {
    earlier = member;
  }
}

bool Composer::Merge(uint32_t value, Members& members) {
  const uint32_t target = Target(value);
  if (items_.list[target].kind != Item::Kind::kSequence) {
    return MergeOne(value, members);
  }
  std::vector<uint32_t> elements;
  const uint32_t end = Next(target);
  for (uint32_t at = target + 1; at < end; at = Next(at)) {
    elements.push_back(at);
  }
  const bool aliased = target != value;
  aliases_ += aliased ? 1 : 0;
  bool done = true;
  // The first wins, so it comes last.
  for (size_t i = elements.size(); done && i > 0; --i) {
    done = Charge(items_.list[elements[i - 1]]) &&
           MergeOne(elements[i - 1], members);
  }
  aliases_ -= aliased ? 1 : 0;
  return done;
}

bool Composer::MergeOne(uint32_t value, Members& members) {
  const uint32_t target = Target(value);
  const Item& item = items_.list[target];
  if (item.kind != Item::Kind::kMapping) {
    return Fail(Problem::Kind::kValue,
                "'<<' merges a mapping or a sequence of mappings only",
                items_.list[value]);
  }
  if (!Enter(item)) return false;
  const bool aliased = target != value;
  aliases_ += aliased ? 1 : 0;
  const bool done = Charge(item) && Collect(target, members);
  aliases_ -= aliased ? 1 : 0;
  --depth_;
  return done;
}

}  // namespace meshvet::yaml
