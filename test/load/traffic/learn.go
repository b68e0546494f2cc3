package traffic

import (
	"context"

	admissionv1 "k8s.io/api/admission/v1"
)

// Learn takes for right what each case is answered now, for cases that come
// without a right answer.
func (t *Traffic) Learn() error {
	for i := range t.Cases {
		c := &t.Cases[i]
		response, err := t.servers[0][c.Path].Call(context.Background(), &c.Review)
		if err != nil {
			return err
		}
		c.Right = []admissionv1.AdmissionResponse{withoutIdentity(*response)}
	}
	return nil
}
