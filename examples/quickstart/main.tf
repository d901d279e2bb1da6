# Keeps Salesforce contacts up to date from a product-usage report: every row of the newest CSV file finds its contact
# by e-mail and updates what differs, every day at 09:00 UTC.

terraform {
  required_version = ">= 1.11"
  required_providers {
    reportsync = { source = "reportsync/reportsync" }
  }
}

# The daemon's address and token come from REPORTSYNC_ENDPOINT and REPORTSYNC_TOKEN.
provider "reportsync" {}

# The org, by an app of its own with the client credentials flow.
resource "reportsync_salesforce_connection" "production" {
  name        = "production"
  environment = "production"
  login_url   = var.salesforce_login_url
  client_credentials = {
    client_id        = var.salesforce_client_id
    client_secret_wo = var.salesforce_client_secret # write-only: never in the state
  }
}

# The folder that reports arrive in.
resource "reportsync_report_source" "insights" {
  name  = "walkme-insights"
  files = { url = var.reports_url }
}

# What goes where.
resource "reportsync_integration" "onboarding" {
  name          = "onboarding-to-contacts"
  source_id     = reportsync_report_source.insights.id
  report        = "onboarding/*.csv" # the newest match wins
  connection_id = reportsync_salesforce_connection.production.id
  object        = "Contact"
  match         = { column = "User Email", field = "Email" }
  mappings = {
    Onboarding_Status__c = { column = "Onboarding Status" }
    Sessions_30d__c      = { column = "Sessions (30d)" }
    Last_Seen__c         = { column = "Last Seen (UTC)" }
    Usage_Source__c      = { constant = "WalkMe" }
  }
  schedule = "0 9 * * *"
}
