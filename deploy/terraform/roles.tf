data "aws_iam_policy_document" "task_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${local.region}:${local.account}:*"]
    }
  }
}

resource "aws_iam_role" "task" {
  name                 = "${var.name}-auditor"
  description          = "The auditor of Step Functions, as far as tier ${var.tier}"
  assume_role_policy   = data.aws_iam_policy_document.task_trust.json
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

# What `stepwarden permissions --tier` prints: exactly the calls of a scan.
resource "aws_iam_role_policy" "audit" {
  name   = "audit"
  role   = aws_iam_role.task.id
  policy = file("${path.module}/../policies/${var.tier}.json")
}

data "aws_iam_policy_document" "own" {
  statement {
    sid       = "StepwardenStore"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/*"]
  }

  # Without it S3 says of an object that is missing that it is denied.
  statement {
    sid       = "StepwardenStoreNames"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "StepwardenStoreKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.kms_key]
  }

  dynamic "statement" {
    for_each = length(var.audited_role_arns) > 0 ? [1] : []

    content {
      sid       = "StepwardenAccounts"
      actions   = ["sts:AssumeRole"]
      resources = var.audited_role_arns
    }
  }

  dynamic "statement" {
    for_each = var.metrics == "remote-write" && local.scheduled ? [var.prometheus_workspace.arn] : []

    content {
      sid       = "StepwardenRemoteWrite"
      actions   = ["aps:RemoteWrite"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "own" {
  name   = "own"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.own.json
}

# AWS documents no condition for the role by which a task is started.
data "aws_iam_policy_document" "execution_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name                 = "${var.name}-execution"
  description          = "ECS pulls the auditor's image and writes its log"
  assume_role_policy   = data.aws_iam_policy_document.execution_trust.json
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.ecr_repository_arn == null ? [] : [var.ecr_repository_arn]

    content {
      sid       = "Pull"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.ecr_repository_arn == null ? [] : [1]

    content {
      sid       = "PullToken"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.accounts_secret_arn == null ? [] : [var.accounts_secret_arn]

    content {
      sid       = "Accounts"
      actions   = strcontains(statement.value, ":secretsmanager:") ? ["secretsmanager:GetSecretValue"] : ["ssm:GetParameters"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.accounts_secret_arn == null ? [] : [1]

    content {
      sid       = "AccountsKey"
      actions   = ["kms:Decrypt"]
      resources = [local.kms_key]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}
