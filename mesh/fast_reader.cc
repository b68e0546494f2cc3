#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/document_tree.h"
#include "mesh/json_reader.h"
#include "mesh/utf8.h"

namespace meshvet::fast_reader {
struct Closer;
}  // namespace meshvet::fast_reader

// RapidJSON lets none but its documents make an object of members that stand in
// a row; AddMember takes the room of sixteen members for each object.
template <>
class rapidjson::GenericDocument<rapidjson::UTF8<>,
                                 rapidjson::MemoryPoolAllocator<>,
                                 meshvet::fast_reader::Closer> {
 public:
  // `members` are keys and values by turns.
  static void MakeObject(Value& object, Value* members, SizeType count,
                         MemoryPoolAllocator<>& allocator) {
    object.SetObjectRaw(reinterpret_cast<Value::Member*>(members), count,
                        allocator);
  }
  static void MakeArray(Value& array, Value* elements, SizeType count,
                        MemoryPoolAllocator<>& allocator) {
    array.SetArrayRaw(elements, count, allocator);
  }
};

namespace meshvet {
namespace {

using rapidjson::SizeType;
using rapidjson::Value;
using Allocator = rapidjson::MemoryPoolAllocator<>;
using Containers = rapidjson::GenericDocument<rapidjson::UTF8<>, Allocator,
                                              fast_reader::Closer>;

// So many bytes a string's scan looks at; a text is followed by as many NULs.
constexpr size_t kBlock = 16;

constexpr SizeType kFewEnoughToCompare = 16;

// Of a number; so many fit in an int64_t.
constexpr ptrdiff_t kMaxDigits = 17;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What may stand behind a scalar inside an object or array.
[[gnu::always_inline]] inline bool EndsScalar(char c) {
  return c == ',' || c == '}' || c == ']' || IsSpace(c);
}

// Which ASCII characters stand for themselves in a string.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = ' '; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool IsPlain(char c) { return kPlain[static_cast<uint8_t>(c)]; }

// The first place from `at` on that is not an ASCII character standing for
// itself in a string: a quote, a backslash, a control character, the lead of a
// longer character.
[[gnu::always_inline]] inline char* SkipPlain(char* at) {
#ifdef __SSE2__
  while (true) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // Bytes are signed here: those of longer characters are below zero.
    const __m128i high = _mm_cmpgt_epi8(bytes, _mm_set1_epi8(0x1F));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const int plain =
        _mm_movemask_epi8(_mm_andnot_si128(_mm_or_si128(quote, escape), high));
    const auto other = static_cast<unsigned>(plain ^ 0xFFFF);
    if (other != 0) return at + std::countr_zero(other);
    at += kBlock;
  }
#else
  while (IsPlain(*at)) ++at;
  return at;
#endif
}

// The number that four hexadecimal digits write; above 0xFFFF if there are not
// four.
uint32_t HexOf(const char* digits) {
  constexpr uint32_t kNone = 0x10000;
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits, digits + 4, value, 16);
  return end == digits + 4 && error == std::errc() ? value : kNone;
}

// Writes `code` as UTF-8; the end of it.
char* WriteUtf8(uint32_t code, char* to) {
  const auto tail = [](uint32_t bits) {
    return static_cast<char>(0x80 | (bits & 0x3F));
  };
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *to++ = static_cast<char>(0xC0 | (code >> 6));
    *to++ = tail(code);
  } else if (code < 0x10000) {
    *to++ = static_cast<char>(0xE0 | (code >> 12));
    *to++ = tail(code >> 6);
    *to++ = tail(code);
  } else {
    *to++ = static_cast<char>(0xF0 | (code >> 18));
    *to++ = tail(code >> 12);
    *to++ = tail(code >> 6);
    *to++ = tail(code);
  }
  return to;
}

// A text being rewritten in place: what is read next, and where it goes to.
struct Rewrite {
  char* from;
  char* to;
};

// The `\uXXXX` whose digits start at `from`, or two for a surrogate pair; false
// for a lone surrogate.
bool UnescapeCode(Rewrite& text) {
  uint32_t code = HexOf(text.from);
  if (code > 0xFFFF) return false;
  text.from += 4;
  if (code >= 0xD800 && code < 0xE000) {
    if (code >= 0xDC00 || text.from[0] != '\\' || text.from[1] != 'u') {
      return false;
    }
    const uint32_t low = HexOf(text.from + 2);
    if (low < 0xDC00 || low >= 0xE000) return false;
    text.from += 6;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  text.to = WriteUtf8(code, text.to);
  return true;
}

// What a letter stands for behind a backslash; NUL if nothing.
constexpr std::array<char, 256> kMeanings = [] {
  std::array<char, 256> meanings{};
  meanings['"'] = '"';
  meanings['\\'] = '\\';
  meanings['/'] = '/';
  meanings['b'] = '\b';
  meanings['f'] = '\f';
  meanings['n'] = '\n';
  meanings['r'] = '\r';
  meanings['t'] = '\t';
  return meanings;
}();

// The escape at `from`.
bool Unescape(Rewrite& text) {
  const char letter = text.from[1];
  text.from += 2;
  if (letter == 'u') return UnescapeCode(text);
  const char meaning = kMeanings[static_cast<uint8_t>(letter)];
  *text.to++ = meaning;
  return meaning != '\0';
}

// Moves `size` bytes.
void Move(Rewrite& text, size_t size) {
  if (text.to != text.from) std::memmove(text.to, text.from, size);
  text.from += size;
  text.to += size;
}

// Moves the plain characters, the first ones one by one: between escapes there
// are few.
void MovePlain(Rewrite& text) {
  constexpr int kFew = 12;
  for (int i = 0; i < kFew; ++i) {
    if (!IsPlain(*text.from)) return;
    *text.to++ = *text.from++;
  }
  Move(text, static_cast<size_t>(SkipPlain(text.from) - text.from));
}

constexpr Rewrite kNoString = {nullptr, nullptr};

// Rewrites a string from where `text` stands up to its quote, without its
// escapes.
[[gnu::noinline]] Rewrite RewriteString(Rewrite text, const char* end_of_text) {
  while (true) {
    if ((*text.from & 0x80) != 0) {
      const size_t length =
          Utf8Length({text.from, static_cast<size_t>(end_of_text - text.from)});
      if (length == 0) return kNoString;
      Move(text, length);
      continue;
    }
    MovePlain(text);
    if (*text.from == '"') return text;
    if (*text.from == '\\') {
      if (!Unescape(text)) return kNoString;
    } else if ((*text.from & 0x80) == 0) {
      return kNoString;  // a control character
    }
  }
}

std::string_view TextOf(const Value& string) {
  return {string.GetString(), string.GetStringLength()};
}

// One of 64 bits, the same for equal keys. An empty one stands between quotes,
// so its ends may be looked at as well.
uint64_t MarkOf(const char* key, const char* end) {
  const auto length = static_cast<size_t>(end - key);
  const size_t first = static_cast<unsigned char>(key[0]);
  const size_t last = static_cast<unsigned char>(end[-1]);
  return uint64_t{1} << ((length * 5 + first * 3 + last) % 64);
}

// Whether `key` is one of the first few members' from `first` to `end`.
[[gnu::noinline]] bool IsAmong(std::string_view key, const Value* first,
                               const Value* end) {
  end = std::min(end, first + ptrdiff_t{2} * kFewEnoughToCompare);
  for (; first < end; first += 2) {
    if (TextOf(*first) == key) return true;
  }
  return false;
}

// Whether two of many members have equal keys.
[[gnu::noinline]] bool HasTwins(const Value* first, const Value* end) {
  std::vector<std::string_view> keys;
  keys.reserve(static_cast<size_t>(end - first) / 2);
  for (; first != end; first += 2) keys.push_back(TextOf(*first));
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// Memory for a value that is yet to be made.
struct Slot {
  alignas(Value) std::byte bytes[sizeof(Value)];
};
using SlotArray = std::unique_ptr<Slot[]>;

// How many values and keys can await the end of their object or array. One that
// is complete takes two bytes of text at least, the comma or colon behind it
// included; one that is not is an object or array, or the last.
size_t SlotsNeeded(size_t bytes, size_t max_depth) {
  return bytes / 2 + std::min(bytes, max_depth) + 2;
}

// Enough for a text of 31 KiB. Each thread keeps so many: asking for them anew
// costs more than a small text does.
constexpr size_t kKeptSlots = (256 << 10) / sizeof(Slot);

thread_local SlotArray kept_slots;

Slot* KeptSlots() {
  if (kept_slots == nullptr) {
    kept_slots = std::make_unique_for_overwrite<Slot[]>(kKeptSlots);
  }
  return kept_slots.get();
}

// Reads a text in place: strings stay where they are, less their escapes.
//
// Each Read… takes the place where something starts, puts its value on top of
// those that await the end of their object or array, and gives the place behind
// it; null refuses the text.
class Reader {
 public:
  Reader(Document::Tree& tree, const JsonLimits& limits, char* end,
         Value* values)
      : top_(values),
        allocator_(tree.allocator),
        max_depth_(limits.max_depth),
        max_values_(limits.max_values),
        end_(end) {}

  // The root, which starts at `text`.
  bool Read(char* text, Value& root) {
    Value* const made = top_;
    text = SkipSpace(text);
    text = ReadValue(text, 0);
    if (text == nullptr || SkipSpace(text) != end_) return false;
    if (++values_ > max_values_) return false;
    root = *made;
    return true;
  }

 private:
  // Compact JSON has no spaces, so the loop stays out of line.
  [[gnu::always_inline]] static char* SkipSpace(char* at) {
    return *at > ' ' ? at : SkipSpaces(at);
  }
  // The same where `likely` is what should stand there.
  [[gnu::always_inline]] static char* SkipSpaceTo(char likely, char* at) {
    return *at == likely ? at : SkipSpaces(at);
  }
  [[gnu::noinline]] static char* SkipSpaces(char* at) {
    while (IsSpace(*at)) ++at;
    return at;
  }

  [[gnu::always_inline]] char* ReadValue(char* at, size_t depth) {
    switch (*at) {
      case '"':
        return ReadString(at);
      case '{':
        return ReadObject(at, depth + 1);
      case '[':
        return ReadArray(at, depth + 1);
      case 't':
        return Stands("true", at) ? Put(at + 4, true) : nullptr;
      case 'f':
        return Stands("false", at) ? Put(at + 5, false) : nullptr;
      case 'n':
        return Stands("null", at) ? Put(at + 4) : nullptr;
      default:
        return ReadNumber(at);
    }
  }

  static bool Stands(std::string_view literal, const char* at) {
    return std::strncmp(at, literal.data(), literal.size()) == 0;
  }

  // Puts a scalar that ends at `end` on top.
  template <typename... Scalar>
  char* Put(char* end, Scalar... scalar) {
    if (!EndsScalar(*end)) return nullptr;
    new (top_++) Value(scalar...);
    return end;
  }

  // `mark`, if given, gets the mark of the string.
  [[gnu::always_inline]] char* ReadString(char* at, uint64_t* mark = nullptr) {
    char* const start = at + 1;
    char* end = SkipPlain(start);
    char* behind = end + 1;
    if (*end != '"') {
      const Rewrite rest = RewriteString({end, end}, end_);
      if (rest.to == nullptr) return nullptr;
      end = rest.to;
      behind = rest.from + 1;
    }
    if (mark != nullptr) *mark = MarkOf(start, end);
    new (top_++) Value(start, static_cast<SizeType>(end - start));
    return behind;
  }

  char* ReadObject(char* at, size_t depth) {
    if (depth > max_depth_) return nullptr;
    Value* const object = top_++;
    at = SkipSpaceTo('"', at + 1);
    if (*at == '}') {
      new (object) Value(rapidjson::kObjectType);
      return at + 1;
    }
    Value* const first = object + 1;
    uint64_t seen = 0;
    while (true) {
      at = ReadKey(at, first, seen);
      if (at == nullptr) return nullptr;
      at = ReadValue(at, depth);
      if (at == nullptr) return nullptr;
      at = SkipSpace(at);
      if (*at != ',') break;
      at = SkipSpaceTo('"', at + 1);
    }
    if (*at != '}') return nullptr;
    const auto count = static_cast<SizeType>(top_ - first) / 2;
    if (count > kFewEnoughToCompare && HasTwins(first, top_)) return nullptr;
    if (!Count(count)) return nullptr;
    Containers::MakeObject(*object, first, count, allocator_);
    top_ = first;
    return at + 1;
  }

  char* ReadArray(char* at, size_t depth) {
    if (depth > max_depth_) return nullptr;
    Value* const array = top_++;
    at = SkipSpace(at + 1);
    if (*at == ']') {
      new (array) Value(rapidjson::kArrayType);
      return at + 1;
    }
    Value* const first = array + 1;
    while (true) {
      at = ReadValue(at, depth);
      if (at == nullptr) return nullptr;
      at = SkipSpace(at);
      if (*at != ',') break;
      at = SkipSpace(at + 1);
    }
    if (*at != ']') return nullptr;
    const auto count = static_cast<SizeType>(top_ - first);
    if (!Count(count)) return nullptr;
    Containers::MakeArray(*array, first, count, allocator_);
    top_ = first;
    return at + 1;
  }

  bool Count(SizeType values) {
    values_ += values;
    return values_ < max_values_;  // the root is yet to be counted
  }

  // A key and its colon; the place of its value. The object's members so far
  // start at `first`; `seen` has the marks of their keys.
  [[gnu::always_inline]] char* ReadKey(char* at, const Value* first,
                                       uint64_t& seen) {
    if (*at != '"') return nullptr;
    uint64_t mark = 0;
    at = ReadString(at, &mark);
    if (at == nullptr) return nullptr;
    // Most keys differ in their marks, and need no comparing.
    if ((seen & mark) != 0 && IsAmong(TextOf(top_[-1]), first, top_ - 1)) {
      return nullptr;
    }
    seen |= mark;
    at = SkipSpaceTo(':', at);
    return *at == ':' ? SkipSpace(at + 1) : nullptr;
  }

  char* ReadNumber(char* const start) {
    const bool is_negative = *start == '-';
    char* const digits = start + (is_negative ? 1 : 0);
    char* at = digits;
    uint64_t value = 0;
    for (; IsDigit(*at); ++at) {
      value = value * 10 + static_cast<uint8_t>(*at - '0');
    }
    const auto length = at - digits;
    if (length == 0 || length > kMaxDigits) return nullptr;
    if (*digits == '0' && length > 1) return nullptr;
    if (*at == '.') return ReadFraction(start, at + 1);
    const auto positive = static_cast<int64_t>(value);
    const int64_t number = is_negative ? -positive : positive;
    // The kind of a number is made of what it fits in, and the narrower
    // constructor finds that sooner.
    return length < 10 ? Put(at, static_cast<int>(number)) : Put(at, number);
  }

  // A number whose digits behind the point start at `digits`.
  [[gnu::noinline]] char* ReadFraction(const char* start, char* digits) {
    char* end = digits;
    while (IsDigit(*end)) ++end;
    if (end == digits || end - start > kMaxDigits) return nullptr;
    double value = 0;
    std::from_chars(start, end, value);
    return Put(end, value);
  }

  Value* top_;
  Allocator& allocator_;
  const size_t max_depth_;
  const size_t max_values_;
  char* const end_;
  size_t values_ = 0;
};

// Whether an object, an array or a string starts `text`. Other values end where
// something else must follow, and are too short for the difference to matter.
bool IsForFastReader(std::string_view text) {
  const auto first = std::find_if_not(text.begin(), text.end(), IsSpace);
  return first != text.end() &&
         (*first == '{' || *first == '[' || *first == '"');
}

}  // namespace

std::unique_ptr<Document::Tree> ReadFast(std::string_view text,
                                         const JsonLimits& limits) {
  if (!IsForFastReader(text)) return nullptr;
  const size_t slots = SlotsNeeded(text.size(), limits.max_depth);
  SlotArray own;
  if (slots > kKeptSlots) own = std::make_unique_for_overwrite<Slot[]>(slots);
  auto* const values =
      reinterpret_cast<Value*>(own != nullptr ? own.get() : KeptSlots());
  auto tree = std::make_unique<Document::Tree>(text.size() / 2 * 5);
  tree->text.reserve(text.size() + kBlock);
  tree->text.append(text).append(kBlock, '\0');
  char* const start = tree->text.data();
  Reader reader(*tree, limits, start + text.size(), values);
  if (!reader.Read(start, tree->document)) return nullptr;
  return tree;
}

}  // namespace meshvet
