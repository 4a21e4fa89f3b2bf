resource "aws_ecs_service" "this" {
  count = local.scheduled ? 0 : 1

  name            = var.name
  cluster         = local.cluster
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = 1
  # Never two at once: they would spend one request budget twice.
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  propagate_tags                     = "SERVICE"
  tags                               = var.tags
  # The first task would fail without its rights, and the first deployment with it.
  depends_on = [aws_iam_role_policy.audit, aws_iam_role_policy.execution, aws_iam_role_policy.own]

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.assign_public_ip
  }
}
