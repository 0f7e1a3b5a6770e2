{{/*
What comes in from outside, as Ingress (nginx) or by the Gateway API: hospitals, operators, the console, and at the city insurers (gRPC, both sides
with certificates) and counties of other clusters (gRPC).
*/}}

{{- define "medinsure.certManager" -}}
{{- with .Values.edge.certManager.issuer -}}
cert-manager.io/{{ ternary "cluster-issuer" "issuer" (eq $.Values.edge.certManager.kind "ClusterIssuer") }}: {{ . }}
cert-manager.io/private-key-rotation-policy: Always
{{- end -}}
{{- end }}

{{/* The edges that are open, as {edges: [{name, host, tlsSecret, protocol, clientCa, rules: [{service, path}]}]}. */}}
{{- define "medinsure.edges" -}}
{{- $edge := .Values.edge -}}
{{- $running := (include "medinsure.running" . | fromYaml).names -}}
{{- $facts := include "medinsure.facts" . | fromYaml -}}
edges:
{{- if ne $edge.kind "none" }}
{{- if and $edge.hospitals.enabled (has "gateway" $running) }}
  - name: hospitals
    host: {{ required "edge.hospitals.host" $edge.hospitals.host }}
    tlsSecret: {{ $edge.hospitals.tlsSecret }}
    protocol: http
    rules:
      - {service: gateway, path: /fsi/api}
{{- end }}
{{- if $edge.operators.enabled }}
  - name: operators
    host: {{ required "edge.operators.host" $edge.operators.host }}
    tlsSecret: {{ $edge.operators.tlsSecret }}
    protocol: http
    rules:
      {{- range $service := $running }}
      {{- range (get $facts $service).paths }}
      - {service: {{ $service }}, path: {{ . }}}
      {{- end }}
      {{- end }}
{{- end }}
{{- if and $edge.console.enabled (has "console" $running) }}
  - name: console
    host: {{ required "edge.console.host" $edge.console.host }}
    tlsSecret: {{ $edge.console.tlsSecret }}
    protocol: http
    rules:
      - {service: console, path: /}
{{- end }}
{{- if and $edge.insurers.enabled (has "settlement" $running) }}
  - name: insurers
    host: {{ required "edge.insurers.host" $edge.insurers.host }}
    tlsSecret: {{ $edge.insurers.tlsSecret }}
    clientCa: {{ required "edge.insurers.clientCaSecret" $edge.insurers.clientCaSecret }}
    protocol: grpc
    rules:
      - {service: settlement, path: /{{ $facts.settlement.insurers }}}
{{- end }}
{{- if $edge.counties.enabled }}
  - name: counties
    host: {{ required "edge.counties.host" $edge.counties.host }}
    tlsSecret: {{ $edge.counties.tlsSecret }}
    protocol: grpc
    rules:
      {{- range $service := include "medinsure.offered" . | fromYaml | dig "names" list }}
      - {service: {{ $service }}, path: /{{ (get $facts $service).rpc }}}
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "medinsure.edge" -}}
{{- if eq .Values.edge.kind "ingress" }}
{{- include "medinsure.ingresses" . }}
{{- else if eq .Values.edge.kind "gateway" }}
{{- include "medinsure.gatewayApi" . }}
{{- end }}
{{- end }}

{{- define "medinsure.ingresses" -}}
{{- $root := . -}}
{{- $edge := .Values.edge -}}
{{- range (include "medinsure.edges" . | fromYaml).edges }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "medinsure.meta" (dict "root" $root "name" .name "component" "edge") | nindent 2 }}
  annotations:
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
    nginx.ingress.kubernetes.io/force-ssl-redirect: "true"
    {{- if eq .protocol "grpc" }}
    nginx.ingress.kubernetes.io/backend-protocol: GRPC
    {{- else }}
    # Above the gateway's own limits (2 MiB; 16 MiB for a file by 9101), so that it is the gateway that answers; imports are files of a county.
    nginx.ingress.kubernetes.io/proxy-body-size: {{ ternary "17m" "2g" (eq .name "hospitals") }}
    {{- if ne .name "hospitals" }}
    nginx.ingress.kubernetes.io/proxy-request-buffering: "off"
    nginx.ingress.kubernetes.io/proxy-read-timeout: "1800"
    {{- end }}
    {{- end }}
    {{- if .clientCa }}
    nginx.ingress.kubernetes.io/auth-tls-secret: {{ $root.Release.Namespace }}/{{ .clientCa }}
    nginx.ingress.kubernetes.io/auth-tls-verify-client: "on"
    nginx.ingress.kubernetes.io/auth-tls-verify-depth: "2"
    nginx.ingress.kubernetes.io/auth-tls-pass-certificate-to-upstream: "true"
    {{- end }}
    {{- if eq .name "hospitals" }}
    # Per client address and ingress pod: one hospital's loop must not take the county's gateway.
    nginx.ingress.kubernetes.io/limit-rps: {{ $edge.hospitals.requestsPerSecond | quote }}
    nginx.ingress.kubernetes.io/limit-burst-multiplier: "5"
    nginx.ingress.kubernetes.io/limit-connections: {{ $edge.hospitals.connections | quote }}
    # A hospital hears the gateway's own answer, which comes within 20 s; sent again is only what no gateway has seen.
    nginx.ingress.kubernetes.io/proxy-read-timeout: "55"
    nginx.ingress.kubernetes.io/proxy-next-upstream: error
    {{- end }}
    {{- include "medinsure.certManager" $root | nindent 4 }}
spec:
  ingressClassName: {{ $edge.ingressClass }}
  tls:
    - hosts: [{{ .host }}]
      secretName: {{ .tlsSecret }}
  rules:
    - host: {{ .host }}
      http:
        paths:
          {{- $protocol := .protocol }}
          {{- range .rules }}
          - path: {{ .path }}
            pathType: Prefix
            backend:
              service:
                name: {{ .service }}
                port:
                  name: {{ $protocol }}
          {{- end }}
{{- end }}
{{- end }}

{{/* One Gateway for what anybody may open a connection to, another for those who must show a certificate: validation is a Gateway's, not a listener's. */}}
{{- define "medinsure.gatewayApi" -}}
{{- $root := . -}}
{{- $edge := .Values.edge -}}
{{- $edges := (include "medinsure.edges" . | fromYaml).edges -}}
{{- $plain := list -}}
{{- $mutual := list -}}
{{- range $edges -}}
{{- if .clientCa }}{{ $mutual = append $mutual . }}{{ else }}{{ $plain = append $plain . }}{{ end -}}
{{- end -}}
{{- range $name, $listeners := dict "medinsure" $plain "medinsure-mutual" $mutual }}
{{- if $listeners }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  {{- include "medinsure.meta" (dict "root" $root "name" $name "component" "edge") | nindent 2 }}
  {{- with (include "medinsure.certManager" $root) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  gatewayClassName: {{ required "edge.gatewayClass" $edge.gatewayClass }}
  {{- with (first $listeners).clientCa }}
  tls:
    frontend:
      default:
        validation:
          caCertificateRefs:
            - group: ""
              kind: Secret
              name: {{ . }}
          mode: AllowValidOnly
  {{- end }}
  listeners:
    {{- range $listeners }}
    - name: {{ .name }}
      hostname: {{ .host }}
      port: 443
      protocol: HTTPS
      tls:
        mode: Terminate
        certificateRefs:
          - name: {{ .tlsSecret }}
      allowedRoutes:
        namespaces:
          from: Same
    {{- end }}
{{- end }}
{{- end }}
{{- range $edges }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: {{ ternary "GRPCRoute" "HTTPRoute" (eq .protocol "grpc") }}
metadata:
  {{- include "medinsure.meta" (dict "root" $root "name" .name "component" "edge") | nindent 2 }}
spec:
  parentRefs:
    - name: {{ ternary "medinsure-mutual" "medinsure" (not (empty .clientCa)) }}
      sectionName: {{ .name }}
  hostnames: [{{ .host }}]
  rules:
    {{- $protocol := .protocol }}
    {{- range .rules }}
    - matches:
        {{- if eq $protocol "grpc" }}
        - method:
            type: Exact
            service: {{ .path | trimPrefix "/" }}
        {{- else }}
        - path:
            type: PathPrefix
            value: {{ .path }}
        {{- end }}
      backendRefs:
        - name: {{ .service }}
          port: {{ ternary 8082 8080 (eq $protocol "grpc") }}
    {{- end }}
{{- end }}
{{- end }}
