output "auditor_role_arn" {
  description = "The auditor's role: who the roles of audited accounts trust."
  value       = aws_iam_role.task.arn
}

output "execution_role_arn" {
  description = "The role by which ECS starts the task."
  value       = aws_iam_role.execution.arn
}

output "scheduler_role_arn" {
  description = "The role by which EventBridge Scheduler starts the task; null for the service."
  value       = one(aws_iam_role.scheduler[*].arn)
}

output "security_group_id" {
  description = "The task's security group."
  value       = aws_security_group.this.id
}

output "store" {
  description = "Where reports and memories are kept."
  value       = "s3://${local.bucket}"
}

output "log_group" {
  description = "The task's log."
  value       = aws_cloudwatch_log_group.this.name
}

output "doctor" {
  description = "What tells whether the schedule can start the task; null for the service."
  value = local.scheduled ? join(" ", [
    "stepwarden doctor --scheduler-role", aws_iam_role.scheduler[0].arn, "--schedule-group", local.schedule_group,
    "--passes", aws_iam_role.task.arn, "--passes", aws_iam_role.execution.arn,
  ]) : null
}
