data "reportsync_salesforce_connection" "production" {
  name = "production"
}
