{{/* A pod of a service's image that runs one command and ends. Call with (dict "root" $ "name" "settlement" "job" "settlement-migrate" "command" "migrate"). */}}
{{- define "medinsure.commandPod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "medinsure.labels" (dict "root" .root "name" .job "component" "job") | nindent 4 }}
spec:
  {{- include "medinsure.podBase" (dict "root" .root) | nindent 2 }}
  restartPolicy: Never
  containers:
    - name: {{ .command }}
      image: {{ include "medinsure.image" . }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [{{ .command }}]
      env:
        # Not from the ConfigMap: before the first installation there is none.
        {{- $config := include "medinsure.tenantConfig" . | fromYaml }}
        {{- range $key, $value := $config }}
        - name: {{ $key }}
          value: {{ $value | quote }}
        {{- end }}
        - name: Tenants__{{ $values.tenant.code }}__Database
          value: {{ include "medinsure.database" .root | quote }}
        {{- include "medinsure.secretVariable" (dict "as" (printf "Secrets__Database__%s__%s" $values.tenant.code .name) "secret" $values.secrets.database "key" .name) | nindent 8 }}
        {{- if eq .command "migrate" }}
        {{- include "medinsure.secretVariable" (dict "as" "Secrets__DatabaseAdmin__User" "secret" $values.secrets.databaseAdmin "key" "user") | nindent 8 }}
        {{- include "medinsure.secretVariable" (dict "as" "Secrets__DatabaseAdmin__Password" "secret" $values.secrets.databaseAdmin "key" "password") | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml $values.jobs.resources | nindent 8 }}
      securityContext:
        {{- include "medinsure.containerSecurity" . | nindent 8 }}
      volumeMounts:
        {{- include "medinsure.volumeMounts" . | nindent 8 }}
  volumes:
    {{- include "medinsure.volumes" . | nindent 4 }}
{{- end }}

{{/*
Makes database, roles and schema and runs the migrations, before the new pods start. With a trial's own PostgreSQL, which comes up with this very
release, it is no hook but a Job per revision that tries until the server answers.
*/}}
{{- define "medinsure.migration" -}}
{{- $inCluster := .root.Values.stores.postgres.inCluster -}}
{{- $job := printf "%s-migrate" .name -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "medinsure.meta" (dict "root" .root "name" $job "component" "job" "object" (ternary (printf "%s-%d" $job .root.Release.Revision) $job $inCluster)) | nindent 2 }}
  {{- if not $inCluster }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
spec:
  backoffLimit: {{ ternary 30 2 $inCluster }}
  activeDeadlineSeconds: {{ .root.Values.jobs.migrateSeconds }}
  ttlSecondsAfterFinished: 86400
  template:
    {{- include "medinsure.commandPod" (merge (dict "job" $job "command" "migrate") .) | nindent 4 }}
{{- end }}

{{/* Walks the tenant's journal from its first row: chain of hashes, every settlement computed anew, tables against journal. Only reads. */}}
{{- define "medinsure.verification" -}}
{{- $values := .root.Values -}}
{{- $job := printf "%s-verify" .name -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- include "medinsure.meta" (dict "root" .root "name" $job "component" "job") | nindent 2 }}
spec:
  schedule: {{ $values.jobs.verifySchedule | quote }}
  timeZone: Asia/Shanghai
  suspend: {{ or $values.stopped (not $values.jobs.verify) }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 7
  jobTemplate:
    metadata:
      labels:
        {{- include "medinsure.labels" (dict "root" .root "name" $job "component" "job") | nindent 8 }}
    spec:
      # What it finds does not go away by a second look.
      backoffLimit: 0
      template:
        {{- include "medinsure.commandPod" (merge (dict "job" $job "command" "verify") .) | nindent 8 }}
{{- end }}

{{/* A dump of the tenant's database, kept for some days on a volume. Point-in-time recovery is the server's own: charts/README.md. */}}
{{- define "medinsure.backup" -}}
{{- $values := .Values -}}
{{- $postgres := $values.stores.postgres -}}
{{- if $values.backup.enabled -}}
{{- if not $values.backup.claim }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "backup" "component" "job") | nindent 2 }}
  annotations:
    # The dumps outlive the release.
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with $values.backup.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ $values.backup.size }}
---
{{- end }}
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "backup" "component" "job") | nindent 2 }}
spec:
  schedule: {{ $values.backup.schedule | quote }}
  timeZone: Asia/Shanghai
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 7
  jobTemplate:
    metadata:
      labels:
        {{- include "medinsure.labels" (dict "root" . "name" "backup" "component" "job") | nindent 8 }}
    spec:
      backoffLimit: 2
      template:
        metadata:
          labels:
            {{- include "medinsure.labels" (dict "root" . "name" "backup" "component" "job") | nindent 12 }}
        spec:
          {{- include "medinsure.podBase" (dict "root" . "user" 999) | nindent 10 }}
          restartPolicy: Never
          containers:
            - name: backup
              image: {{ $postgres.image }}
              imagePullPolicy: {{ $values.image.pullPolicy }}
              command: [sh, -euc]
              args:
                - |
                  # Under another name first: a dump that was cut off must not look like one.
                  file=/backup/{{ printf "medinsure_%s" $values.tenant.code }}-$(date -u +%Y%m%dT%H%M%SZ).dump
                  pg_dump --format=custom --compress=6 --no-password --file="$file.part"
                  pg_restore --list "$file.part" > /dev/null
                  mv "$file.part" "$file"
                  find /backup -name '*.dump*' -mtime +{{ $values.backup.keepDays }} -delete
                  ls -l "$file"
              env:
                - name: PGHOST
                  value: {{ ternary "postgres" $postgres.host $postgres.inCluster | quote }}
                - name: PGPORT
                  value: {{ $postgres.port | quote }}
                - name: PGDATABASE
                  value: medinsure_{{ $values.tenant.code }}
                - name: PGSSLMODE
                  value: {{ ternary "disable" (get (dict "Disable" "disable" "Prefer" "prefer" "Require" "require" "VerifyCA" "verify-ca" "VerifyFull" "verify-full") $postgres.sslMode) $postgres.inCluster }}
                {{- if $postgres.rootCertificate }}
                - name: PGSSLROOTCERT
                  value: /certificates/ca.crt
                {{- else if and (not $postgres.inCluster) (hasPrefix "Verify" $postgres.sslMode) }}
                - name: PGSSLROOTCERT
                  value: system
                {{- end }}
                {{- include "medinsure.secretVariable" (dict "as" "PGUSER" "secret" $values.secrets.databaseAdmin "key" "user") | nindent 16 }}
                {{- include "medinsure.secretVariable" (dict "as" "PGPASSWORD" "secret" $values.secrets.databaseAdmin "key" "password") | nindent 16 }}
              resources:
                {{- toYaml $values.jobs.resources | nindent 16 }}
              securityContext:
                {{- include "medinsure.containerSecurity" . | nindent 16 }}
              volumeMounts:
                - name: backup
                  mountPath: /backup
                {{- include "medinsure.volumeMounts" (dict "root" .) | nindent 16 }}
          volumes:
            - name: backup
              persistentVolumeClaim:
                claimName: {{ $values.backup.claim | default "backup" }}
            {{- include "medinsure.volumes" (dict "root" .) | nindent 12 }}
{{- end -}}
{{- end }}
