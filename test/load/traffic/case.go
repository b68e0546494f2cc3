// Package traffic calls webhooks as several API servers would, and holds every
// answer against the one that is right.
package traffic

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	admissionv1 "k8s.io/api/admission/v1"

	"meshvet.dev/e2e/meshvet"
)

// Generation is the audit annotation that names the policy in force.
const Generation = "policy-generation"

// A Case is a review and the right answers to it: those of the policies that
// take turns, beginning with the one at the start.
type Case struct {
	Name   string
	Path   string // of the webhook
	Review admissionv1.AdmissionReview
	Right  []admissionv1.AdmissionResponse
}

// Cases are the recorded reviews of a folder, for both paths. Right is what
// `meshvet review` says with each of the policies, so that one process is held
// against another.
func Cases(folder, inventory string, policies ...string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there are no reviews in %s", folder)
	}
	var cases []Case
	for _, file := range files {
		for _, path := range []string{"/validate", "/mutate"} {
			c, err := newCase(file, path, inventory, policies)
			if err != nil {
				return nil, err
			}
			cases = append(cases, c)
		}
	}
	return cases, nil
}

func newCase(file, path, inventory string, policies []string) (Case, error) {
	c := Case{Name: filepath.Base(file), Path: path}
	text, err := os.ReadFile(file)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c.Review); err != nil {
		return c, err
	}
	for _, policy := range policies {
		right, err := review(file, path, inventory, policy)
		if err != nil {
			return c, err
		}
		c.Right = append(c.Right, right)
	}
	return c, nil
}

func review(file, path, inventory, policy string) (
	admissionv1.AdmissionResponse, error) {
	var answer admissionv1.AdmissionReview
	binary, err := meshvet.Binary()
	if err != nil {
		return admissionv1.AdmissionResponse{}, err
	}
	words := []string{"review", "--inventory=" + inventory, "--config=" + policy}
	if path == "/mutate" {
		words = append(words, "--mutate")
	}
	// Its exit code is the verdict; without an answer the JSON is missing.
	text, err := exec.Command(binary, append(words, file)...).Output()
	if jsonErr := json.Unmarshal(text, &answer); jsonErr != nil {
		return admissionv1.AdmissionResponse{},
			fmt.Errorf("meshvet review %s: %w: %w", file, err, jsonErr)
	}
	if answer.Response == nil {
		return admissionv1.AdmissionResponse{},
			fmt.Errorf("meshvet review %s: no response", file)
	}
	return withoutIdentity(*answer.Response), nil
}

// withoutIdentity takes out what differs between calls and processes.
func withoutIdentity(
	response admissionv1.AdmissionResponse) admissionv1.AdmissionResponse {
	response.UID = ""
	annotations := map[string]string{}
	for key, value := range response.AuditAnnotations {
		if key != Generation {
			annotations[key] = value
		}
	}
	response.AuditAnnotations = annotations
	return response
}

// check is an error if an answer is not, as a whole, that of the policy it
// says it is from.
func (c Case) check(got *admissionv1.AdmissionResponse) error {
	generation, err := strconv.Atoi(got.AuditAnnotations[Generation])
	if err != nil || generation < 1 {
		return fmt.Errorf("%s %s: no generation in %v", c.Name, c.Path,
			got.AuditAnnotations)
	}
	gotText, err := json.Marshal(withoutIdentity(*got))
	if err != nil {
		return err
	}
	wantText, err := json.Marshal(c.Right[(generation-1)%len(c.Right)])
	if err != nil {
		return err
	}
	if string(gotText) != string(wantText) {
		return fmt.Errorf("%s %s, generation %d: got %s, want %s", c.Name, c.Path,
			generation, gotText, wantText)
	}
	return nil
}
