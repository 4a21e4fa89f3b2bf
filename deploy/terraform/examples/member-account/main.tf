# In each account to audit.

variable "auditor_role_arn" {
  description = "Output auditor_role_arn of the auditor's account."
  type        = string
}

variable "external_id" {
  description = "The external id that the auditor is configured with."
  type        = string
  sensitive   = true
}

module "stepwarden" {
  source = "../../modules/audited-account"

  auditor_role_arn = var.auditor_role_arn
  external_id      = var.external_id
  tier             = "executions"
}

output "role_arn" {
  value = module.stepwarden.role_arn
}
