{{/* Everything of one service, if this release runs it. Call with (dict "root" $ "name" "settlement"). */}}
{{- define "medinsure.service" -}}
{{- $service := get .root.Values.services .name -}}
{{- if $service.enabled -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{ include "medinsure.serviceAccount" . }}
---
{{ include "medinsure.configMap" . }}
---
{{ include "medinsure.deployment" . }}
---
{{ include "medinsure.clusterService" . }}
{{- if $facts.rpc }}
---
{{ include "medinsure.headlessService" . }}
{{- end }}
---
{{ include "medinsure.disruptionBudget" . }}
{{- if and $service.autoscaling.enabled (not .root.Values.stopped) }}
---
{{ include "medinsure.autoscaler" . }}
{{- end }}
---
{{ include "medinsure.servicePolicy" . }}
{{- if $facts.database }}
---
{{ include "medinsure.migration" . }}
{{- end }}
{{- if and $facts.verify (not (include "medinsure.isCity" .root)) (not (and .root.Values.dapr.enabled .root.Values.dapr.cron)) }}
---
{{ include "medinsure.verification" . }}
{{- end }}
{{- if and .root.Values.dapr.enabled .root.Values.dapr.secretStore }}
---
{{ include "medinsure.daprRole" . }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "medinsure.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
automountServiceAccountToken: false
{{- end }}

{{- define "medinsure.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
data:
  {{- include "medinsure.config" . | nindent 2 }}
{{- end }}

{{- define "medinsure.deployment" -}}
{{- $values := .root.Values -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{- $service := get $values.services .name -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
spec:
  {{- if $values.stopped }}
  replicas: 0
  {{- else if not $service.autoscaling.enabled }}
  replicas: {{ $service.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  progressDeadlineSeconds: 600
  # Callers ask for the addresses behind a name every five seconds, and a cluster's DNS remembers an answer for up to thirty: the next pod is replaced
  # when they know this one.
  minReadySeconds: 35
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      {{- include "medinsure.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "medinsure.labels" . | nindent 8 }}
      annotations:
        # A changed configuration is a changed template: the pods are replaced.
        checksum/config: {{ include "medinsure.config" . | sha256sum }}
        {{- include "medinsure.daprAnnotations" . | nindent 8 }}
    spec:
      serviceAccountName: {{ .name }}
      {{- if and $values.dapr.enabled $values.dapr.secretStore }}
      # Dapr's secret store reads Secrets as this account; {{ .name }} itself never does.
      {{- omit (include "medinsure.podBase" (dict "root" .root) | fromYaml) "automountServiceAccountToken" | toYaml | nindent 6 }}
      automountServiceAccountToken: true
      {{- else }}
      {{- include "medinsure.podBase" (dict "root" .root) | nindent 6 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ $values.shutdown.graceSeconds }}
      topologySpreadConstraints:
        {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "medinsure.selector" $ | nindent 14 }}
        {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "medinsure.image" . }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          ports:
            - name: http
              containerPort: 8080
            {{- if $facts.rpc }}
            - name: grpc
              containerPort: 8082
            {{- end }}
          envFrom:
            - configMapRef:
                name: {{ .name }}
          env:
            {{- include "medinsure.secretVariables" . | nindent 12 }}
          startupProbe:
            httpGet:
              path: /health/live
              port: http
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet:
              path: /health/live
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet:
              path: /health/ready
              port: http
            periodSeconds: 2
            # The database has five seconds to answer.
            timeoutSeconds: 6
            failureThreshold: 2
          resources:
            {{- toYaml $service.resources | nindent 12 }}
          securityContext:
            {{- include "medinsure.containerSecurity" . | nindent 12 }}
          volumeMounts:
            {{- include "medinsure.volumeMounts" . | nindent 12 }}
      volumes:
        {{- include "medinsure.volumes" . | nindent 8 }}
{{- end }}

{{- define "medinsure.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .root.Values.trust.secret }}
- name: certificates
  mountPath: /certificates
  readOnly: true
{{- end }}
{{- end }}

{{- define "medinsure.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- with .root.Values.trust.secret }}
- name: certificates
  secret:
    secretName: {{ . }}
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- end }}

{{- define "medinsure.servicePorts" -}}
- name: http
  port: 8080
  targetPort: http
{{- if (include "medinsure.fact" . | fromYaml).rpc }}
- name: grpc
  port: 8082
  targetPort: grpc
  appProtocol: kubernetes.io/h2c
{{- end }}
{{- end }}

{{- define "medinsure.clusterService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "medinsure.selector" . | nindent 4 }}
  ports:
    {{- include "medinsure.servicePorts" . | nindent 4 }}
{{- end }}

{{/* All pods under one name: a gRPC client spreads its calls over them, which a virtual address would not do for its long connections. */}}
{{- define "medinsure.headlessService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "medinsure.meta" (merge (dict "object" (printf "%s-grpc" .name)) .) | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "medinsure.selector" . | nindent 4 }}
  ports:
    - name: grpc
      port: 8082
      targetPort: grpc
      appProtocol: kubernetes.io/h2c
{{- end }}
