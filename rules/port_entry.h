// File: rules/port_entry.h
//
// Edits that give one port of a DestinationRule TLS settings of its own, and
// leave everything else as it is.

#ifndef MESHVET_RULES_PORT_ENTRY_H_
#define MESHVET_RULES_PORT_ENTRY_H_

#include <string>
#include <vector>

#include "mesh/client_tls.h"
#include "rules/rule_context.h"

namespace meshvet::rules {

// Sets `settings` (JSON) for the port of `cluster`. An entry replaces the
// policy around it whole, so a new one is given all that was in force. What a
// subset inherits gets an entry in the subset, so that only the subset changes.
// Nothing if the subset stands in another rule, merged with this one.
std::vector<Edit> SetPortTls(const Object& rule, const Cluster& cluster,
                             const std::string& settings);

// Whether that takes away something a port entry cannot hold, such as `tunnel`.
bool LosesByPortEntry(const Cluster& cluster);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_PORT_ENTRY_H_
