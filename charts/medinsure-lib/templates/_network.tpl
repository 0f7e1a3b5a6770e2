{{/* Who may talk to whom. Nothing is allowed that is not named here; names are resolved by the cluster's DNS. */}}

{{- define "medinsure.defaultPolicies" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "default-deny" "component" "network") | nindent 2 }}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "dns" "component" "network") | nindent 2 }}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
        # Where a node keeps a cache of its own (NodeLocal DNSCache).
        - ipBlock:
            cidr: 169.254.20.10/32
      ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
{{- end }}

{{/* A peer: pods of this release by name. */}}
{{- define "medinsure.pods" -}}
- podSelector:
    matchLabels:
      {{- include "medinsure.selector" . | nindent 6 }}
{{- end }}

{{/* A peer: a service's pods in other namespaces. Call with (dict "name" "settlement" "namespaces" LIST). */}}
{{- define "medinsure.podsElsewhere" -}}
- namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values: {{ toJson .namespaces }}
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ .name }}
{{- end }}

{{/* The namespaces of the city's counties. */}}
{{- define "medinsure.countyNamespaces" -}}
names:
{{- range $code, $name := .Values.city.counties }}
  - {{ printf "%s-%s" $.Values.city.countyNamespacePrefix $code }}
{{- end }}
{{- end }}

{{- define "medinsure.otherCountyNamespaces" -}}
names:
{{- range $code, $name := include "medinsure.otherCounties" . | fromYaml }}
  - {{ printf "%s-%s" $.Values.city.countyNamespacePrefix $code }}
{{- end }}
{{- end }}

{{/* The services of this release that other counties of the city call: the city's registry, a county's own for its people elsewhere. As {names: […]}. */}}
{{- define "medinsure.offered" -}}
{{- $running := (include "medinsure.running" . | fromYaml).names -}}
{{- $visited := (get (include "medinsure.facts" . | fromYaml) "gateway").calls -}}
{{- $isCity := include "medinsure.isCity" . -}}
names:
{{- range $visited }}
{{- if and (has . $running) (eq (eq . "provider-registry") (not (empty $isCity))) }}
  - {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* Egress to one store. Call with (dict "root" $ "name" "postgres" "store" STORE). */}}
{{- define "medinsure.storeEgress" -}}
- ports:
    - {protocol: TCP, port: {{ .store.port }}}
  {{- if .store.inCluster }}
  to:
    {{- include "medinsure.pods" . | nindent 4 }}
  {{- else if .store.cidrs }}
  to:
    {{- range .store.cidrs }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  {{- else if eq .name "rabbitmq" }}
  {{- if not .store.host }}
  to:
    {{- include "medinsure.podsElsewhere" (dict "name" "rabbitmq" "namespaces" (list (include "medinsure.cityNamespace" .root))) | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end }}

{{- define "medinsure.servicePolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "medinsure.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- with (include "medinsure.serviceIngress" . | trim) }}
  ingress:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with (include "medinsure.serviceEgress" . | trim) }}
  egress:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "medinsure.serviceIngress" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $name := .name -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{- $all := include "medinsure.facts" $root | fromYaml -}}
{{- $running := (include "medinsure.running" $root | fromYaml).names -}}
{{- $edge := $values.edge -}}
{{- $isCity := include "medinsure.isCity" $root -}}
{{- range $caller := $running }}
{{- if has $name (include "medinsure.calls" (dict "root" $root "name" $caller) | fromYaml).names }}
# {{ $caller }} calls {{ $name }}
- from:
    {{- include "medinsure.pods" (dict "root" $root "name" $caller) | nindent 4 }}
  ports:
    - {protocol: TCP, port: grpc}
{{- end }}
{{- end }}
{{- if and $isCity (eq $name "provider-registry") $values.city.counties }}
{{- range $caller, $other := $all }}
{{- if has "provider-registry" (default list $other.calls) }}
# {{ $caller }} of the counties in this cluster
- from:
    {{- include "medinsure.podsElsewhere" (dict "name" $caller "namespaces" (include "medinsure.countyNamespaces" $root | fromYaml).names) | nindent 4 }}
  ports:
    - {protocol: TCP, port: grpc}
{{- end }}
{{- end }}
{{- end }}
{{- if not $isCity }}
{{- range $caller, $other := $all }}
{{- if has $name (default list $other.counties) }}
# {{ $caller }} of the city
- from:
    {{- include "medinsure.podsElsewhere" (dict "name" $caller "namespaces" (list (include "medinsure.cityNamespace" $root))) | nindent 4 }}
  ports:
    - {protocol: TCP, port: grpc}
{{- end }}
{{- end }}
{{- end }}
{{- if and (not $isCity) (has $name (include "medinsure.offered" $root | fromYaml).names) }}
{{- with (include "medinsure.otherCountyNamespaces" $root | fromYaml).names }}
{{- range $caller, $other := $all }}
{{- if or (and $other.visitors (has $name $other.calls)) (and $other.peers (eq $caller $name)) }}
# {{ $caller }} of the city's other counties, {{ ternary "for people of this one" "of theirs who came here" (not (empty $other.visitors)) }}
- from:
    {{- include "medinsure.podsElsewhere" (dict "name" $caller "namespaces" (include "medinsure.otherCountyNamespaces" $root | fromYaml).names) | nindent 4 }}
  ports:
    - {protocol: TCP, port: grpc}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if ne $edge.kind "none" }}
{{- if or (and $facts.hospitals $edge.hospitals.enabled) (and $facts.paths $edge.operators.enabled) (and (eq $name "console") $edge.console.enabled) }}
# the edge: {{ if $facts.hospitals }}hospitals and pharmacies{{ else if eq $name "console" }}people{{ else }}operators{{ end }}
- from:
    {{- include "medinsure.edgePeer" $root | nindent 4 }}
  ports:
    - {protocol: TCP, port: http}
{{- end }}
{{- if or (and $facts.insurers $edge.insurers.enabled) (and (has $name (include "medinsure.offered" $root | fromYaml).names) $edge.counties.enabled) }}
# the edge: insurers, counties of other clusters
- from:
    {{- include "medinsure.edgePeer" $root | nindent 4 }}
  ports:
    - {protocol: TCP, port: grpc}
{{- end }}
{{- end }}
{{- if $values.dapr.enabled }}
# dapr's control plane
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ $values.dapr.namespace }}
{{- end }}
{{- end }}

{{- define "medinsure.serviceEgress" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $name := .name -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{- range (include "medinsure.calls" . | fromYaml).names }}
{{- if include "medinsure.isRemote" (dict "root" $root "name" .) }}
# {{ $name }} calls the city's {{ . }}
- ports:
    {{- if $values.city.registryAddress }}
    - {protocol: TCP, port: {{ $values.city.registryPort }}}
    {{- with $values.city.cidrs }}
  to:
    {{- range . }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
    {{- end }}
    {{- else }}
    - {protocol: TCP, port: grpc}
  to:
    {{- include "medinsure.podsElsewhere" (dict "name" . "namespaces" (list (include "medinsure.cityNamespace" $root))) | nindent 4 }}
    {{- end }}
{{- else }}
# {{ $name }} calls {{ . }}
- ports:
    - {protocol: TCP, port: grpc}
  to:
    {{- include "medinsure.pods" (dict "root" $root "name" .) | nindent 4 }}
{{- end }}
{{- end }}
{{- with (include "medinsure.callsElsewhere" . | fromYaml).names }}
{{- with (include "medinsure.otherCountyNamespaces" $root | fromYaml).names }}
{{- $namespaces := . }}
{{- range $called := (include "medinsure.callsElsewhere" (dict "root" $root "name" $name) | fromYaml).names }}
# {{ $name }} calls {{ $called }} of {{ ternary "the counties" "the city's other counties, for their people" (not (empty (include "medinsure.isCity" $root))) }}
- ports:
    - {protocol: TCP, port: grpc}
  to:
    {{- include "medinsure.podsElsewhere" (dict "name" $called "namespaces" $namespaces) | nindent 4 }}
{{- end }}
{{- end }}
{{- if $values.city.elsewhere }}
# counties in other clusters
- ports:
    - {protocol: TCP, port: {{ $values.city.registryPort }}}
{{- end }}
{{- end }}
{{- if and $facts.redis (include "medinsure.redis" $root) }}
# published catalogs
{{- include "medinsure.storeEgress" (dict "root" $root "name" "redis" "store" $values.stores.redis) | nindent 0 }}
{{- end }}
{{- if $facts.database }}
# its schema in the tenant's database
{{- include "medinsure.storeEgress" (dict "root" $root "name" "postgres" "store" $values.stores.postgres) | nindent 0 }}
{{- end }}
{{- if $facts.broker }}
# events
{{- include "medinsure.storeEgress" (dict "root" $root "name" "rabbitmq" "store" $values.stores.rabbitmq) | nindent 0 }}
{{- end }}
{{- if $values.observability.collector.enabled }}
# telemetry
- ports:
    - {protocol: TCP, port: otlp}
  to:
    {{- include "medinsure.pods" (dict "root" $root "name" "collector") | nindent 4 }}
{{- else if $values.observability.otlpEndpoint }}
# telemetry
- ports:
    - {protocol: TCP, port: 4317}
{{- end }}
{{- if $facts.insurers }}
{{- range $insurer, $settings := $values.insurers }}
{{- if $settings.address }}
# {{ $name }} asks insurer {{ $insurer }} what it pays of a bill
- ports:
    - {protocol: TCP, port: {{ $settings.port | default 443 }}}
  {{- with $settings.cidrs }}
  to:
    {{- range . }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $values.network.egress }}
{{- if eq .service $name }}
# {{ .why }}
- ports:
    - {protocol: TCP, port: {{ .port }}}
  to:
    - ipBlock:
        cidr: {{ .cidr }}
{{- end }}
{{- end }}
{{- if $values.dapr.enabled }}
# dapr's control plane and, for its secret store, the cluster's API
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ $values.dapr.namespace }}
- ports:
    - {protocol: TCP, port: 443}
    - {protocol: TCP, port: 6443}
{{- end }}
{{- end }}

{{- define "medinsure.edgePeer" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .Values.edge.controllerNamespace }}
{{- end }}

{{/* Jobs reach the database and nothing else. */}}
{{- define "medinsure.jobPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "jobs" "component" "network") | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/instance: {{ .Release.Name }}
      app.kubernetes.io/component: job
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "medinsure.storeEgress" (dict "root" . "name" "postgres" "store" .Values.stores.postgres) | nindent 4 }}
{{- end }}
