{{/* Sidecar annotations; nothing when Dapr is off. */}}
{{- define "medinsure.daprAnnotations" -}}
{{- $dapr := .root.Values.dapr -}}
{{- if $dapr.enabled -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .name }}
dapr.io/app-port: "8080"
dapr.io/app-protocol: http
dapr.io/config: medinsure
dapr.io/app-token-secret: {{ .root.Values.secrets.platform }}
dapr.io/log-as-json: "true"
dapr.io/sidecar-seccomp-profile-type: RuntimeDefault
dapr.io/sidecar-cpu-request: {{ $dapr.resources.requests.cpu | quote }}
dapr.io/sidecar-memory-request: {{ $dapr.resources.requests.memory | quote }}
dapr.io/sidecar-cpu-limit: {{ $dapr.resources.limits.cpu | quote }}
dapr.io/sidecar-memory-limit: {{ $dapr.resources.limits.memory | quote }}
{{- end -}}
{{- end }}

{{/* What Dapr's Kubernetes secret store may read: the Secrets of this service by name. */}}
{{- define "medinsure.daprRole" -}}
{{- $secrets := .root.Values.secrets -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [{{ $secrets.platform }}, {{ $secrets.database }}]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
subjects:
  - kind: ServiceAccount
    name: {{ .name }}
    namespace: {{ .root.Release.Namespace }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
{{- end }}
