data "reportsync_runs" "failed" {
  integration_id = reportsync_integration.onboarding.id
  status         = ["failed", "completed_with_errors"]
  limit          = 5
}

output "recent_failures" {
  value = [for run in data.reportsync_runs.failed.runs : "${run.started_at}: ${run.status}"]
}
