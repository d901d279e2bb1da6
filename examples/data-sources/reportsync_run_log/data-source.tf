data "reportsync_run_log" "latest" {
  run_id         = reportsync_run.after_change.id
  rejected_limit = 20
}

output "rejected_rows" {
  value = [for row in data.reportsync_run_log.latest.rejected : "line ${row.line}: ${row.message}"]
}
