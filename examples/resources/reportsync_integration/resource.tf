resource "reportsync_integration" "onboarding" {
  name          = "onboarding-to-contacts"
  description   = "Onboarding progress, for the customer success team"
  source_id     = reportsync_report_source.insights.id
  report        = "onboarding/*.csv" # the newest match wins
  connection_id = reportsync_salesforce_connection.production.id
  object        = "Contact"
  match         = { column = "User Email", field = "Email" }
  mappings = {
    Onboarding_Status__c = { column = "Onboarding Status" }
    Sessions_30d__c      = { column = "Sessions (30d)", on_null = "clear" }
    Last_Seen__c         = { column = "Last Seen", time_zone = "Europe/Berlin" }
    Usage_Source__c      = { constant = "WalkMe" }
  }
  schedule  = "0 9 * * *" # the default; "manual" for runs on demand only
  time_zone = "Europe/Berlin"
}
