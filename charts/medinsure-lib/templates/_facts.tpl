{{/*
What a service is, whatever the values say. tests/Charts.Tests compares each line with the service's code.
  database  has a schema in the tenant's database, and migrations
  grpc      serves gRPC on port 8082
  broker    sends or hears events;  queue: has a durable queue of its own
  calls     the services it calls over gRPC
  paths     what it serves to operators over HTTP, port 8080
  hospitals serves the national interface
  writer    one process per county writes: a second one waits for its lease and is not ready before it has it
  verify    has the command "verify"
  insurers  serves the insurers' gRPC interface
*/}}
{{- define "medinsure.facts" -}}
enrollment:
  database: true
  grpc: true
  broker: true
  paths: [/import/persons, /import/employers]
billing:
  database: true
  grpc: true
  broker: true
settlement:
  database: true
  grpc: true
  broker: true
  queue: true
  calls: [enrollment, provider-registry]
  paths: [/statements]
  writer: true
  verify: true
  insurers: true
fraud-audit:
  database: true
  grpc: true
  broker: true
provider-registry:
  database: true
  grpc: true
  broker: true
  paths: [/import/providers, /import/catalog, /import/diseases]
reporting:
  database: true
  grpc: true
  broker: true
gateway:
  broker: true
  calls: [enrollment, provider-registry, settlement]
  hospitals: true
console:
  calls: []
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

{{/* The services that one calls and that exist for it: a city has no enrolment, and its settlement settles nobody. As {names: […]}. */}}
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
