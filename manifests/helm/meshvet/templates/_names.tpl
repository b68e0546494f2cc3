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
failurePolicy: {{ .root.Values.webhooks.failurePolicy }}
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
