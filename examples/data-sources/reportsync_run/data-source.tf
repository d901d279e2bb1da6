data "reportsync_run" "latest_failure" {
  id = data.reportsync_runs.failed.runs[0].id
}

output "why_it_failed" {
  value = data.reportsync_run.latest_failure.error.message
}
