# Alarms on the auditor itself: what it finds is told by its own metrics (dashboards/).

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = local.scheduled ? 1 : 0

  alarm_name          = "${var.name}-did-not-start"
  alarm_description   = "EventBridge Scheduler could not start a scan: the queue holds why. Often iam:PassRole (stepwarden doctor --scheduler-role)."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters[0].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

locals {
  # Each scan that ends writes its metrics into the log, in the form that CloudWatch takes; one that fails does not.
  counts_scans = local.scheduled && var.metrics == "emf"
}

resource "aws_cloudwatch_log_metric_filter" "scans" {
  count = local.counts_scans ? 1 : 0

  name           = "${var.name}-scans"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "{ $._aws.CloudWatchMetrics[0].Namespace = \"stepwarden\" }"

  metric_transformation {
    namespace = "stepwarden/auditor"
    name      = "${var.name}-scans"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "silent" {
  count = local.counts_scans ? 1 : 0

  alarm_name          = "${var.name}-silent"
  alarm_description   = "No scan has ended for ${var.silent_hours} hours: look at the schedule and the task's log."
  namespace           = "stepwarden/auditor"
  metric_name         = "${var.name}-scans"
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = var.silent_hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

# A scan that ended with a fault, by what ECS tells of its task.
resource "aws_cloudwatch_event_rule" "failed" {
  count = local.scheduled && length(var.alarm_topic_arns) > 0 ? 1 : 0

  name        = "${var.name}-failed"
  description = "A scan ended with another exit code than 0, or never started"
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn        = [local.cluster]
      lastStatus        = ["STOPPED"]
      taskDefinitionArn = [{ prefix = "arn:${local.partition}:ecs:${local.region}:${local.account}:task-definition/${var.name}:" }]
      # A task that never started has no exit code.
      "$or" = [
        { containers = { exitCode = [{ anything-but = [0] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failed" {
  for_each = length(aws_cloudwatch_event_rule.failed) > 0 ? toset(var.alarm_topic_arns) : []

  rule = aws_cloudwatch_event_rule.failed[0].name
  arn  = each.value
}

# Of Container Insights, which the module's own cluster has on; of another cluster it is not known.
resource "aws_cloudwatch_metric_alarm" "not_running" {
  count = !local.scheduled && var.cluster_arn == null ? 1 : 0

  alarm_name          = "${var.name}-not-running"
  alarm_description   = "The service has had no running task for 15 minutes."
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  dimensions          = { ClusterName = var.name, ServiceName = var.name }
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}
