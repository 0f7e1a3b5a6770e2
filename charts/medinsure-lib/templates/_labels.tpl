{{/* Call all of these with (dict "root" $ "name" NAME "component" COMPONENT). */}}
{{- define "medinsure.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "medinsure.labels" -}}
{{ include "medinsure.selector" . }}
app.kubernetes.io/part-of: medinsure
app.kubernetes.io/component: {{ .component | default "service" }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
medinsure/tenant: {{ .root.Values.tenant.code | quote }}
{{- end }}

{{- define "medinsure.meta" -}}
name: {{ .object | default .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "medinsure.labels" . | nindent 2 }}
{{- end }}

{{- define "medinsure.image" -}}
{{- $image := .root.Values.image -}}
{{- get (default dict $image.references) .name | default (printf "%s/%s:%s" $image.registry .name ($image.tag | default .root.Chart.AppVersion)) -}}
{{- end }}

{{/* Pod level of the "restricted" Pod Security Standard. 1654 is the user of Microsoft's chiseled images. */}}
{{- define "medinsure.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user | default 1654 }}
runAsGroup: {{ .user | default 1654 }}
fsGroup: {{ .user | default 1654 }}
# Not at every start: PostgreSQL and RabbitMQ refuse files that others may write.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "medinsure.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* What every pod template of ours has in common. Call with (dict "root" $ "user" UID). */}}
{{- define "medinsure.podBase" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  {{- include "medinsure.podSecurity" . | nindent 2 }}
{{- end }}
