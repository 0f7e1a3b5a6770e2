{{- define "medinsure.notes" -}}
{{ .Chart.Name }} {{ .Chart.AppVersion }} of {{ .Values.tenant.code }} {{ .Values.tenant.name }}{{ if .Values.stopped }}: stopped, no service runs, the data stays{{ else if .Values.suspended }}: suspended, nothing new is registered or settled{{ end }}

services   {{ (include "medinsure.running" . | fromYaml).names | join ", " }}
{{- range (include "medinsure.edges" . | fromYaml).edges }}
{{ printf "%-10s" .name }} {{ ternary "grpcs" "https" (eq .protocol "grpc") }}://{{ .host }}{{ if .clientCa }}, with a client certificate{{ end }}
{{- end }}
look       kubectl -n {{ .Release.Namespace }} get pods,jobs,hpa
{{- if not .Values.tenant.packs }}{{ if not (include "medinsure.isCity" .) }}

No benefit policy: tenant.packs is empty. Persons can be enrolled, nothing can be settled.
{{- end }}{{ end }}
{{- if or .Values.secrets.generate .Values.stores.postgres.inCluster .Values.stores.rabbitmq.inCluster .Values.stores.redis.inCluster }}

FOR A TRIAL ONLY: the stores in the cluster have one pod and no replica; generated secrets live in this namespace alone.
{{- end }}
{{- end }}
