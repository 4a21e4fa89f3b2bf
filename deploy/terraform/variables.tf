variable "name" {
  description = "Name of everything that the module makes, and its prefix."
  type        = string
  default     = "stepwarden"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,23}$", var.name))
    error_message = "name: 2 to 24 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "mode" {
  description = "scheduled: EventBridge Scheduler runs `stepwarden scan`; service: an ECS service runs `stepwarden serve`."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["scheduled", "service"], var.mode)
    error_message = "mode: scheduled or service."
  }
}

variable "tier" {
  description = "How far executions are looked into: inventory (not at all), executions (that they run), payloads (what they hold)."
  type        = string
  default     = "payloads"
  nullable    = false

  validation {
    condition     = contains(["inventory", "executions", "payloads"], var.tier)
    error_message = "tier: inventory, executions or payloads."
  }
}

variable "regions" {
  description = "Regions to audit; empty: all that are enabled for the account."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "audited_role_arns" {
  description = "Roles of the accounts to audit, as modules/audited-account makes them; empty: this account alone. This account is audited too only where a role of it is named."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "accounts_secret_arn" {
  description = "SSM parameter (SecureString) or secret of Secrets Manager, under kms_key_arn, with the roles and their external ids as STEPWARDEN_ACCOUNTS takes them: [{ role_arn = \"…\", external_id = \"…\" }]; null: audited_role_arns are assumed without."
  type        = string
  default     = null
}

variable "settings" {
  description = "Further settings, as environment variables (STEPWARDEN_…); see config.example.toml."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "image" {
  description = "The image, by digest where it can be."
  type        = string
  default     = "ghcr.io/stepwarden/stepwarden:0.1.0"
  nullable    = false
}

variable "ecr_repository_arn" {
  description = "The ECR repository that the image is pulled from; null: another registry, for which no right is needed."
  type        = string
  default     = null
}

variable "architecture" {
  description = "ARM64 or X86_64."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "architecture: ARM64 or X86_64."
  }
}

variable "cpu" {
  description = "CPU units of the task."
  type        = number
  default     = 256
  nullable    = false
}

variable "memory" {
  description = "Memory of the task, in MiB."
  type        = number
  default     = 512
  nullable    = false
}

variable "cluster_arn" {
  description = "The ECS cluster to run in; null: one of its own is made."
  type        = string
  default     = null
}

variable "vpc_id" {
  description = "The VPC of the subnets."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets with a way to AWS's endpoints: a NAT gateway or VPC endpoints."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids: at least one."
  }
}

variable "assign_public_ip" {
  description = "Give the task a public address, where its subnets have no other way out."
  type        = bool
  default     = false
  nullable    = false
}

variable "schedule" {
  description = "When a scheduled scan begins: rate(…) or cron(…) of EventBridge Scheduler."
  type        = string
  default     = "rate(1 hour)"
  nullable    = false
}

variable "schedule_window_minutes" {
  description = "How much later it may begin, so that many schedules do not begin at once."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.schedule_window_minutes >= 1 && var.schedule_window_minutes <= 1440
    error_message = "schedule_window_minutes: 1 to 1440."
  }
}

variable "ingress_security_group_ids" {
  description = "Who reaches the service's port 9853, such as Prometheus; whoever does reads where accounts are weak. Empty: nobody."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "metrics" {
  description = "Where a scheduled scan's metrics go beside the report: none, emf (CloudWatch) or remote-write (Amazon Managed Prometheus)."
  type        = string
  default     = "emf"
  nullable    = false

  validation {
    condition     = contains(["none", "emf", "remote-write"], var.metrics)
    error_message = "metrics: none, emf or remote-write."
  }
}

variable "prometheus_workspace" {
  description = "Of remote-write: the workspace's ARN and its endpoint, as aws_prometheus_workspace has them."
  type        = object({ arn = string, prometheus_endpoint = string })
  default     = null
}

variable "log_retention_days" {
  description = "How long the task's log is kept."
  type        = number
  default     = 30
  nullable    = false
}

variable "kms_key_arn" {
  description = "A key for the log, the store and the dead letters, whose policy lets those services use it; null: one is made."
  type        = string
  default     = null
}

variable "report_retention_days" {
  description = "How long reports are kept in the store; what is remembered between scans stays."
  type        = number
  default     = 400
  nullable    = false
}

variable "access_log_bucket" {
  description = "A bucket that takes the store's access log; null: none is kept."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for all roles that are made; null: none."
  type        = string
  default     = null
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told when the auditor itself fails."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "silent_hours" {
  description = "Hours in which no scheduled scan ended after which an alarm tells, with metrics = emf; with remote-write Prometheus tells (StepwardenScanStale)."
  type        = number
  default     = 3
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
  nullable    = false
}
