{{/* The collector takes OTLP from the services, offers metrics to Prometheus, and passes everything on where the values name an address. */}}
{{- define "medinsure.collector" -}}
{{- $observability := .Values.observability -}}
{{- if $observability.collector.enabled -}}
{{- $scope := dict "root" . "name" "collector" "component" "telemetry" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "medinsure.meta" $scope | nindent 2 }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "medinsure.meta" $scope | nindent 2 }}
data:
  collector.yaml: |
    {{- include "medinsure.collectorConfig" . | nindent 4 }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "medinsure.meta" $scope | nindent 2 }}
spec:
  replicas: 1
  revisionHistoryLimit: 2
  selector:
    matchLabels:
      {{- include "medinsure.selector" $scope | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "medinsure.labels" $scope | nindent 8 }}
      annotations:
        checksum/config: {{ include "medinsure.collectorConfig" . | sha256sum }}
    spec:
      serviceAccountName: collector
      {{- include "medinsure.podBase" (dict "root" . "user" 10001) | nindent 6 }}
      containers:
        - name: collector
          image: {{ $observability.collector.image }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args: [--config=/etc/collector/collector.yaml]
          ports:
            - name: otlp
              containerPort: 4317
            - name: metrics
              containerPort: 8889
            - name: health
              containerPort: 13133
          startupProbe:
            httpGet:
              path: /
              port: health
            periodSeconds: 5
            failureThreshold: 12
          livenessProbe:
            httpGet:
              path: /
              port: health
          readinessProbe:
            httpGet:
              path: /
              port: health
          resources:
            {{- toYaml $observability.collector.resources | nindent 12 }}
          securityContext:
            {{- include "medinsure.containerSecurity" $scope | nindent 12 }}
          volumeMounts:
            - name: config
              mountPath: /etc/collector
              readOnly: true
      volumes:
        - name: config
          configMap:
            name: collector
---
apiVersion: v1
kind: Service
metadata:
  {{- include "medinsure.meta" $scope | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "medinsure.selector" $scope | nindent 4 }}
  ports:
    - name: otlp
      port: 4317
      targetPort: otlp
    - name: metrics
      port: 8889
      targetPort: metrics
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "medinsure.meta" $scope | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "medinsure.selector" $scope | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    # telemetry of the services
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ .Release.Name }}
              app.kubernetes.io/component: service
      ports:
        - {protocol: TCP, port: otlp}
    # Prometheus
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ $observability.monitoringNamespace }}
      ports:
        - {protocol: TCP, port: metrics}
  {{- if $observability.otlpEndpoint }}
  egress:
    # what the values name as the next collector
    - ports:
        - {protocol: TCP, port: 4317}
  {{- end }}
{{- end -}}
{{- end }}

{{- define "medinsure.collectorConfig" -}}
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  batch: {}
  resource:
    attributes:
      - key: medinsure.tenant
        value: {{ .Values.tenant.code | quote }}
        action: upsert
exporters:
  prometheus:
    endpoint: 0.0.0.0:8889
    resource_to_telemetry_conversion:
      enabled: true
  {{- if .Values.observability.otlpEndpoint }}
  otlp:
    endpoint: {{ .Values.observability.otlpEndpoint | quote }}
  {{- else }}
  debug: {}
  {{- end }}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
service:
  extensions: [health_check]
  pipelines:
    metrics:
      receivers: [otlp]
      processors: [memory_limiter, resource, batch]
      exporters: [prometheus]
    traces:
      receivers: [otlp]
      processors: [memory_limiter, resource, batch]
      exporters: [{{ ternary "otlp" "debug" (not (empty .Values.observability.otlpEndpoint)) }}]
{{- end }}

{{- define "medinsure.serviceMonitor" -}}
{{- if and .Values.observability.collector.enabled .Values.observability.serviceMonitor -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "collector" "component" "telemetry") | nindent 2 }}
    {{- with .Values.observability.monitorLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "medinsure.selector" (dict "root" . "name" "collector") | nindent 6 }}
  endpoints:
    - port: metrics
      interval: 30s
      # The services' own labels stand; the collector is not what is measured.
      honorLabels: true
{{- end -}}
{{- end }}

{{/* Rules and dashboards are the files of deploy/observability as they are: of every tenant that the same Prometheus sees. */}}
{{- define "medinsure.rules" -}}
{{- if .Values.observability.prometheusRules -}}
{{- range $path, $file := .Files.Glob "files/rules/*.yml" }}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "medinsure.meta" (dict "root" $ "name" (printf "medinsure-%s" (trimSuffix ".yml" (base $path))) "component" "telemetry") | nindent 2 }}
    {{- with $.Values.observability.monitorLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- toString $file | nindent 2 }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "medinsure.dashboards" -}}
{{- if .Values.observability.dashboards -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: dashboards
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "medinsure.labels" (dict "root" . "name" "dashboards" "component" "telemetry") | nindent 4 }}
    # What Grafana's sidecar looks for.
    grafana_dashboard: "1"
data:
  {{- range $path, $file := .Files.Glob "files/dashboards/*.json" }}
  {{ base $path }}: |
    {{- toString $file | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end }}
