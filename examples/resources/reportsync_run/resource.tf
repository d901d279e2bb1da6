# Runs once now, and again after each change of the integration.
resource "reportsync_run" "after_change" {
  integration_id = reportsync_integration.onboarding.id
  triggers       = { revision = reportsync_integration.onboarding.revision }
  fail_on        = "any_row" # a single rejected row fails the apply

  timeouts = { create = "90m" }
}

output "updated_contacts" {
  value = reportsync_run.after_change.counts.updated
}
