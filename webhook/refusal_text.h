// File: webhook/refusal_text.h
//
// The answers that the transport gives itself, as bytes on the wire: to
// requests it refuses and to those it has no room for. Always JSON:
// {"code":503,"message":"…"}.

#ifndef MESHVET_WEBHOOK_REFUSAL_TEXT_H_
#define MESHVET_WEBHOOK_REFUSAL_TEXT_H_

#include <string>
#include <string_view>

#include "webhook/header_reader.h"
#include "webhook/http_message.h"

namespace meshvet::webhook {

// The body alone. `message` is a literal of ours that needs no escaping.
std::string RefusalBody(int status, std::string_view message);

// "Payload Too Large"; "Error" for a code we do not use.
std::string_view ReasonPhrase(int status);

// A 405 names the method allowed, a 503 says when to come again. `last`: it
// says that the connection ends with it.
std::string RefusalText(const Refusal& refusal, HeaderRules::Method allowed,
                        bool last);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_REFUSAL_TEXT_H_
