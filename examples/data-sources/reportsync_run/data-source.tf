data "reportsync_run" "latest" {
  id = data.reportsync_runs.recent.runs[0].id
}
