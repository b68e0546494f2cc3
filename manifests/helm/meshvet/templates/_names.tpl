{{- define "meshvet.labels" -}}
app.kubernetes.io/name: meshvet
{{- end }}

{{- define "meshvet.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{- define "meshvet.istioConfigMap" -}}
{{- with .Values.istio.revision -}}
{{- if eq . "default" -}}istio{{- else -}}istio-{{ . }}{{- end }}
{{- else -}}
istio
{{- end }}
{{- end }}

{{/*
Installed with Ignore: meshvet itself sets Fail, once it has proven that calls
reach it. An upgrade leaves that as it is.
*/}}
{{- define "meshvet.failurePolicy" -}}
{{- $policy := "Ignore" -}}
{{- if eq .root.Values.webhooks.failurePolicy "Fail" -}}
{{- $live := lookup "admissionregistration.k8s.io/v1" .kind "" "meshvet" -}}
{{- range dig "webhooks" list $live -}}
{{- $policy = .failurePolicy -}}
{{- end -}}
{{- end -}}
{{ $policy }}
{{- end }}

{{/* The webhook of one path, without its rules. */}}
{{- define "meshvet.webhook" -}}
admissionReviewVersions: [v1]
clientConfig:
  service:
    name: meshvet
    namespace: {{ .root.Release.Namespace }}
    path: {{ .path }}
    port: 443
  {{- if eq .root.Values.certificates.mode "secret" }}
  caBundle: {{ .root.Values.certificates.caBundle | b64enc }}
  {{- end }}
failurePolicy: {{ include "meshvet.failurePolicy" . }}
matchPolicy: Equivalent
sideEffects: None
timeoutSeconds: {{ .root.Values.webhooks.timeoutSeconds }}
# Never judged, so that meshvet can always be mended.
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: [{{ .root.Release.Namespace }}]
# A write that changes nothing a rule looks at is not worth a call: a status,
# finalizers, managed fields.
matchConditions:
  - name: changes-what-is-judged
    expression: |-
      request.operation != "UPDATE" ||
      object.?spec != oldObject.?spec ||
      object.metadata.?labels != oldObject.metadata.?labels ||
      object.metadata.?annotations != oldObject.metadata.?annotations
{{- end }}

{{- define "meshvet.webhookMetadata" -}}
name: meshvet
labels:
  {{- include "meshvet.labels" . | nindent 2 }}
{{- if eq .Values.certificates.mode "certManager" }}
annotations:
  cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/meshvet-tls
{{- end }}
{{- end }}
