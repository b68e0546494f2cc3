package traffic

import (
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
)

func answer(allowed bool, generation string) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{
		UID: "1", Allowed: allowed,
		AuditAnnotations: map[string]string{Generation: generation},
	}
}

// Of two policies the first allows and the second denies.
func TestCheck(t *testing.T) {
	c := Case{Right: []admissionv1.AdmissionResponse{
		withoutIdentity(*answer(true, "1")), withoutIdentity(*answer(false, "2")),
	}}
	for _, test := range []struct {
		allowed    bool
		generation string
		right      bool
	}{
		{true, "1", true},
		{false, "2", true},
		{true, "3", true},
		{false, "1", false},
		{true, "2", false},
		{false, "3", false},
		{true, "0", false},
		{true, "", false},
	} {
		err := c.check(answer(test.allowed, test.generation))
		if (err == nil) != test.right {
			t.Errorf("%+v: %v", test, err)
		}
	}
}
