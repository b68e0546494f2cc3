// File: mesh/json_reader.h
//
// The two readers behind ParseJson, neither of which looks at the number of
// bytes. The fast one knows no errors: what it does not take, be it wrong or
// only rare, is for the thorough one, which takes up to three times as long and
// has the last word. What the fast one takes, the thorough one reads the same.
//
// Included by mesh/*.cc and by tests. Safe to call from any thread.

#ifndef MESHVET_MESH_JSON_READER_H_
#define MESHVET_MESH_JSON_READER_H_

#include <memory>
#include <string_view>

#include "mesh/document.h"
#include "mesh/result.h"

namespace meshvet {

// The tree of `text`, or null if the other is to decide: all that is to be
// refused; a number, boolean or null that stands alone; a number with an
// exponent or of more than 17 characters.
std::unique_ptr<Document::Tree> ReadFast(std::string_view text,
                                         const JsonLimits& limits);

// With RapidJSON's reader, and its words for what is wrong.
Result<Document> ReadThoroughly(std::string_view text,
                                const JsonLimits& limits);

}  // namespace meshvet

#endif  // MESHVET_MESH_JSON_READER_H_
