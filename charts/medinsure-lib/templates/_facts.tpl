{{/*
What a service is, whatever the values say. tests/Charts.Tests compares each line with the service's code.
  database  has a schema in the tenant's database, and migrations
  rpc       the gRPC service that it offers to ours, on port 8082
  broker    sends or hears events;  queue: has a durable queue of its own
  redis     reads the city's publications through Redis where there is one
  calls     the services it calls over gRPC;  visitors: those of the city's other counties too, for their people
  counties  at the city: the services of its counties that it calls
  peers     in a county: it calls its own like in the city's other counties
  paths     what it serves to operators over HTTP, port 8080
  hospitals serves the national interface
  insurers  the gRPC service that it offers to insurers, on port 8082
  verify    has the command "verify"
*/}}
{{- define "medinsure.facts" -}}
enrollment:
  database: true
  rpc: medinsure.enrollment.v1.Enrollment
  broker: true
  queue: true
  calls: [settlement]
  paths: [/enrolment, /import/persons, /import/employers]
billing:
  database: true
  rpc: medinsure.billing.v1.Billing
  broker: true
  queue: true
  calls: [enrollment, settlement]
  paths: [/billing]
settlement:
  database: true
  rpc: medinsure.settlement.v1.Settlement
  broker: true
  queue: true
  redis: true
  calls: [enrollment, fraud-audit, provider-registry]
  counties: [enrollment, settlement]
  peers: true
  paths: [/statements, /insurers, /supplements, /policies, /runs, /person-payments, /family-accounts, /ledger, /clearing, /provider-statements, /provider-payments, /payment-terms, /indicators, /manual-claims, /fund]
  insurers: medinsure.insurer.v1.InsurerExchange
  verify: true
fraud-audit:
  database: true
  rpc: medinsure.fraudaudit.v1.FraudAudit
  broker: true
  redis: true
  calls: [settlement, provider-registry]
  peers: true
  paths: [/audit]
provider-registry:
  database: true
  rpc: medinsure.providerregistry.v1.ProviderRegistry
  broker: true
  paths: [/import/providers, /import/catalog, /import/diseases, /import/doctors]
reporting:
  database: true
  rpc: medinsure.reporting.v1.Reporting
  broker: true
  redis: true
  calls: [billing, enrollment, fraud-audit, provider-registry, settlement]
  counties: [billing, enrollment, fraud-audit, settlement]
  paths: [/reports]
gateway:
  broker: true
  redis: true
  calls: [enrollment, fraud-audit, provider-registry, settlement]
  visitors: true
  hospitals: true
console:
  database: true
{{- end }}

{{/* One service's facts. Call with (dict "root" $ "name" "settlement"). */}}
{{- define "medinsure.fact" -}}
{{- get (include "medinsure.facts" .root | fromYaml) .name | toYaml -}}
{{- end }}

{{/* The services that this release runs, as {names: […]}. */}}
{{- define "medinsure.running" -}}
names:
{{- range $name, $service := .Values.services }}
{{- if $service.enabled }}
  - {{ $name }}
{{- end }}
{{- end }}
{{- end }}

{{- define "medinsure.isCity" -}}
{{- if eq .Values.tenant.code .Values.tenant.city -}}true{{- end -}}
{{- end }}

{{- define "medinsure.cityNamespace" -}}
{{- .Values.city.namespace | default (printf "medinsure-%s" .Values.tenant.city) -}}
{{- end }}

{{/* The services that one calls in its own tenant or its city: a city has no enrolment of its own. As {names: […]}. */}}
{{- define "medinsure.calls" -}}
{{- $root := .root -}}
{{- $running := (include "medinsure.running" $root | fromYaml).names -}}
names:
{{- range (include "medinsure.fact" . | fromYaml).calls }}
{{- if or (has . $running) (eq . "provider-registry") }}
  - {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* Whether a called service runs in the city's release and not in this one. Call with (dict "root" $ "name" "provider-registry"). */}}
{{- define "medinsure.isRemote" -}}
{{- if not (has .name (include "medinsure.running" .root | fromYaml).names) -}}true{{- end -}}
{{- end }}

{{/* The services of other tenants' releases that one calls, as {names: […]}: a gateway those of the city's other counties, a county's settlement theirs, the city's its counties'. */}}
{{- define "medinsure.callsElsewhere" -}}
{{- $facts := include "medinsure.fact" . | fromYaml -}}
{{- if include "medinsure.isCity" .root -}}
names: {{ toJson (default list $facts.counties) }}
{{- else if $facts.visitors -}}
names: {{ toJson (without $facts.calls "provider-registry") }}
{{- else if $facts.peers -}}
names: {{ toJson (list .name) }}
{{- else -}}
names: []
{{- end -}}
{{- end }}
