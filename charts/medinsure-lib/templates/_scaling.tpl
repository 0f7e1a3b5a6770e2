{{- define "medinsure.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "medinsure.selector" . | nindent 6 }}
{{- end }}

{{- define "medinsure.autoscaler" -}}
{{- $autoscaling := (get .root.Values.services .name).autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "medinsure.meta" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ .name }}
  minReplicas: {{ $autoscaling.min }}
  maxReplicas: {{ $autoscaling.max }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $autoscaling.cpuPercent }}
    {{- if (include "medinsure.fact" . | fromYaml).queue }}
    # RabbitMQ's own metric of the queue's depth, through an adapter for external metrics.
    - type: External
      external:
        metric:
          name: {{ .root.Values.queueMetric }}
          selector:
            matchLabels:
              queue: medinsure.{{ .root.Values.tenant.code }}.{{ .name }}
        target:
          type: AverageValue
          averageValue: {{ $autoscaling.queueDepth | quote }}
    {{- end }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
      policies:
        - type: Pods
          value: 1
          periodSeconds: 60
{{- end }}

{{/* One county's storm must not starve the others on the same nodes. */}}
{{- define "medinsure.limits" -}}
{{- if .Values.limits.enabled -}}
apiVersion: v1
kind: ResourceQuota
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "medinsure" "component" "limits") | nindent 2 }}
spec:
  hard:
    {{- toYaml .Values.limits.quota | nindent 4 }}
---
apiVersion: v1
kind: LimitRange
metadata:
  {{- include "medinsure.meta" (dict "root" . "name" "medinsure" "component" "limits") | nindent 2 }}
spec:
  limits:
    # For what others put into the namespace; our own containers all name theirs.
    - type: Container
      default:
        {{- toYaml .Values.limits.containerDefault | nindent 8 }}
      defaultRequest:
        {{- toYaml .Values.limits.containerDefaultRequest | nindent 8 }}
{{- end -}}
{{- end }}
