output "integration" {
  description = "What to give to reportsyncd run, and the revision that the next run uses."
  value = {
    name     = reportsync_integration.onboarding.name
    revision = reportsync_integration.onboarding.revision
  }
}
