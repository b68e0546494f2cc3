#include "test/bench/mesh_generator.h"

#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

namespace meshvet::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kServices = 12;
constexpr size_t kRouted = 8;
constexpr size_t kExternal = 4;

std::string Name(std::string_view stem, size_t number) {
  return std::string(stem) + "-" + std::to_string(number);
}

Json Labels(const std::string& app) {
  return {{"app", app}, {"version", "v1"}};
}

Json Head(const char* api_version, const char* kind, const std::string& ns,
          const std::string& name) {
  return {{"apiVersion", api_version},
          {"kind", kind},
          {"metadata",
           {{"name", name},
            {"namespace", ns},
            {"labels", {{"team", ns}, {"tier", "backend"}}},
            {"annotations", {{"example.com/owner", ns + "@example.com"}}}}}};
}

Json Namespace(const std::string& ns) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata",
           {{"name", ns}, {"labels", {{"istio-injection", "enabled"}}}}}};
}

Json PeerAuthentication(const std::string& ns) {
  Json object =
      Head("security.istio.io/v1", "PeerAuthentication", ns, "default");
  object["spec"] = {{"mtls", {{"mode", "STRICT"}}}};
  return object;
}

Json Service(const std::string& ns, const std::string& name) {
  Json object = Head("v1", "Service", ns, name);
  object["spec"] = {
      {"type", "ClusterIP"},
      {"selector", {{"app", name}}},
      {"ports",
       {{{"name", "http"}, {"port", 8080}, {"targetPort", 8080}},
        {{"name", "grpc-api"}, {"port", 9000}, {"targetPort", 9000}},
        {{"name", "metrics"}, {"port", 9090}, {"appProtocol", "http"}}}}};
  return object;
}

Json Deployment(const std::string& ns, const std::string& name) {
  Json object = Head("apps/v1", "Deployment", ns, name);
  const Json container = {
      {"name", name},
      {"image", "registry.example.com/" + ns + "/" + name + ":1.4.2"},
      {"ports", {{{"containerPort", 8080}}, {{"containerPort", 9000}}}},
      {"resources", {{"requests", {{"cpu", "100m"}, {"memory", "128Mi"}}}}}};
  object["spec"] = {{"replicas", 2},
                    {"selector", {{"matchLabels", {{"app", name}}}}},
                    {"template",
                     {{"metadata", {{"labels", Labels(name)}}},
                      {"spec",
                       {{"serviceAccountName", name},
                        {"containers", Json::array({container})}}}}}};
  return object;
}

Json Destination(const std::string& host, const char* subset) {
  return {{"host", host}, {"subset", subset}, {"port", {{"number", 8080}}}};
}

Json Routed(const std::string& host) {
  return {{"destination", Destination(host, "v1")}};
}

Json VirtualService(const std::string& ns, const std::string& name) {
  Json object = Head("networking.istio.io/v1", "VirtualService", ns, name);
  const Json http = {{{"match", {{{"uri", {{"prefix", "/v1/"}}}}}},
                      {"route", Json::array({Routed(name)})},
                      {"timeout", "3s"},
                      {"retries", {{"attempts", 2}, {"perTryTimeout", "1s"}}}},
                     {{"route", Json::array({Routed(name)})}}};
  object["spec"] = {{"hosts", {name}}, {"http", http}};
  return object;
}

Json DestinationRule(const std::string& ns, const std::string& name) {
  Json object = Head("networking.istio.io/v1", "DestinationRule", ns, name);
  object["spec"] = {
      {"host", name},
      {"trafficPolicy",
       {{"tls", {{"mode", "ISTIO_MUTUAL"}}},
        {"connectionPool", {{"http", {{"http2MaxRequests", 1000}}}}},
        {"outlierDetection",
         {{"consecutive5xxErrors", 5}, {"baseEjectionTime", "30s"}}}}},
      {"subsets", {{{"name", "v1"}, {"labels", {{"version", "v1"}}}}}}};
  return object;
}

std::string LegacyHost(const std::string& ns, size_t i) {
  return Name("vm", i) + "." + ns + ".example";
}

Json ServiceEntry(const std::string& ns, size_t i) {
  Json object =
      Head("networking.istio.io/v1", "ServiceEntry", ns, Name("vm", i));
  object["spec"] = {
      {"hosts", {LegacyHost(ns, i)}},
      {"location", "MESH_INTERNAL"},
      {"resolution", "STATIC"},
      {"ports", {{{"number", 8080}, {"name", "http"}, {"protocol", "HTTP"}}}},
      {"workloadSelector", {{"labels", {{"app", Name("vm", i)}}}}}};
  return object;
}

Json WorkloadEntry(const std::string& ns, size_t i) {
  Json object =
      Head("networking.istio.io/v1", "WorkloadEntry", ns, Name("vm", i));
  object["spec"] = {{"address", "192.0.2." + std::to_string(10 + i)},
                    {"serviceAccount", "vm"},
                    {"labels", Labels(Name("vm", i))}};
  return object;
}

void AppendNamespace(const std::string& ns, std::vector<Json>& mesh) {
  mesh.push_back(Namespace(ns));
  mesh.push_back(PeerAuthentication(ns));
  for (size_t i = 0; i < kServices; ++i) {
    mesh.push_back(Service(ns, Name("svc", i)));
    mesh.push_back(Deployment(ns, Name("svc", i)));
  }
  for (size_t i = 0; i < kRouted; ++i) {
    mesh.push_back(VirtualService(ns, Name("svc", i)));
    mesh.push_back(DestinationRule(ns, Name("svc", i)));
  }
  for (size_t i = 0; i < kExternal; ++i) {
    mesh.push_back(ServiceEntry(ns, i));
    mesh.push_back(WorkloadEntry(ns, i));
  }
}

bool IsPlainWord(std::string_view text) {
  constexpr std::string_view kWordCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@";
  // What starts with a letter and is no keyword needs no quotes.
  constexpr std::array<std::string_view, 8> kKeywords = {
      "true", "false", "null", "yes", "no", "on", "off", "y"};
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0) {
    return false;
  }
  if (text.find_first_not_of(kWordCharacters) != std::string_view::npos) {
    return false;
  }
  if (text.ends_with(':')) return false;
  for (const std::string_view keyword : kKeywords) {
    if (text == keyword) return false;
  }
  return true;
}

std::string Scalar(const Json& value) {
  if (value.is_string() && IsPlainWord(value.get_ref<const std::string&>())) {
    return value.get<std::string>();
  }
  return value.dump();
}

void WriteYaml(const Json& value, size_t indent, std::string& out);

// What stands after "key:" or "-".
void WriteValue(const Json& value, size_t indent, std::string& out) {
  if (value.is_structured() && !value.empty()) {
    out += '\n';
    WriteYaml(value, indent, out);
  } else {
    out += " " + Scalar(value) + "\n";
  }
}

void WriteYaml(const Json& value, size_t indent, std::string& out) {
  const std::string spaces(indent, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += spaces + Scalar(key) + ":";
      WriteValue(member, indent + 2, out);
    }
    return;
  }
  for (const Json& element : value) {
    if (!element.is_object() || element.empty()) {
      out += spaces + "-";
      WriteValue(element, indent + 2, out);
      continue;
    }
    // A mapping starts on the line of its dash.
    const size_t start = out.size();
    WriteYaml(element, indent + 2, out);
    out[start + indent] = '-';
  }
}

Json CanaryRoute(size_t i) {
  return {{"name", Name("route", i)},
          {"match",
           {{{"uri", {{"prefix", "/" + Name("area", i) + "/"}}},
             {"headers", {{"x-canary", {{"exact", "true"}}}}}}}},
          {"route",
           {{{"destination", Destination(Name("svc", i % kRouted), "v1")},
             {"weight", 90}},
            {{"destination", Destination(Name("svc", (i + 1) % kRouted), "v1")},
             {"weight", 10}}}},
          {"timeout", "5s"},
          {"retries", {{"attempts", 3}, {"perTryTimeout", "2s"}}}};
}

}  // namespace

std::vector<std::string> GenerateMesh(size_t count) {
  std::vector<Json> mesh;
  for (size_t i = 0; mesh.size() < count; ++i) {
    AppendNamespace(Name("team", i), mesh);
  }
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) texts.push_back(mesh[i].dump());
  return texts;
}

std::string VirtualServiceUnderReview(size_t bytes) {
  Json object = Head("networking.istio.io/v1", "VirtualService", "team-0",
                     "under-review");
  object["spec"] = {{"hosts", {"svc-8"}}, {"http", Json::array()}};
  Json& http = object["spec"]["http"];
  size_t size = object.dump().size();
  for (size_t i = 0; size < bytes; ++i) {
    http.push_back(CanaryRoute(i));
    size += http.back().dump().size() + 1;
  }
  return object.dump();
}

std::string ReviewOf(std::string_view object_json,
                     std::string_view old_object_json) {
  const Json object = Json::parse(object_json);
  const bool is_update = !old_object_json.empty();
  const Json old_object = is_update ? Json::parse(old_object_json) : Json();
  const Json kind = {{"group", "networking.istio.io"},
                     {"version", "v1"},
                     {"kind", object["kind"]}};
  const Json resource = {{"group", "networking.istio.io"},
                         {"version", "v1"},
                         {"resource", "virtualservices"}};
  const Json review = {
      {"kind", "AdmissionReview"},
      {"apiVersion", "admission.k8s.io/v1"},
      {"request",
       {{"uid", "0b8a2f5e-6c1d-4e57-9a34-1f0c2d3e4b5a"},
        {"kind", kind},
        {"resource", resource},
        {"requestKind", kind},
        {"requestResource", resource},
        {"name", object["metadata"]["name"]},
        {"namespace", object["metadata"]["namespace"]},
        {"operation", is_update ? "UPDATE" : "CREATE"},
        {"userInfo",
         {{"username", "ada"}, {"groups", {"system:authenticated"}}}},
        {"object", object},
        {"oldObject", old_object},
        {"dryRun", false},
        {"options",
         {{"kind", is_update ? "UpdateOptions" : "CreateOptions"},
          {"apiVersion", "meta.k8s.io/v1"}}}}}};
  return review.dump();
}

std::string ToYaml(std::string_view json) {
  std::string out;
  WriteYaml(Json::parse(json), 0, out);
  return out;
}

}  // namespace meshvet::bench
