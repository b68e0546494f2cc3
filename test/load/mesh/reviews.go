package mesh

import (
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"meshvet.dev/load/traffic"
)

// Reviews are of objects somebody creates in a mesh that Fill has made: a route
// to what is there, and a WorkloadEntry with a label that has no effect. None is
// denied: before a denial that rests on the mesh, the API server itself is
// asked.
func Reviews() ([]traffic.Case, error) {
	route, err := review("networking.istio.io", "VirtualService",
		"virtualservices", virtualService(nameOf(0)))
	if err != nil {
		return nil, err
	}
	labels := object{"app": "reviewed", "version": "v1"}
	entry, err := review("networking.istio.io", "WorkloadEntry",
		"workloadentries", object{
			"metadata": object{"labels": object{"version": "v2"}},
			"spec":     object{"address": "192.0.2.7", "labels": labels},
		})
	if err != nil {
		return nil, err
	}
	return []traffic.Case{
		{Name: "allow-route", Path: "/validate", Review: route},
		{Name: "warn-entry", Path: "/validate", Review: entry},
	}, nil
}

// DeniedReview is of a WorkloadEntry without a version. Whether one is missing
// rests on the mesh, so the API server is asked before it is denied.
func DeniedReview() (traffic.Case, error) {
	entry, err := review("networking.istio.io", "WorkloadEntry",
		"workloadentries", object{"spec": object{
			"address": "192.0.2.7", "labels": object{"app": "reviewed"},
		}})
	return traffic.Case{Name: "deny-entry", Path: "/validate", Review: entry}, err
}

func review(group, kind, resource string, content object) (
	admissionv1.AdmissionReview, error) {
	const version, name = "v1", "reviewed"
	reviewed := unstructured.Unstructured{Object: content}
	reviewed.SetAPIVersion(group + "/" + version)
	reviewed.SetKind(kind)
	reviewed.SetName(name)
	reviewed.SetNamespace(namespaceOf(0))
	text, err := reviewed.MarshalJSON()
	gvk := metav1.GroupVersionKind{Group: group, Version: version, Kind: kind}
	gvr := metav1.GroupVersionResource{
		Group: group, Version: version, Resource: resource,
	}
	no := false
	return admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{
			APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview",
		},
		Request: &admissionv1.AdmissionRequest{
			UID:             "to be set by each call",
			Kind:            gvk,
			Resource:        gvr,
			RequestKind:     &gvk,
			RequestResource: &gvr,
			Name:            name,
			Namespace:       namespaceOf(0),
			Operation:       admissionv1.Create,
			UserInfo:        authenticationv1.UserInfo{Username: "load"},
			Object:          runtime.RawExtension{Raw: text},
			DryRun:          &no,
		},
	}, err
}
