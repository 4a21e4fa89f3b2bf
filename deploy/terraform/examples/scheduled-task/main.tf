# A scan every hour, of this account and others, with metrics in CloudWatch.

variable "vpc_id" {
  description = "The VPC of the subnets."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets with a way to AWS's endpoints."
  type        = list(string)
}

variable "audited_role_arns" {
  description = "Roles of the accounts to audit; empty: this account alone."
  type        = list(string)
  default     = []
}

variable "accounts_secret_arn" {
  description = "Where the external ids of these roles are kept: see the module's README."
  type        = string
  default     = null
}

module "stepwarden" {
  source = "../.."

  mode                = "scheduled"
  tier                = "executions"
  regions             = ["eu-west-1", "us-east-1"]
  audited_role_arns   = var.audited_role_arns
  accounts_secret_arn = var.accounts_secret_arn
  vpc_id              = var.vpc_id
  subnet_ids          = var.subnet_ids
  metrics             = "emf"
  tags                = { owner = "security" }
}

output "auditor_role_arn" {
  value = module.stepwarden.auditor_role_arn
}

output "doctor" {
  value = module.stepwarden.doctor
}
