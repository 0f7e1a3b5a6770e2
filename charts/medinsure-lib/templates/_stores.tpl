{{/* Servers inside the cluster, for trials only: one pod each, no replica, no backup of their own. Production names external ones in the values. */}}

{{/* Call with (dict "root" $ "name" "postgres" "store" STORE "user" UID "ports" LIST "mounts" LIST) and the container's own lines as "container". */}}
{{- define "medinsure.store" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "medinsure.meta" (merge (dict "component" "store") .) | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "medinsure.selector" . | nindent 4 }}
  ports:
    - name: {{ .name }}
      port: {{ .store.port }}
      targetPort: {{ .name }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "medinsure.meta" (merge (dict "component" "store") .) | nindent 2 }}
spec:
  serviceName: {{ .name }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "medinsure.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "medinsure.labels" (merge (dict "component" "store") .) | nindent 8 }}
    spec:
      {{- include "medinsure.podBase" . | nindent 6 }}
      terminationGracePeriodSeconds: 60
      containers:
        - name: {{ .name }}
          image: {{ .store.image }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          ports:
            - name: {{ .name }}
              containerPort: {{ .store.port }}
          {{- .container | nindent 10 }}
          resources:
            {{- toYaml .store.resources | nindent 12 }}
          securityContext:
            {{- include "medinsure.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - name: data
              mountPath: {{ .data }}
            {{- range .scratch }}
            - name: {{ . | trimPrefix "/" | replace "/" "-" }}
              mountPath: {{ . }}
            {{- end }}
      volumes:
        {{- range .scratch }}
        - name: {{ . | trimPrefix "/" | replace "/" "-" }}
          emptyDir: {}
        {{- end }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .store.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ .store.size }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "medinsure.meta" (merge (dict "component" "store") .) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "medinsure.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if or .callers .jobs .callersElsewhere }}
  ingress:
    - from:
        {{- range .callers }}
        {{- include "medinsure.pods" (dict "root" $.root "name" .) | nindent 8 }}
        {{- end }}
        {{- if .jobs }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ .root.Release.Name }}
              app.kubernetes.io/component: job
        {{- end }}
        {{- range .callersElsewhere }}
        {{- include "medinsure.podsElsewhere" (dict "name" . "namespaces" (include "medinsure.countyNamespaces" $.root | fromYaml).names) | nindent 8 }}
        {{- end }}
      ports:
        - {protocol: TCP, port: {{ .name }}}
  {{- end }}
{{- end }}

{{- define "medinsure.stores" -}}
{{- $root := . -}}
{{- $stores := .Values.stores -}}
{{- $facts := include "medinsure.facts" . | fromYaml -}}
{{- $running := (include "medinsure.running" . | fromYaml).names -}}
{{- $withDatabase := list -}}
{{- $withBroker := list -}}
{{- $withRedis := list -}}
{{- range $running -}}
{{- $fact := get $facts . -}}
{{- if $fact.database }}{{ $withDatabase = append $withDatabase . }}{{ end -}}
{{- if $fact.broker }}{{ $withBroker = append $withBroker . }}{{ end -}}
{{- if $fact.redis }}{{ $withRedis = append $withRedis . }}{{ end -}}
{{- end -}}
{{- $brokerElsewhere := list -}}
{{- if and (include "medinsure.isCity" .) .Values.city.counties -}}
{{- range $name, $fact := $facts }}{{ if $fact.broker }}{{ $brokerElsewhere = append $brokerElsewhere $name }}{{ end }}{{ end -}}
{{- end -}}
{{- if $stores.postgres.inCluster }}
---
{{- $container := printf "env:\n  - name: PGDATA\n    value: /var/lib/postgresql/data/pgdata\n%s\n%s\nreadinessProbe:\n  tcpSocket:\n    port: postgres\n  periodSeconds: 5"
      (include "medinsure.secretVariable" (dict "as" "POSTGRES_USER" "secret" .Values.secrets.databaseAdmin "key" "user") | indent 2)
      (include "medinsure.secretVariable" (dict "as" "POSTGRES_PASSWORD" "secret" .Values.secrets.databaseAdmin "key" "password") | indent 2) }}
{{ include "medinsure.store" (dict "root" $root "name" "postgres" "store" $stores.postgres "user" 999 "container" $container "data" "/var/lib/postgresql/data" "scratch" (list "/tmp" "/var/run/postgresql") "callers" $withDatabase "jobs" true) }}
{{- end }}
{{- if $stores.rabbitmq.inCluster }}
---
{{- $container := printf "env:\n  - name: RABBITMQ_DEFAULT_USER\n    value: %s\n%s\nreadinessProbe:\n  tcpSocket:\n    port: rabbitmq\n  periodSeconds: 5" $stores.rabbitmq.user
      (include "medinsure.secretVariable" (dict "as" "RABBITMQ_DEFAULT_PASS" "secret" .Values.secrets.platform "key" "rabbitmq") | indent 2) }}
{{ include "medinsure.store" (dict "root" $root "name" "rabbitmq" "store" $stores.rabbitmq "user" 999 "container" $container "data" "/var/lib/rabbitmq" "scratch" (list "/tmp" "/var/log/rabbitmq") "callers" $withBroker "callersElsewhere" $brokerElsewhere) }}
{{- end }}
{{- if $stores.redis.inCluster }}
---
{{- $container := "args: [--save, \"\", --appendonly, \"no\", --maxmemory, 96mb, --maxmemory-policy, allkeys-lru]\nreadinessProbe:\n  tcpSocket:\n    port: redis\n  periodSeconds: 5" }}
{{ include "medinsure.store" (dict "root" $root "name" "redis" "store" $stores.redis "user" 999 "container" $container "data" "/data" "scratch" (list "/tmp") "callers" $withRedis) }}
{{- end }}
{{- end }}

{{/* The trial's own secrets: made once, kept over upgrades, and what city and county must share taken from the city. */}}
{{- define "medinsure.secrets" -}}
{{- if .Values.secrets.generate -}}
{{- $shared := lookup "v1" "Secret" (include "medinsure.cityNamespace" .) .Values.secrets.platform -}}
{{- $platform := lookup "v1" "Secret" .Release.Namespace .Values.secrets.platform | default $shared -}}
{{- $database := lookup "v1" "Secret" .Release.Namespace .Values.secrets.database -}}
{{- $admin := lookup "v1" "Secret" .Release.Namespace .Values.secrets.databaseAdmin -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" .Values.secrets.platform "component" "secret") | nindent 2 }}
type: Opaque
data:
  {{- range list "service-token" "operator-token" "gateway-sign-in" "rabbitmq" "person-key" "app-api-token" }}
  {{ . }}: {{ get (default dict $platform.data) . | default (randAlphaNum 40 | b64enc) }}
  {{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" .Values.secrets.database "component" "secret") | nindent 2 }}
type: Opaque
data:
  {{- range $name, $fact := include "medinsure.facts" . | fromYaml }}
  {{- if and $fact.database (hasKey $.Values.services $name) }}
  {{ $name }}: {{ get (default dict $database.data) $name | default (randAlphaNum 40 | b64enc) }}
  {{- end }}
  {{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" .Values.secrets.databaseAdmin "component" "secret") | nindent 2 }}
type: Opaque
data:
  user: {{ "postgres" | b64enc }}
  password: {{ get (default dict $admin.data) "password" | default (randAlphaNum 40 | b64enc) }}
{{- end -}}
{{- end }}
