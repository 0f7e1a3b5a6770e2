{{/* Where the tenant's databases are: a connection string without user, password and database. */}}
{{- define "medinsure.database" -}}
{{- $postgres := .Values.stores.postgres -}}
{{- if $postgres.inCluster -}}
Host=postgres;Port=5432
{{- else -}}
Host={{ required "stores.postgres.host is needed, or stores.postgres.inCluster for a trial" $postgres.host }};Port={{ $postgres.port }};SSL Mode={{ $postgres.sslMode }}
{{- if $postgres.rootCertificate }};Root Certificate=/certificates/ca.crt{{ end }}
{{- end -}}
{{- with $postgres.poolSize }};Maximum Pool Size={{ . }}{{ end -}}
{{- end }}

{{/* Its own host as others see it. */}}
{{- define "medinsure.rabbitHost" -}}
{{- if .Values.stores.rabbitmq.inCluster -}}
rabbitmq
{{- else -}}
{{ .Values.stores.rabbitmq.host | default (printf "rabbitmq.%s.svc" (include "medinsure.cityNamespace" .)) }}
{{- end -}}
{{- end }}

{{- define "medinsure.redis" -}}
{{- $redis := .Values.stores.redis -}}
{{- if $redis.inCluster -}}
redis:6379
{{- else if $redis.host -}}
{{ $redis.host }}:{{ $redis.port }}
{{- end -}}
{{- end }}

{{/* The address of a called service: by name of all its pods, or what the values say of the city in another cluster. Call with (dict "root" $ "name" "settlement"). */}}
{{- define "medinsure.address" -}}
{{- if include "medinsure.isRemote" . -}}
{{ .root.Values.city.registryAddress | default (printf "dns:///%s-grpc.%s.svc:8082" .name (include "medinsure.cityNamespace" .root)) }}
{{- else -}}
dns:///{{ .name }}-grpc:8082
{{- end -}}
{{- end }}

{{/* The city's other counties, code: name. */}}
{{- define "medinsure.otherCounties" -}}
{{- omit .Values.city.counties .Values.tenant.code | toYaml -}}
{{- end }}

{{/* The tenants that a service knows: itself, its city, and where their people come to it, it tells them of theirs, or the city serves them, the city's other counties. */}}
{{- define "medinsure.tenantConfig" -}}
{{- $values := .root.Values -}}
{{- $tenant := $values.tenant -}}
Tenants__{{ $tenant.code }}__Name: {{ $tenant.name | quote }}
Tenants__{{ $tenant.code }}__City: {{ $tenant.city | quote }}
{{- if $values.suspended }}
Tenants__{{ $tenant.code }}__Suspended: "true"
{{- end }}
{{- if ne (default "off" $values.audit) "off" }}
Tenants__{{ $tenant.code }}__Audit: {{ $values.audit | quote }}
{{- end }}
{{- range $insutype, $pack := $tenant.packs }}
Tenants__{{ $tenant.code }}__Packs__{{ $insutype }}: {{ $pack | quote }}
{{- end }}
{{- if not (include "medinsure.isCity" .root) }}
Tenants__{{ $tenant.city }}__Name: {{ $values.city.name | quote }}
Tenants__{{ $tenant.city }}__City: {{ $tenant.city | quote }}
{{- end }}
{{- $facts := include "medinsure.fact" . | fromYaml }}
{{- if or (include "medinsure.isCity" .root) $facts.visitors $facts.peers }}
{{- range $code, $name := include "medinsure.otherCounties" .root | fromYaml }}
Tenants__{{ $code }}__Name: {{ $name | quote }}
Tenants__{{ $code }}__City: {{ $tenant.city | quote }}
{{- range $insutype, $pack := index ($values.city.packs | default dict) $code }}
Tenants__{{ $code }}__Packs__{{ $insutype }}: {{ $pack | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A service's configuration without secrets, one variable a line. Call with (dict "root" $ "name" "settlement"). */}}
{{- define "medinsure.config" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{- $service := get $values.services .name -}}
{{ include "medinsure.tenantConfig" . }}
{{- if $facts.database }}
Tenants__{{ $values.tenant.code }}__Database: {{ include "medinsure.database" $root | quote }}
{{- end }}
{{- range (include "medinsure.calls" . | fromYaml).names }}
Services__{{ . }}__Address: {{ include "medinsure.address" (dict "root" $root "name" .) | quote }}
{{- end }}
{{- range $called := (include "medinsure.callsElsewhere" . | fromYaml).names }}
{{- range $code, $name := include "medinsure.otherCounties" $root | fromYaml }}
Services__{{ $called }}__Addresses__{{ $code }}: {{ get (default dict $values.city.elsewhere) $code | default (printf "dns:///%s-grpc.%s-%s.svc:8082" $called $values.city.countyNamespacePrefix $code) | quote }}
{{- end }}
{{- end }}
{{- with (include "medinsure.redis" $root) }}
{{- if $facts.redis }}
Redis__Address: {{ . | quote }}
{{- end }}
{{- end }}
{{- if $facts.insurers }}
{{- range $insurer, $settings := $values.insurers }}
{{- with $settings.address }}
Insurers__{{ $insurer }}__Address: {{ . | quote }}
{{- end }}
{{- range $kid, $pem := $settings.keys }}
Insurers__{{ $insurer }}__Keys__{{ $kid }}: {{ $pem | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if $facts.broker }}
Bus__RabbitMq__Host: {{ include "medinsure.rabbitHost" $root | quote }}
Bus__RabbitMq__Port: {{ $values.stores.rabbitmq.port | quote }}
Bus__RabbitMq__VirtualHost: {{ $values.stores.rabbitmq.virtualHost | quote }}
Bus__RabbitMq__User: {{ $values.stores.rabbitmq.user | quote }}
{{- if $values.stores.rabbitmq.tls }}
Bus__RabbitMq__Tls: "true"
{{- end }}
{{- with $values.stores.rabbitmq.replicas }}
Bus__RabbitMq__Replicas: {{ . | quote }}
{{- end }}
{{- end }}
Kestrel__Endpoints__Http__Url: http://*:8080
Kestrel__Endpoints__Http__Protocols: Http1
{{- if $facts.rpc }}
Kestrel__Endpoints__Grpc__Url: http://*:8082
Kestrel__Endpoints__Grpc__Protocols: Http2
{{- end }}
Shutdown__DrainSeconds: {{ $values.shutdown.drainSeconds | quote }}
{{- with (include "medinsure.otlp" $root) }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
OTEL_RESOURCE_ATTRIBUTES: {{ printf "medinsure.tenant=%s,k8s.namespace.name=%s" $values.tenant.code $root.Release.Namespace | quote }}
{{- end }}
{{- if and $values.dapr.enabled $values.dapr.secretStore }}
Dapr__SecretStore: medinsure-secrets
{{- range (include "medinsure.secretList" . | fromYaml).list }}
{{- if not .optional }}
Dapr__Secrets__{{ .path }}: {{ printf "%s/%s" .secret .key }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $values.dapr.enabled $values.dapr.configurationStore }}
Dapr__ConfigurationStore: medinsure-config
{{- end }}
{{- if $values.trust.secret }}
SSL_CERT_DIR: /etc/ssl/certs:/certificates
{{- end }}
{{- range $key, $value := $service.config }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "medinsure.otlp" -}}
{{- if .Values.observability.collector.enabled -}}
http://collector:4317
{{- else -}}
{{ .Values.observability.otlpEndpoint }}
{{- end -}}
{{- end }}

{{/* One variable out of a secret. Call with (dict "as" VARIABLE "secret" NAME "key" KEY). */}}
{{- define "medinsure.secretVariable" -}}
- name: {{ .as }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{/*
A service's secrets, each by the name of an existing Secret and its key, as {list: [{path, secret, key, optional}]}; path is what follows Secrets: in the
configuration. Call with (dict "root" $ "name" "settlement").
*/}}
{{- define "medinsure.secretList" -}}
{{- $values := .root.Values -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{- $platform := $values.secrets.platform -}}
list:
  - {path: ServiceToken, secret: {{ $platform }}, key: service-token}
  {{- if $facts.paths }}
  - {path: OperatorToken, secret: {{ $platform }}, key: operator-token}
  {{- end }}
  {{- if $facts.hospitals }}
  - {path: GatewaySignIn, secret: {{ $platform }}, key: gateway-sign-in}
  {{- end }}
  {{- if eq .name "enrollment" }}
  - {path: ECredential, secret: {{ $platform }}, key: e-credential, optional: true}
  - {path: ECredentialOther, secret: {{ $platform }}, key: e-credential-other, optional: true}
  {{- end }}
  {{- if eq .name "fraud-audit" }}
  - {path: TipKey, secret: {{ $platform }}, key: tip-key, optional: true}
  {{- end }}
  {{- if eq .name "billing" }}
  - {path: PaymentChannels, secret: {{ $platform }}, key: payment-channels, optional: true}
  {{- end }}
  {{- if $facts.broker }}
  - {path: RabbitMq, secret: {{ $platform }}, key: rabbitmq}
  {{- end }}
  {{- if and $facts.redis (include "medinsure.redis" .root) }}
  - {path: Redis, secret: {{ $platform }}, key: redis, optional: true}
  {{- end }}
  {{- if $facts.insurers }}
  {{- if include "medinsure.isCity" .root }}
  - {path: PersonKey, secret: {{ $platform }}, key: person-key}
  {{- end }}
  - {path: InsurerCallKey, secret: {{ $platform }}, key: insurer-call-key, optional: true}
  {{- end }}
  {{- if $facts.database }}
  - {path: Database__{{ $values.tenant.code }}__{{ .name }}, secret: {{ $values.secrets.database }}, key: {{ .name }}}
  {{- end }}
{{- end }}

{{/* Those that the pod reads by itself: all, or with Dapr's secret store the optional ones, which it could not do without. */}}
{{- define "medinsure.secretVariables" -}}
{{- $dapr := .root.Values.dapr -}}
{{- range (include "medinsure.secretList" . | fromYaml).list }}
{{- if or .optional (not (and $dapr.enabled $dapr.secretStore)) }}
{{ include "medinsure.secretVariable" (dict "as" (printf "Secrets__%s" .path) "secret" .secret "key" .key "optional" .optional) }}
{{- end }}
{{- end }}
{{- if $dapr.enabled }}
{{ include "medinsure.secretVariable" (dict "as" "APP_API_TOKEN" "secret" .root.Values.secrets.platform "key" "app-api-token") }}
{{- end }}
{{- end }}
