output "role_arn" {
  description = "For audited_role_arns of the auditor."
  value       = aws_iam_role.this.arn
}
