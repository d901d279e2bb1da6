data "reportsync_integration" "onboarding" {
  name = "onboarding-to-contacts"
}

output "mapped_fields" {
  value = keys(data.reportsync_integration.onboarding.mappings)
}
