package main

import (
	"encoding/json"
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
)

const clusterLocal = ".svc.cluster.local"

// check is what is wrong with the object of a request.
func (m *mesh) check(request *admissionv1.AdmissionRequest) ([]string, error) {
	if request.Operation == admissionv1.Delete {
		return nil, nil
	}
	switch request.Kind.Kind {
	case "VirtualService":
		return checkVirtualService(request)
	case "WorkloadEntry":
		return checkWorkloadEntry(request)
	case "DestinationRule":
		return m.checkDestinationRule(request)
	}
	return nil, nil
}

type destination struct {
	Destination struct {
		Host string `json:"host"`
	} `json:"destination"`
}

type virtualService struct {
	Spec struct {
		HTTP []struct {
			Route []destination `json:"route"`
		} `json:"http"`
		TLS []struct {
			Route []destination `json:"route"`
		} `json:"tls"`
		TCP []struct {
			Route []destination `json:"route"`
		} `json:"tcp"`
	} `json:"spec"`
}

func checkVirtualService(request *admissionv1.AdmissionRequest) (
	[]string, error) {
	var object virtualService
	if err := json.Unmarshal(request.Object.Raw, &object); err != nil {
		return nil, err
	}
	var problems []string
	check := func(field string, routes []destination) {
		for i, route := range routes {
			host := fqdn(route.Destination.Host, request.Namespace)
			namespace, isService := namespaceOf(host)
			if isService && namespace != request.Namespace {
				problems = append(problems, fmt.Sprintf(
					"%s.route[%d].destination.host: %s is of namespace %s",
					field, i, host, namespace))
			}
		}
	}
	for i, route := range object.Spec.HTTP {
		check(fmt.Sprintf("spec.http[%d]", i), route.Route)
	}
	for i, route := range object.Spec.TLS {
		check(fmt.Sprintf("spec.tls[%d]", i), route.Route)
	}
	for i, route := range object.Spec.TCP {
		check(fmt.Sprintf("spec.tcp[%d]", i), route.Route)
	}
	return problems, nil
}

func checkWorkloadEntry(request *admissionv1.AdmissionRequest) (
	[]string, error) {
	var object struct {
		Spec struct {
			Labels map[string]string `json:"labels"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(request.Object.Raw, &object); err != nil {
		return nil, err
	}
	var problems []string
	for _, label := range []string{"app", "version"} {
		if object.Spec.Labels[label] == "" {
			problems = append(problems, "spec.labels: "+label+" is missing")
		}
	}
	return problems, nil
}

func (m *mesh) checkDestinationRule(request *admissionv1.AdmissionRequest) (
	[]string, error) {
	var object struct {
		Spec struct {
			Host          string `json:"host"`
			TrafficPolicy struct {
				TLS struct {
					Mode string `json:"mode"`
				} `json:"tls"`
			} `json:"trafficPolicy"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(request.Object.Raw, &object); err != nil {
		return nil, err
	}
	host := fqdn(object.Spec.Host, request.Namespace)
	mode := object.Spec.TrafficPolicy.TLS.Mode
	var problems []string
	for _, port := range m.ports[host] {
		isTLS := port.protocol == "https" || port.protocol == "tls"
		if isTLS && (mode == "SIMPLE" || mode == "MUTUAL") {
			problems = append(problems, fmt.Sprintf(
				"spec.trafficPolicy.tls.mode: %s to port %d of %s, which is %s",
				mode, port.number, host, port.protocol))
		}
	}
	return problems, nil
}

func fqdn(host, namespace string) string {
	if strings.Contains(host, ".") {
		return host
	}
	return host + "." + namespace + clusterLocal
}

func namespaceOf(host string) (string, bool) {
	labels := strings.Split(strings.TrimSuffix(host, clusterLocal), ".")
	if !strings.HasSuffix(host, clusterLocal) || len(labels) != 2 {
		return "", false
	}
	return labels[1], true
}
