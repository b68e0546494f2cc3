// Command reference is what a platform team would write in an afternoon: a
// webhook on Go's net/http with three checks, each as plain as it can be. The
// server is held against it.
//
//	reference 127.0.0.1:9444 CERTIFICATE KEY [MESH]
//
// MESH is a folder of manifests. No limits but those of net/http, no patches,
// none of the cases that make the real rules long.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func main() {
	const usage = "usage: reference ADDRESS CERTIFICATE KEY [MESH]"
	if len(os.Args) < 4 || len(os.Args) > 5 {
		log.Fatal(usage)
	}
	known := &mesh{ports: map[string][]port{}}
	if len(os.Args) == 5 {
		if err := known.load(os.Args[4]); err != nil {
			log.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /validate", func(w http.ResponseWriter, r *http.Request) {
		validate(known, w, r)
	})
	server := http.Server{
		Addr:    os.Args[1],
		Handler: mux,
		// As Kubernetes' webhooks do, for an API server speaks HTTP/1.1 to them.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	log.Fatal(server.ListenAndServeTLS(os.Args[2], os.Args[3]))
}

func validate(known *mesh, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var review admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &review); err != nil || review.Request == nil {
		http.Error(w, fmt.Sprintf("no AdmissionReview: %v", err),
			http.StatusBadRequest)
		return
	}
	problems, err := known.check(review.Request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	response := &admissionv1.AdmissionResponse{
		UID: review.Request.UID, Allowed: len(problems) == 0,
	}
	if len(problems) > 0 {
		response.Result = &metav1.Status{
			Message: strings.Join(problems, "; "),
			Reason:  metav1.StatusReasonForbidden,
			Code:    http.StatusForbidden,
		}
	}
	review.Request, review.Response = nil, response
	answer, err := json.Marshal(review)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}
