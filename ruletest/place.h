// File: ruletest/place.h
//
//   Place{"tests/shop.yaml", {12, 5}}   // "tests/shop.yaml:12:5"

#ifndef MESHVET_RULETEST_PLACE_H_
#define MESHVET_RULETEST_PLACE_H_

#include <string>

#include "mesh/result.h"
#include "yaml/position.h"

namespace meshvet::ruletest {

struct Place {
  std::string file;
  yaml::Position at;

  std::string ToString() const {
    return file + ":" + std::to_string(at.line) + ":" +
           std::to_string(at.column);
  }
};

inline Error ErrorAt(const Place& place, std::string message) {
  return {std::move(message), place.ToString()};
}

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_PLACE_H_
