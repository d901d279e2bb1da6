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
    Last_Seen__c         = { column = "Last Seen", date_format = "DD/MM/YYYY HH:mm", time_zone = "Europe/Berlin" }
    Usage_Source__c      = { constant = "WalkMe" }
  }
  schedule  = "0 9 * * *" # the default; "manual" for runs on demand only
  time_zone = "Europe/Berlin"
}

# Hashed ids, as WalkMe exports them, find the e-mail addresses that they were made of.
resource "reportsync_integration" "usage" {
  name          = "usage-to-contacts"
  source_id     = reportsync_report_source.insights.id
  report        = "usage/*.csv"
  connection_id = reportsync_salesforce_connection.production.id
  object        = "Contact"
  match = {
    column          = "User ID"
    field           = "Email"
    field_transform = ["lower", "sha256_base64"]
  }
  mappings = {
    Sessions__c   = { column = "Total Sessions" }
    Last_Seen__c  = { column = "Last Seen", date_format = "YYYY-MM-DD" }
    First_Seen__c = { column = "First Seen" }
  }
}

# A survey has several rows for a person: the latest one counts. What Salesforce does not have yet is created, below the
# account that the report names.
resource "reportsync_integration" "survey" {
  name          = "survey-results"
  source_id     = reportsync_report_source.insights.id
  report        = "survey.csv"
  connection_id = reportsync_salesforce_connection.production.id
  object        = "Survey_Result__c"
  operation     = "upsert"
  match = {
    column    = "End User ID"
    field     = "WalkMe_ID__c"
    transform = ["strip_prefix:acme_", "lower"]
  }
  mappings = {
    Account__c     = { lookup = { object = "Account", field = "Account_Key__c", column = "Account Name" } }
    Answer__c      = { column = "Answer" }
    Answered_At__c = { column = "Question Date & Time (UTC)" }
  }
  duplicates = { keep = "last", order_by = "Question Date & Time (UTC)" }

  # A report older than a day is not used: the run waits for a newer one.
  freshness = { max_age = "24h", wait = "3h" }

  # A run that goes beyond stops before it has written anything.
  guards = {
    max_rejected_percent = 10
    max_changed_percent  = 50
    max_created_percent  = 5
    min_rows_percent     = 80
  }

  writes = { batch_rows = 50 } # for an org with heavy triggers
}
