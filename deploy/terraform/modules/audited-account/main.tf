locals {
  arn = regex("^arn:(?P<partition>[a-z-]+):iam::(?P<account>[0-9]{12}):", var.auditor_role_arn)
}

# The account, and of it one role: a role that is deleted and made again is trusted as before, which a principal by its own
# ARN would not be.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.arn.partition}:iam::${local.arn.account}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [var.auditor_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Audited by stepwarden, as far as tier ${var.tier}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

# What `stepwarden permissions --tier` prints: exactly the calls of a scan.
resource "aws_iam_role_policy" "audit" {
  name   = "audit"
  role   = aws_iam_role.this.id
  policy = file("${path.module}/../../../policies/${var.tier}.json")
}
