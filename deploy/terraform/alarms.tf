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

# Each scan that ends writes a log line of its metrics: where none came, no scan ended.
resource "aws_cloudwatch_metric_alarm" "silent" {
  count = local.scheduled ? 1 : 0

  alarm_name          = "${var.name}-silent"
  alarm_description   = "No scan has written anything for ${var.silent_hours} hours: look at the schedule and the task's log."
  namespace           = "AWS/Logs"
  metric_name         = "IncomingLogEvents"
  dimensions          = { LogGroupName = aws_cloudwatch_log_group.this.name }
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

# Of Container Insights, which the module's own cluster has on.
resource "aws_cloudwatch_metric_alarm" "not_running" {
  count = local.scheduled ? 0 : 1

  alarm_name          = "${var.name}-not-running"
  alarm_description   = "The service has had no running task for 15 minutes."
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  dimensions          = { ClusterName = reverse(split("/", local.cluster))[0], ServiceName = var.name }
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
