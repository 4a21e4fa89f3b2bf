variable "auditor_role_arn" {
  description = "The auditor's role: output auditor_role_arn of the module in its account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.auditor_role_arn))
    error_message = "auditor_role_arn: the ARN of a role."
  }
}

variable "external_id" {
  description = "What the auditor has to say beside who it is; not a password, but not to be guessed either."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/-]+$", var.external_id)) && length(var.external_id) >= 2 && length(var.external_id) <= 1224
    error_message = "external_id: 2 to 1224 letters, digits and _+=,.@:/-."
  }
}

variable "name" {
  description = "Name of the role."
  type        = string
  default     = "stepwarden"
  nullable    = false
}

variable "tier" {
  description = "How far executions are looked into: inventory, executions or payloads."
  type        = string
  default     = "payloads"
  nullable    = false

  validation {
    condition     = contains(["inventory", "executions", "payloads"], var.tier)
    error_message = "tier: inventory, executions or payloads."
  }
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for the role; null: none."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
  nullable    = false
}
