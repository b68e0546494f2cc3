// File: webhook/second_look.h
//
// SecondLook: no denial rests on an absence that the mesh's snapshot alone
// claims. `kubectl apply` creates a Service and, milliseconds later, the
// VirtualService that names it; the snapshot may not have the Service yet. So
// before "does not exist" may deny, the cluster is asked.
//
//   Evaluation e = EvaluateTwice(engine, change, *inventory, confirm);
//
// Where the cluster cannot say in time, what was missing is unknown: the rule
// reports that it did not run, and does not deny.

#ifndef MESHVET_WEBHOOK_SECOND_LOOK_H_
#define MESHVET_WEBHOOK_SECOND_LOOK_H_

#include <chrono>
#include <functional>
#include <memory>
#include <set>

#include "mesh/inventory.h"
#include "mesh/mesh_view.h"
#include "rules/engine.h"

namespace meshvet::webhook {

// Asks the cluster whether these are absent, now: `inventory` with what was
// found laid over it, and without the claim to be complete where the cluster
// did not answer by `deadline`. Never null; safe to call from many threads.
using ConfirmAbsence = std::function<std::shared_ptr<const Inventory>(
    const Inventory& inventory, const std::set<Absence>& absences,
    std::chrono::steady_clock::time_point deadline)>;

// Engine::Evaluate; a denial is looked at again until all it rests on is
// confirmed. `confirm` may be empty: the snapshot is all there is.
rules::Evaluation EvaluateTwice(const rules::Engine& engine,
                                const rules::Change& change,
                                const Inventory& inventory,
                                const ConfirmAbsence& confirm);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_SECOND_LOOK_H_
