data "aws_caller_identity" "this" {}
data "aws_region" "this" {}
data "aws_partition" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  region    = data.aws_region.this.name
  partition = data.aws_partition.this.partition
  scheduled = var.mode == "scheduled"
  kms_key   = var.kms_key_arn == null ? aws_kms_key.this[0].arn : var.kms_key_arn
  cluster   = var.cluster_arn == null ? aws_ecs_cluster.this[0].arn : var.cluster_arn
  log_group = "/ecs/${var.name}"
  # Its name is known before it is made, as the task's rights name it.
  bucket     = "${var.name}-${local.account}-${local.region}"
  bucket_arn = "arn:${local.partition}:s3:::${local.bucket}"
  # As AWS tells it to the scheduler's role: the group, and no single schedule.
  schedule_group = "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/default"

  # What is written here goes with the task: the report is kept in the store, and the log holds no findings.
  scratch = "/var/lib/stepwarden"

  flags = concat(
    flatten([for region in var.regions : ["--region", region]]),
    var.accounts_secret_arn == null ? flatten([for role in var.audited_role_arns : ["--assume-role", role]]) : [],
  )
  sinks = {
    none         = []
    emf          = ["--metrics", "emf"]
    remote-write = ["--metrics", "remote-write=${try(var.prometheus_workspace.prometheus_endpoint, "")}api/v1/remote_write"]
  }
  # A scan ends with 4 where part of what it asked for could not be read: that is told by metrics and report, not by ECS.
  command = local.scheduled ? concat(
    ["scan", "--allow-incomplete", "--format", "json", "--output-dir", "${local.scratch}/latest"], local.flags, local.sinks[var.metrics],
  ) : concat(["serve"], local.flags)

  settings = merge(local.scheduled ? {} : { STEPWARDEN_SERVE_LISTEN = "0.0.0.0:9853" }, {
    STEPWARDEN_COLLECTORS_TIER     = var.tier
    STEPWARDEN_STORE_LOCATION      = "s3://${local.bucket}"
    STEPWARDEN_STORE_BUCKET_REGION = local.region
    STEPWARDEN_STORE_BUCKET_OWNER  = local.account
    STEPWARDEN_STORE_BUCKET_KEY    = local.kms_key
    STEPWARDEN_LOG_FORMAT          = "json"
  }, var.settings)
}
