# By name or by id.
terraform import reportsync_integration.onboarding name=onboarding-to-contacts
terraform import reportsync_integration.onboarding int_0337cmjzgt5w1n8r2q6xv4b7ds
