// File: rules/policy_keys.h
//
// The keys and words of a configuration file: what the strict reader accepts,
// and what the JSON Schema for editors is made of.

#ifndef MESHVET_RULES_POLICY_KEYS_H_
#define MESHVET_RULES_POLICY_KEYS_H_

#include <array>
#include <string_view>

namespace meshvet::rules {

using Key = std::string_view;

inline constexpr std::array kRootKeys = {
    Key("apiVersion"), Key("kind"),      Key("metadata"),     Key("extends"),
    Key("istio"),      Key("files"),     Key("context"),      Key("sets"),
    Key("rules"),      Key("overrides"), Key("suppressions"), Key("baseline"),
    Key("output"),     Key("fix")};
inline constexpr std::array kRuleKeys = {Key("severity"), Key("action"),
                                         Key("fix"), Key("options")};
inline constexpr std::array kOverrideKeys = {Key("match"), Key("rules")};
inline constexpr std::array kMatchKeys = {Key("files"), Key("namespaces"),
                                          Key("kinds"), Key("names"),
                                          Key("selector")};
inline constexpr std::array kSuppressionsKeys = {
    Key("requireReason"), Key("locked"), Key("istCompat"), Key("entries")};
inline constexpr std::array kSuppressionKeys = {Key("rule"),  Key("object"),
                                                Key("file"),  Key("reason"),
                                                Key("until"), Key("ticket")};
inline constexpr std::array kIstioKeys = {
    Key("version"), Key("domain"), Key("trustDomain"), Key("rootNamespace"),
    Key("meshConfig")};
inline constexpr std::array kContextKeys = {Key("paths"), Key("assumeHosts"),
                                            Key("closedNamespaces")};
inline constexpr std::array kFilesKeys = {Key("include"), Key("exclude")};
inline constexpr std::array kOutputKeys = {Key("formats"), Key("failOn")};
inline constexpr std::array kFixKeys = {Key("unsafe"), Key("disable")};
inline constexpr std::array kConsentKeys = {Key("from"), Key("to"),
                                            Key("hosts")};
inline constexpr std::array kRequiredLabelKeys = {Key("key"), Key("pattern")};

inline constexpr std::array kSeverityWords = {Key("error"), Key("warning"),
                                              Key("info"), Key("off")};
inline constexpr std::array kActionWords = {Key("deny"), Key("warn"),
                                            Key("audit"), Key("off")};
inline constexpr std::array kFixWords = {Key("auto"), Key("off")};
inline constexpr std::array kFailOnWords = {Key("error"), Key("warning"),
                                            Key("info"), Key("never")};

inline constexpr Key kConfigApiVersion = "meshvet.dev/v1alpha1";
inline constexpr Key kConfigKind = "Config";

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_POLICY_KEYS_H_
