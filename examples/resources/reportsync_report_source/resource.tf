resource "reportsync_report_source" "insights" {
  name  = "walkme-insights"
  files = { url = "file:///var/lib/reportsync/reports" }
}
