data "reportsync_report_source" "insights" {
  name = "walkme-insights"
}
