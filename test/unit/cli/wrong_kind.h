// File: test/unit/cli/wrong_kind.h
//
// kWrongKind: a file that gives one finding whatever the policy says: an error
// in its second line, [unknown-kind].

#ifndef MESHVET_TEST_UNIT_CLI_WRONG_KIND_H_
#define MESHVET_TEST_UNIT_CLI_WRONG_KIND_H_

namespace meshvet::cli {

inline constexpr const char* kWrongKind =
    "apiVersion: networking.istio.io/v1\nkind: Gatway\n"
    "metadata: {name: a, namespace: shop}\n";

}  // namespace meshvet::cli

#endif  // MESHVET_TEST_UNIT_CLI_WRONG_KIND_H_
