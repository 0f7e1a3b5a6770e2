{{/*
Prometheus' view of this tenant. Only metrics that our code's meters, the runtime's, RabbitMQ's or Kubernetes' exporters have: a test compares.
Thresholds are assumed, from what hospitals feel: they wait 60 s at most (national-interface.md section 1) and usually 0.1 s.
*/}}
{{- define "medinsure.ruleGroups" -}}
{{- $tenant := .Values.tenant.code -}}
{{- $namespace := .Release.Namespace -}}
groups:
  - name: medinsure-{{ $tenant }}
    rules:
      - record: medinsure:gateway_transaction:rate5m
        expr: sum by (infcode) (rate(medinsure_gateway_transaction_duration_milliseconds_count{medinsure_tenant="{{ $tenant }}"}[5m]))
      - record: medinsure:gateway_transaction:p99_5m
        expr: histogram_quantile(0.99, sum by (le) (rate(medinsure_gateway_transaction_duration_milliseconds_bucket{medinsure_tenant="{{ $tenant }}"}[5m])))
      - alert: MedInsureUnknownOutcomes
        expr: sum(rate(medinsure_gateway_transaction_duration_milliseconds_count{medinsure_tenant="{{ $tenant }}",infcode="-1"}[5m])) / sum(rate(medinsure_gateway_transaction_duration_milliseconds_count{medinsure_tenant="{{ $tenant }}"}[5m])) > 0.01
        for: 5m
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: More than one in a hundred transactions of {{ .Values.tenant.name }} ends with an unknown outcome
          action: Look at settlement's readiness and the database; hospitals send again, nothing is done twice
      - alert: MedInsureTransactionsSlow
        expr: histogram_quantile(0.99, sum by (le) (rate(medinsure_gateway_transaction_duration_milliseconds_bucket{medinsure_tenant="{{ $tenant }}"}[5m]))) > 2000
        for: 10m
        labels: {severity: warning, tenant: {{ $tenant | quote }}}
        annotations:
          summary: One in a hundred transactions of {{ .Values.tenant.name }} takes more than 2 s
          action: Compare the gateway's and settlement's processor time with their limits, then the database's disk
      - alert: MedInsureEventsLate
        expr: histogram_quantile(0.99, sum by (le, job) (rate(medinsure_outbox_age_seconds_bucket{medinsure_tenant="{{ $tenant }}"}[5m]))) > 60
        for: 10m
        labels: {severity: warning, tenant: {{ $tenant | quote }}}
        annotations:
          summary: Events of {{ .Values.tenant.name }} leave more than a minute after they happened
          action: Look at RabbitMQ; events wait in the outbox and are not lost
      - alert: MedInsureQueueGrows
        expr: sum by (queue) (rabbitmq_queue_messages_ready{queue=~"medinsure[.]{{ $tenant }}[.].+",queue!~".+_error"}) > 1000
        for: 15m
        labels: {severity: warning, tenant: {{ $tenant | quote }}}
        annotations:
          summary: "Queue {{ "{{ $labels.queue }}" }} grows"
          action: Its receiver is away or fails; look at the service's log
      - alert: MedInsureMessagesFailed
        expr: sum by (queue) (rabbitmq_queue_messages_ready{queue=~"medinsure[.]{{ $tenant }}[.].+_error"}) > 0
        for: 1m
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: "Queue {{ "{{ $labels.queue }}" }} holds messages that could not be handled"
          action: Read them, mend the cause, put them back into the queue they came from
      - alert: MedInsureOffCountyLate
        expr: max by (county) (medinsure_offcounty_lag_seconds{medinsure_tenant="{{ $tenant }}"}) > 1800
        for: 10m
        labels: {severity: warning, tenant: {{ $tenant | quote }}}
        annotations:
          summary: "{{ "{{ $labels.county }}" }} has not been told for half an hour what {{ .Values.tenant.name }} settled with its providers"
          action: GET /clearing/{{ $tenant }}/links says why; nothing is lost, it is told when the link is back
      - alert: MedInsureOffCountyContradiction
        expr: sum by (county) (increase(medinsure_offcounty_contradictions_total{medinsure_tenant="{{ $tenant }}"}[1h])) > 0
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: "What {{ "{{ $labels.county }}" }} tells {{ .Values.tenant.name }} of its settlements is not what it told before"
          action: Nothing of it is taken; verify the journal and the ledger of both counties, compare with the dumps
      - alert: MedInsureClearingDiffers
        expr: max(medinsure_clearing_blocked{medinsure_tenant="{{ $tenant }}",state="differs"}) > 0
        for: 1h
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: Pairs of counties of {{ .Values.tenant.name }} do not agree on what they owe each other
          action: GET /clearing/{{ $tenant }}/MONTH/differences lists the bills; the mirror may be behind, else compare both counties' verification
      - alert: MedInsureNotReady
        expr: kube_deployment_status_replicas_available{namespace="{{ $namespace }}"} < 1 and kube_deployment_spec_replicas{namespace="{{ $namespace }}"} > 0
        for: 2m
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: "{{ "{{ $labels.deployment }}" }} of {{ .Values.tenant.name }} has no ready pod"
          action: kubectl describe the pods; /health/ready says which check fails
      - alert: MedInsureJobFailed
        expr: kube_job_status_failed{namespace="{{ $namespace }}"} > 0
        for: 1m
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: "Job {{ "{{ $labels.job_name }}" }} of {{ .Values.tenant.name }} failed"
          action: Read its log; a failed settlement-verify is a broken journal and comes first
      - alert: MedInsureBackupMissing
        expr: time() - max(kube_cronjob_status_last_successful_time{namespace="{{ $namespace }}",cronjob="backup"}) > 93600
        labels: {severity: critical, tenant: {{ $tenant | quote }}}
        annotations:
          summary: No dump of {{ .Values.tenant.name }} for 26 hours
          action: kubectl logs of the last backup job
{{- end }}

{{- define "medinsure.panel" -}}
{"id": {{ .id }}, "type": "timeseries", "title": {{ .title | toJson }}, "datasource": {"type": "prometheus", "uid": "${datasource}"}, "gridPos": {"h": 8, "w": 12, "x": {{ mul 12 (mod (sub .id 1) 2) }}, "y": {{ mul 8 (div (sub .id 1) 2) }}}, "fieldConfig": {"defaults": {"unit": {{ .unit | toJson }}}, "overrides": []}, "targets": [{"refId": "A", "expr": {{ .expr | toJson }}, "legendFormat": {{ .legend | toJson }}}]}
{{- end }}

{{- define "medinsure.dashboard" -}}
{{- $tenant := printf "medinsure_tenant=\"%s\"" .Values.tenant.code -}}
{{- $queue := printf "queue=~\"medinsure[.]%s[.].+\"" .Values.tenant.code -}}
{"title": {{ printf "医保 %s %s" .Values.tenant.code .Values.tenant.name | toJson }}, "uid": "medinsure-{{ .Values.tenant.code }}", "schemaVersion": 39, "refresh": "30s", "time": {"from": "now-6h", "to": "now"}, "tags": ["medinsure"],
 "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
 "panels": [
  {{ include "medinsure.panel" (dict "id" 1 "title" "Transactions by outcome" "unit" "reqps" "legend" "infcode {{infcode}}" "expr" (printf "sum by (infcode) (rate(medinsure_gateway_transaction_duration_milliseconds_count{%s}[5m]))" $tenant)) }},
  {{ include "medinsure.panel" (dict "id" 2 "title" "Transaction time, 99th percentile" "unit" "ms" "legend" "{{infno}}" "expr" (printf "histogram_quantile(0.99, sum by (le, infno) (rate(medinsure_gateway_transaction_duration_milliseconds_bucket{%s}[5m])))" $tenant)) }},
  {{ include "medinsure.panel" (dict "id" 3 "title" "Events sent" "unit" "eps" "legend" "{{job}}" "expr" (printf "sum by (job) (rate(medinsure_outbox_sent_total{%s}[5m]))" $tenant)) }},
  {{ include "medinsure.panel" (dict "id" 4 "title" "Age of events when they leave, 99th percentile" "unit" "s" "legend" "{{job}}" "expr" (printf "histogram_quantile(0.99, sum by (le, job) (rate(medinsure_outbox_age_seconds_bucket{%s}[5m])))" $tenant)) }},
  {{ include "medinsure.panel" (dict "id" 5 "title" "Messages waiting" "unit" "short" "legend" "{{queue}}" "expr" (printf "sum by (queue) (rabbitmq_queue_messages_ready{%s})" $queue)) }},
  {{ include "medinsure.panel" (dict "id" 6 "title" "Requests by service and status" "unit" "reqps" "legend" "{{job}} {{http_response_status_code}}" "expr" (printf "sum by (job, http_response_status_code) (rate(http_server_request_duration_seconds_count{%s}[5m]))" $tenant)) }},
  {{ include "medinsure.panel" (dict "id" 7 "title" "Processor time" "unit" "short" "legend" "{{job}}" "expr" (printf "sum by (job) (rate(dotnet_process_cpu_time_seconds_total{%s}[5m]))" $tenant)) }},
  {{ include "medinsure.panel" (dict "id" 8 "title" "Memory" "unit" "bytes" "legend" "{{job}}" "expr" (printf "sum by (job) (dotnet_process_memory_working_set_bytes{%s})" $tenant)) }}
 ]}
{{- end }}
