// Package apiserver calls an admission webhook as kube-apiserver does, since it
// runs the same code: the client of k8s.io/apiserver/pkg/util/webhook with the
// transport, the timeouts and the retries of client-go (rest/request.go,
// rest/with_retry.go), and the checks of what comes back.
//
//	hook, err := apiserver.NewWebhook(address, "/validate", ca, timeout, nil)
//	verdict, err := hook.Call(ctx, review)
//
// So it has 25 idle connections per host for 90 s each, HTTP/1.1 by ALPN as for
// a Service, TLS 1.2 at least, `Accept-Encoding: gzip`, `?timeout=` in whole
// seconds, and up to ten retries of a 429 or 5xx that has a Retry-After. What
// this package adds is callHook of
// admission/plugin/webhook/validating/dispatcher.go, less tracing and metrics.
package apiserver

import (
	"context"
	"fmt"
	"net/url"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	admissionv1beta1 "k8s.io/api/admission/v1beta1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	webhookrequest "k8s.io/apiserver/pkg/admission/plugin/webhook/request"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"
)

// ServiceName is what the webhook's certificate must be valid for.
const ServiceName = "meshvet.meshvet-system.svc"

// Webhook is safe for use by several goroutines.
type Webhook struct {
	client   *rest.RESTClient
	timeout  time.Duration
	mutating bool
}

// endpoint stands for the Service: HOST:PORT of its proxy.
type endpoint string

// ResolveEndpoint is what makes it a webhook.ServiceResolver.
func (e endpoint) ResolveEndpoint(_, _ string, _ int32) (*url.URL, error) {
	return &url.URL{Scheme: "https", Host: string(e)}, nil
}

// NewWebhook is one entry of a webhook configuration, as seen by one API
// server: it has a pool of connections of its own. timeout is its
// timeoutSeconds; wrap may be nil, or change what is sent and received.
func NewWebhook(address, path string, ca []byte, timeout time.Duration,
	wrap transport.WrapperFunc) (*Webhook, error) {
	manager, err := newManager(address, wrap)
	if err != nil {
		return nil, err
	}
	client, err := manager.HookClient(webhook.ClientConfig{
		Name:     "load.meshvet.dev",
		CABundle: ca,
		Service: &webhook.ClientConfigService{
			Name: "meshvet", Namespace: "meshvet-system", Path: path, Port: 443,
		},
	})
	if err != nil {
		return nil, err
	}
	return &Webhook{client, timeout, path == "/mutate"}, nil
}

// newManager does as admission/plugin/webhook/generic.NewWebhook.
func newManager(address string, wrap transport.WrapperFunc) (
	*webhook.ClientManager, error) {
	manager, err := webhook.NewClientManager(
		[]schema.GroupVersion{
			admissionv1beta1.SchemeGroupVersion,
			admissionv1.SchemeGroupVersion,
		},
		admissionv1beta1.AddToScheme,
		admissionv1.AddToScheme,
	)
	if err != nil {
		return nil, err
	}
	resolver, err := webhook.NewDefaultAuthenticationInfoResolver("")
	if err != nil {
		return nil, err
	}
	manager.SetAuthenticationInfoResolver(
		&webhook.AuthenticationInfoResolverDelegator{
			ClientConfigForFunc: resolver.ClientConfigFor,
			ClientConfigForServiceFunc: func(name, namespace string,
				port int) (*rest.Config, error) {
				config, err := resolver.ClientConfigForService(
					name, namespace, port)
				if err == nil && wrap != nil {
					config.Wrap(wrap)
				}
				return config, err
			},
		})
	manager.SetServiceResolver(endpoint(address))
	return &manager, manager.Validate()
}

// Call sends one review and verifies the answer; an error is what makes an API
// server look at the failure policy.
func (w *Webhook) Call(ctx context.Context,
	review *admissionv1.AdmissionReview) (*admissionv1.AdmissionResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	request := w.client.Post().Body(review)
	if deadline, has := ctx.Deadline(); has {
		request.Timeout(wholeSeconds(time.Until(deadline)))
	}
	answer := &admissionv1.AdmissionReview{}
	if err := request.Do(ctx).Into(answer); err != nil {
		return nil, fmt.Errorf("failed to call webhook: %w", err)
	}
	_, err := webhookrequest.VerifyAdmissionResponse(
		review.Request.UID, w.mutating, answer)
	if err != nil {
		return nil, fmt.Errorf("received invalid webhook response: %w", err)
	}
	return answer.Response, nil
}

// wholeSeconds rounds up, as callHook does.
func wholeSeconds(timeout time.Duration) time.Duration {
	if truncated := timeout.Truncate(time.Second); truncated != timeout {
		return truncated + time.Second
	}
	return timeout
}
