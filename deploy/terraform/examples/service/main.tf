# The service, which Prometheus scrapes.

variable "vpc_id" {
  description = "The VPC of the subnets."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets with a way to AWS's endpoints."
  type        = list(string)
}

variable "prometheus_security_group_id" {
  description = "The security group of Prometheus, which alone reaches the service."
  type        = string
}

module "stepwarden" {
  source = "../.."

  mode                       = "service"
  regions                    = ["eu-west-1"]
  vpc_id                     = var.vpc_id
  subnet_ids                 = var.subnet_ids
  ingress_security_group_ids = [var.prometheus_security_group_id]
  settings                   = { STEPWARDEN_SCHEDULE_INVENTORY = "30m" }
}

output "auditor_role_arn" {
  value = module.stepwarden.auditor_role_arn
}
