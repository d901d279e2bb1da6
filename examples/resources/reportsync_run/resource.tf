# Runs once now, and again after each change of the integration.
resource "reportsync_run" "after_change" {
  integration_id = reportsync_integration.onboarding.id
  triggers       = { revision = reportsync_integration.onboarding.revision }
  fail_on        = "any_row" # a single rejected row fails the apply

  timeouts = { create = "90m" }
}

# What a run would do, and what it would cost.
resource "reportsync_run" "preview" {
  integration_id = reportsync_integration.onboarding.id
  triggers       = { revision = reportsync_integration.onboarding.revision }
  dry_run        = true
  ignore_guards  = true # count in full, whatever the guards would stop
}

output "forecast_api_calls" {
  value = reportsync_run.preview.forecast.api_calls
}

output "updated_contacts" {
  value = reportsync_run.after_change.counts.updated
}
