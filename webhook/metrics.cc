#include "webhook/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace meshvet::webhook {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

constexpr std::string_view kOther = "other";

const std::vector<std::string>& Operations() {
  static const std::vector<std::string> names = {"CREATE", "UPDATE", "DELETE",
                                                 "CONNECT"};
  return names;
}

const std::vector<std::string>& ShedReasons() {
  static const std::vector<std::string> names = {
      "queue_full", "queue_timeout", "body_budget", "connections", "memory"};
  return names;
}

const std::vector<std::string>& HandshakeReasons() {
  static const std::vector<std::string> names = {
      "timeout", "closed", "protocol", "client_certificate", "no_certificate"};
  return names;
}

const std::vector<std::string>& StatusCodes() {
  static const std::vector<std::string> names = {
      "400", "403", "404", "405", "408", "411", "413",
      "415", "417", "431", "500", "503", "505"};
  return names;
}

// From 50 µs, where an answer without a cluster read lies, to 10 s, where API
// servers give up.
Histogram::BucketBoundaries DurationBuckets() {
  return {0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025,
          0.05,    0.1,    0.25,   0.5,    1,     2.5,   5,     10};
}

// A closed set of label values; what is not among them is "other".
class Vocabulary {
 public:
  explicit Vocabulary(std::vector<std::string> names)
      : names_(std::move(names)) {
    names_.emplace_back(kOther);
  }

  std::size_t size() const { return names_.size(); }
  const std::string& name(std::size_t index) const { return names_[index]; }
  std::size_t Index(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end() - 1, name);
    return static_cast<std::size_t>(found - names_.begin());
  }

 private:
  std::vector<std::string> names_;
};

// The counters of one family, each made when first needed.
class Counters {
 public:
  Counters(Family<Counter>& family, std::size_t count)
      : family_(family), counters_(count) {}

  template <typename MakeLabels>
  void Increment(std::size_t index, const MakeLabels& labels) {
    Counter* counter = counters_[index].load(std::memory_order_acquire);
    if (counter == nullptr) {
      // The family gives the same counter to all who ask with these labels.
      counter = &family_.Add(labels());
      counters_[index].store(counter, std::memory_order_release);
    }
    counter->Increment();
  }

 private:
  Family<Counter>& family_;
  std::vector<std::atomic<Counter*>> counters_;
};

// A family with one label. All its series exist from the start, at 0, so that
// rate() sees the first increment.
class LabelledCounters {
 public:
  LabelledCounters(Family<Counter>& family, const std::string& label,
                   const std::vector<std::string>& values)
      : vocabulary_(values) {
    for (std::size_t i = 0; i < vocabulary_.size(); ++i) {
      counters_.push_back(&family.Add({{label, vocabulary_.name(i)}}));
    }
  }

  void Increment(std::string_view value) {
    counters_[vocabulary_.Index(value)]->Increment();
  }

 private:
  const Vocabulary vocabulary_;
  std::vector<Counter*> counters_;
};

Family<Counter>& AddCounters(prometheus::Registry& registry,
                             const std::string& name, const std::string& help) {
  return prometheus::BuildCounter()
      .Name("meshvet_" + name)
      .Help(help)
      .Register(registry);
}

Family<Gauge>& AddGauges(prometheus::Registry& registry,
                         const std::string& name, const std::string& help) {
  return prometheus::BuildGauge()
      .Name("meshvet_" + name)
      .Help(help)
      .Register(registry);
}

}  // namespace

class Metrics::Impl {
 public:
  friend class Metrics;

  explicit Impl(Options options)
      : paths_(std::move(options.paths)),
        operations_(Operations()),
        kinds_(std::move(options.kinds)),
        verdicts_(std::move(options.verdicts)),
        rules_(options.rules),
        rule_verdicts_(std::move(options.rule_verdicts)),
        requests_(AddCounters(registry_, "requests_total",
                              "Admission calls answered."),
                  paths_.size() * operations_.size() * kinds_.size() *
                      verdicts_.size() * 2),
        rule_counts_(AddCounters(registry_, "rule_verdicts_total",
                                 "Calls a rule had something to say about."),
                     rules_.size() * rule_verdicts_.size() * 2),
        not_run_(AddCounters(registry_, "rule_not_run_total",
                             "Calls a rule could not judge, because part of "
                             "the mesh is not known."),
                 "rule", options.rules),
        shed_(AddCounters(registry_, "shed_total",
                          "Requests and connections turned away."),
              "reason", ShedReasons()),
        handshakes_(AddCounters(registry_, "tls_handshake_errors_total",
                                "TLS handshakes that failed."),
                    "reason", HandshakeReasons()),
        http_errors_(AddCounters(registry_, "http_errors_total",
                                 "HTTP answers of 400 and above."),
                     "code", StatusCodes()) {
    Family<Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("meshvet_request_duration_seconds")
            .Help("Time to answer an admission call.")
            .Register(registry_);
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      durations_.push_back(
          &durations.Add({{"path", paths_.name(i)}}, DurationBuckets()));
    }
  }

  void OnRequest(const RequestSample& sample) {
    const std::size_t path = paths_.Index(sample.path);
    const std::size_t operation = operations_.Index(sample.operation);
    const std::size_t kind = kinds_.Index(sample.kind);
    const std::size_t verdict = verdicts_.Index(sample.verdict);
    std::size_t index = path;
    index = index * operations_.size() + operation;
    index = index * kinds_.size() + kind;
    index = index * verdicts_.size() + verdict;
    index = index * 2 + (sample.dry_run ? 1 : 0);
    requests_.Increment(index, [&] {
      return Labels{{"path", paths_.name(path)},
                    {"operation", operations_.name(operation)},
                    {"kind", kinds_.name(kind)},
                    {"verdict", verdicts_.name(verdict)},
                    {"dry_run", sample.dry_run ? "true" : "false"}};
    });
    durations_[path]->Observe(
        std::chrono::duration<double>(sample.duration).count());
  }

  void OnRule(const RuleSample& sample) {
    const std::size_t rule = rules_.Index(sample.rule);
    const std::size_t verdict = rule_verdicts_.Index(sample.verdict);
    std::size_t index = rule;
    index = index * rule_verdicts_.size() + verdict;
    index = index * 2 + (sample.dry_run ? 1 : 0);
    rule_counts_.Increment(index, [&] {
      return Labels{{"rule", rules_.name(rule)},
                    {"verdict", rule_verdicts_.name(verdict)},
                    {"dry_run", sample.dry_run ? "true" : "false"}};
    });
  }

  void SetTransport(std::function<TransportStats()> source) {
    const std::scoped_lock lock(mutex_);
    transport_ = std::move(source);
  }

  void AddGauge(const std::string& name, const std::string& help,
                std::function<double()> source) {
    Gauge& gauge = AddGauges(registry_, name, help).Add({});
    const std::scoped_lock lock(mutex_);
    sources_.emplace_back(&gauge, std::move(source));
  }

  void AddSeries(const std::string& name, const std::string& help,
                 SeriesType type, const std::string& label,
                 std::function<Series()> source) {
    std::function<void(const std::string&, double)> set;
    if (type == SeriesType::kGauge) {
      set = [&family = AddGauges(registry_, name, help), label](
                const std::string& text, double value) {
        family.Add({{label, text}}).Set(value);
      };
    } else {
      set = [&family = AddCounters(registry_, name, help), label](
                const std::string& text, double value) {
        Counter& counter = family.Add({{label, text}});
        counter.Increment(value - counter.Value());
      };
    }
    const std::scoped_lock lock(mutex_);
    series_.emplace_back(std::move(set), std::move(source));
  }

  std::string Text() {
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& [gauge, source] : sources_) gauge->Set(source());
      for (const auto& [set, source] : series_) {
        for (const auto& [label, value] : source()) set(label, value);
      }
      if (transport_) ShowTransport(transport_());
    }
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  void ShowTransport(const TransportStats& stats) {
    in_flight_.Set(static_cast<double>(stats.in_flight));
    queue_.Set(static_cast<double>(stats.queued));
    body_bytes_.Set(static_cast<double>(stats.body_bytes));
    const std::pair<const char*, std::size_t> states[] = {
        {"handshaking", stats.handshaking},
        {"idle", stats.idle},
        {"active", stats.active},
        {"closing", stats.closing}};
    for (const auto& [state, count] : states) {
      connections_.Add({{"state", state}}).Set(static_cast<double>(count));
    }
  }

  prometheus::Registry registry_;
  const Vocabulary paths_;
  const Vocabulary operations_;
  const Vocabulary kinds_;
  const Vocabulary verdicts_;
  const Vocabulary rules_;
  const Vocabulary rule_verdicts_;
  Counters requests_;
  Counters rule_counts_;
  LabelledCounters not_run_;
  std::vector<Histogram*> durations_;
  Gauge& in_flight_ =
      AddGauges(registry_, "in_flight", "Requests in the handler.").Add({});
  Gauge& queue_ =
      AddGauges(registry_, "queue", "Requests waiting for a turn.").Add({});
  Gauge& body_bytes_ =
      AddGauges(registry_, "body_bytes", "Memory reserved for request bodies.")
          .Add({});
  Family<Gauge>& connections_ =
      AddGauges(registry_, "connections", "Client connections by state.");
  std::mutex mutex_;
  std::function<TransportStats()> transport_;
  std::vector<std::pair<Gauge*, std::function<double()>>> sources_;
  std::vector<std::pair<std::function<void(const std::string&, double)>,
                        std::function<Series()>>>
      series_;

  LabelledCounters shed_;
  LabelledCounters handshakes_;
  LabelledCounters http_errors_;
  Counter& deadline_exceeded_ =
      AddCounters(registry_, "deadline_exceeded_total",
                  "Calls not judged within 80 % of their timeout.")
          .Add({});
  Counter& reload_failed_ =
      AddCounters(registry_, "config_reload_failed_total",
                  "Changes of the policy that could not be used.")
          .Add({});
  Counter& exceptions_ = AddCounters(registry_, "handler_exceptions_total",
                                     "Calls that ended in an exception.")
                             .Add({});
  Counter& accept_errors_ =
      AddCounters(registry_, "accept_errors_total", "Failures of accept().")
          .Add({});
  Gauge& policy_generation_ =
      AddGauges(registry_, "policy_generation",
                "How many policies were in force since the start.")
          .Add({});
  Gauge& cert_not_after_ = AddGauges(registry_, "cert_not_after_seconds",
                                     "When the serving certificate expires.")
                               .Add({});
};

Metrics::Metrics(Options options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

Metrics::~Metrics() = default;

void Metrics::OnRequest(const RequestSample& sample) {
  impl_->OnRequest(sample);
}

void Metrics::OnRule(const RuleSample& sample) { impl_->OnRule(sample); }

void Metrics::OnRuleNotRun(std::string_view rule) {
  impl_->not_run_.Increment(rule);
}

void Metrics::OnDeadlineExceeded() { impl_->deadline_exceeded_.Increment(); }

void Metrics::OnReloadFailed() { impl_->reload_failed_.Increment(); }

void Metrics::SetPolicyGeneration(std::uint64_t generation) {
  impl_->policy_generation_.Set(static_cast<double>(generation));
}

void Metrics::SetCertNotAfter(std::chrono::system_clock::time_point not_after) {
  impl_->cert_not_after_.Set(
      std::chrono::duration<double>(not_after.time_since_epoch()).count());
}

void Metrics::SetTransport(std::function<TransportStats()> source) {
  impl_->SetTransport(std::move(source));
}

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       std::function<double()> source) {
  impl_->AddGauge(name, help, std::move(source));
}

void Metrics::AddSeries(const std::string& name, const std::string& help,
                        SeriesType type, const std::string& label,
                        std::function<Series()> source) {
  impl_->AddSeries(name, help, type, label, std::move(source));
}

std::string Metrics::Text() const { return impl_->Text(); }

void Metrics::OnHttpError(int status) {
  impl_->http_errors_.Increment(std::to_string(status));
}

void Metrics::OnShed(std::string_view reason) {
  impl_->shed_.Increment(reason);
}

void Metrics::OnTlsHandshakeError(std::string_view reason) {
  impl_->handshakes_.Increment(reason);
}

void Metrics::OnHandlerException(std::string_view /*what*/) {
  impl_->exceptions_.Increment();
}

void Metrics::OnAcceptError(int /*error*/) {
  impl_->accept_errors_.Increment();
}

}  // namespace meshvet::webhook
