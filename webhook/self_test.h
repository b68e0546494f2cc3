// File: webhook/self_test.h
//
// SelfTest: whether an engine still tells good from bad, for readiness. A
// policy that turns a rule off or allows all is no fault: judged is that known
// reviews are answered, with the verdict that the policy's own rules give.

#ifndef MESHVET_WEBHOOK_SELF_TEST_H_
#define MESHVET_WEBHOOK_SELF_TEST_H_

#include <string>

#include "webhook/admission_handler.h"

namespace meshvet::webhook {

// Empty if all is well, else what is not. Quick enough for a probe.
std::string SelfTest(const EngineGeneration& engine);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_SELF_TEST_H_
