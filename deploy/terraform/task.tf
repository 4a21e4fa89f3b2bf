resource "aws_ecs_cluster" "this" {
  count = var.cluster_arn == null ? 1 : 0
  name  = var.name
  tags  = var.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn
  tags                     = var.tags

  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }

  volume {
    name = "scratch"
  }

  container_definitions = jsonencode([merge({
    name                   = var.name
    image                  = var.image
    essential              = true
    command                = local.command
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    stopTimeout            = 15
    linuxParameters        = { capabilities = { drop = ["ALL"] }, initProcessEnabled = false }
    environment            = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]
    secrets                = var.accounts_secret_arn == null ? [] : [{ name = "STEPWARDEN_ACCOUNTS", valueFrom = var.accounts_secret_arn }]
    portMappings           = local.scheduled ? [] : [{ containerPort = 9853, hostPort = 9853, protocol = "tcp" }]
    mountPoints            = [{ sourceVolume = "scratch", containerPath = local.scratch, readOnly = false }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = var.mode
        # Better a lost line than a scan that waits for its log.
        mode            = "non-blocking"
        max-buffer-size = "4m"
      }
    }
    }, local.scheduled ? {} : {
    healthCheck = {
      command     = ["CMD", "/usr/local/bin/stepwarden", "healthcheck"]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }
  })])

  lifecycle {
    precondition {
      condition     = var.metrics != "remote-write" || var.prometheus_workspace != null
      error_message = "metrics = remote-write needs prometheus_workspace."
    }
  }
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "The auditor of Step Functions: AWS's endpoints, and who may ask the service"
  vpc_id      = var.vpc_id
  tags        = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# trivy:ignore:AVD-AWS-0104 AWS's public endpoints have no addresses that could be named.
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "AWS's endpoints and the image's registry"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  for_each = local.scheduled ? [] : toset(var.ingress_security_group_ids)

  security_group_id            = aws_security_group.this.id
  description                  = "Who scrapes metrics and reads the report"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 9853
  to_port                      = 9853
  tags                         = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:It is for faults of the auditor; what it finds is kept in the store.
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key
  tags              = var.tags
}
