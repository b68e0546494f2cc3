// File: lint/config/config_schema.h
//
// ConfigSchema: the JSON Schema of `.meshvet.yaml`, for editors. Its keys are
// those the strict reader knows; what a schema cannot say (that a file exists,
// that a pattern compiles) `meshvet config validate` does.

#ifndef MESHVET_LINT_CONFIG_CONFIG_SCHEMA_H_
#define MESHVET_LINT_CONFIG_CONFIG_SCHEMA_H_

#include <string>

namespace meshvet::lint {

// JSON Schema 2020-12.
std::string ConfigSchema();

// A configuration that changes nothing and shows in comments what could be
// said. A line that begins with "#" and no single space after it is a setting:
// without the "#" it is one that is valid.
std::string StarterConfiguration();

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_CONFIG_CONFIG_SCHEMA_H_
