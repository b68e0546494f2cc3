package install

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
)

// site is what is installed, typed.
type site struct {
	namespace  corev1.Namespace
	account    corev1.ServiceAccount
	deployment appsv1.Deployment
	service    corev1.Service
	budget     policyv1.PodDisruptionBudget
	network    networkingv1.NetworkPolicy
}

func newSite(t *testing.T, overlay string) *site {
	t.Helper()
	return siteOf(t, Folder+"/overlays/"+overlay)
}

func siteOf(t *testing.T, folder string) *site {
	t.Helper()
	objects := kustomizeAll(t, folder)
	s := &site{}
	for key, into := range map[string]any{
		"Namespace /meshvet-system":                  &s.namespace,
		"ServiceAccount meshvet-system/meshvet":      &s.account,
		"Deployment meshvet-system/meshvet":          &s.deployment,
		"Service meshvet-system/meshvet":             &s.service,
		"PodDisruptionBudget meshvet-system/meshvet": &s.budget,
		"NetworkPolicy meshvet-system/meshvet":       &s.network,
	} {
		if err := objects.Get(key, into); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *site) pod() *corev1.PodSpec { return &s.deployment.Spec.Template.Spec }

func (s *site) container() *corev1.Container { return &s.pod().Containers[0] }

// flag is the value of one of `meshvet serve`.
func (s *site) flag(name string) string {
	for _, word := range s.container().Args {
		if value, is := strings.CutPrefix(word, name+"="); is {
			return value
		}
	}
	return ""
}

func (s *site) seconds(t *testing.T, flag string) time.Duration {
	t.Helper()
	value, err := time.ParseDuration(s.flag(flag))
	if err != nil {
		t.Fatalf("%s: %v", flag, err)
	}
	return value
}

func (s *site) topologies() []string {
	var keys []string
	for _, spread := range s.pod().TopologySpreadConstraints {
		if spread.MaxSkew == 1 {
			keys = append(keys, spread.TopologyKey)
		}
	}
	return keys
}

// portOf is where a port of the Service ends.
func (s *site) portOf(name string) int32 {
	for _, port := range s.service.Spec.Ports {
		for _, own := range s.container().Ports {
			if port.Name == name && port.TargetPort.String() == own.Name {
				return own.ContainerPort
			}
		}
	}
	return 0
}

func (s *site) networkPorts(rules ...[]networkingv1.NetworkPolicyPort) []string {
	var ports []string
	for _, rule := range rules {
		for _, port := range rule {
			ports = append(ports, string(*port.Protocol)+" "+port.Port.String())
		}
	}
	slices.Sort(ports)
	return ports
}

func probe(p *corev1.Probe) []string {
	return []string{p.HTTPGet.Path, p.HTTPGet.Port.String()}
}

// What keeps it available, and what an attacker would not find.
func TestDeployment(t *testing.T) {
	for _, overlay := range []string{"audit", "cert-manager", "self-managed-ca"} {
		t.Run(overlay, func(t *testing.T) {
			s := newSite(t, overlay)
			if count := len(s.pod().Containers); count != 1 {
				t.Fatalf("%d containers", count)
			}
			s.checkAvailability(t)
			s.checkSecurity(t)
			s.checkNetwork(t)
		})
	}
}

type property struct {
	name      string
	got, want any
}

func check(t *testing.T, properties []property) {
	t.Helper()
	for _, property := range properties {
		if diff := cmp.Diff(property.want, property.got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", property.name, diff)
		}
	}
}

func (s *site) checkAvailability(t *testing.T) {
	t.Helper()
	c := s.container()
	own := map[string]string{"app.kubernetes.io/name": "meshvet"}
	ends := time.Duration(*s.pod().TerminationGracePeriodSeconds) * time.Second
	rolling := s.deployment.Spec.Strategy.RollingUpdate
	check(t, []property{
		{"replicas", *s.deployment.Spec.Replicas, int32(3)},
		{"lost by a rollout", rolling.MaxUnavailable.String(), "0"},
		{"spread", s.topologies(), []string{
			"topology.kubernetes.io/zone", "kubernetes.io/hostname"}},
		{"priority", s.pod().PriorityClassName, "system-cluster-critical"},
		{"evicted at once", s.budget.Spec.MaxUnavailable.String(), "1"},
		{"guarded by the budget", s.budget.Spec.Selector.MatchLabels, own},
		{"run by the Deployment", s.deployment.Spec.Selector.MatchLabels, own},
		{"has time to end", ends >
			s.seconds(t, "--lame-duck")+s.seconds(t, "--grace"), true},
		{"startup probe", probe(c.StartupProbe), []string{"/livez", "ops"}},
		{"liveness probe", probe(c.LivenessProbe), []string{"/livez", "ops"}},
		{"readiness probe", probe(c.ReadinessProbe), []string{"/readyz", "ops"}},
		{"leaves the endpoints before it ends",
			time.Duration(c.ReadinessProbe.PeriodSeconds*
				c.ReadinessProbe.FailureThreshold)*time.Second <
				s.seconds(t, "--lame-duck"), true},
		{"processor asked for", c.Resources.Requests.Cpu().String(), "100m"},
		{"memory asked for", c.Resources.Requests.Memory().String(), "128Mi"},
		{"memory at most", c.Resources.Limits.Memory().String(), "1Gi"},
		{"not throttled", c.Resources.Limits.Cpu().IsZero(), true},
		{"bounded at work", s.flag("--max-in-flight"), "16"},
	})
}

func (s *site) checkSecurity(t *testing.T) {
	t.Helper()
	c := s.container()
	levels := map[string]string{}
	for label, level := range s.namespace.Labels {
		if mode, is := strings.CutPrefix(label,
			"pod-security.kubernetes.io/"); is {
			levels[mode] = level
		}
	}
	inherit := s.pod().SecurityContext
	check(t, []property{
		{"pod security", levels, map[string]string{"enforce": "restricted",
			"audit": "restricted", "warn": "restricted"}},
		{"not root", *inherit.RunAsNonRoot, true},
		{"user", *inherit.RunAsUser, int64(65532)},
		{"seccomp", inherit.SeccompProfile.Type,
			corev1.SeccompProfileTypeRuntimeDefault},
		{"read-only root", *c.SecurityContext.ReadOnlyRootFilesystem, true},
		{"no more rights", *c.SecurityContext.AllowPrivilegeEscalation, false},
		{"capabilities", c.SecurityContext.Capabilities,
			&corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
		{"no host", []bool{s.pod().HostNetwork, s.pod().HostPID,
			s.pod().HostIPC}, []bool{false, false, false}},
		{"account", s.pod().ServiceAccountName, "meshvet"},
		{"token for this pod", *s.pod().AutomountServiceAccountToken, true},
		{"and for no other", *s.account.AutomountServiceAccountToken, false},
		{"no variables of Services", *s.pod().EnableServiceLinks, false},
		{"no sidecar", s.deployment.Spec.Template.Labels["sidecar.istio.io/inject"],
			"false"},
		{"mounts are read-only", slices.ContainsFunc(c.VolumeMounts,
			func(m corev1.VolumeMount) bool { return !m.ReadOnly }), false},
	})
}

func (s *site) checkNetwork(t *testing.T) {
	t.Helper()
	ingress, egress := s.network.Spec.Ingress, s.network.Spec.Egress
	if len(ingress) != 2 || len(egress) != 2 || len(ingress[1].From) != 1 {
		t.Fatalf("NetworkPolicy: %+v", s.network.Spec)
	}
	check(t, []property{
		{"webhook port", ":" + strconv.Itoa(int(s.portOf("webhook"))),
			s.flag("--listen")},
		{"ops port", ":" + strconv.Itoa(int(s.portOf("ops"))),
			s.flag("--ops-listen")},
		{"both ways are closed", s.network.Spec.PolicyTypes,
			[]networkingv1.PolicyType{"Ingress", "Egress"}},
		{"the API server comes from anywhere", len(ingress[0].From), 0},
		{"to the webhook", s.networkPorts(ingress[0].Ports),
			[]string{"TCP webhook"}},
		{"Prometheus comes from its namespace",
			ingress[1].From[0].NamespaceSelector.MatchLabels,
			map[string]string{"kubernetes.io/metadata.name": "monitoring"}},
		{"to the metrics", s.networkPorts(ingress[1].Ports),
			[]string{"TCP ops"}},
		{"out to the API server and DNS",
			s.networkPorts(egress[0].Ports, egress[1].Ports),
			[]string{"TCP 443", "TCP 53", "TCP 6443", "UDP 53"}},
	})
}
